import type { EventToSend } from "@system-bus/inngest-api";
import { loadJournal, type SentEvent } from "@system-bus/sent-events";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { confirm } from "../output/confirm.ts";
import type { Answer } from "../output/envelope.ts";
import { findLost, type LostEvent } from "../recover/find-lost.ts";
import { journalled, openSentEvents, sentEventsFolder } from "../recover/sent-events-of.ts";
import { sendBatches } from "../send/send-batches.ts";

export interface RecoverFlags extends ConnectionFlags {
  readonly since?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** As long as an id starts a function once. */
const SINCE_MS = 24 * 60 * 60_000;
const SHOWN_MAX = 20;
const LOOK = { command: "igs runs --since 5m", description: "How far their runs are" };

export const recover = createAction<RecoverFlags>("recover", async ({ io, context }, flags) => {
  const connection = connect(context, flags);
  const { api, settings } = connection;
  const functions = await api.listFunctions();
  const folder = await sentEventsFolder(context, connection);
  const journal = await loadJournal(folder);
  const nowMs = systemClock.nowMs();
  const sinceMs = flags.since === undefined ? nowMs - SINCE_MS : Date.parse(flags.since);
  const recent = journal.entries.filter((one) => one.sentAtMs >= sinceMs && !one.isRefused);
  const own = recent.filter(({ engineUrl }) => engineUrl === settings.engineUrl);
  const onProgress = (count: number) => io.status(`${count} of ${own.length} events looked at …`);
  const lost = await findLost(api, own, { functions, onProgress });
  io.status("");
  const warnings = warn(lost, nowMs);
  for (const warning of warnings) io.warn(warning);
  const counts = {
    folder,
    checkedCount: own.length,
    otherEngineCount: recent.length - own.length,
    unreadCount: journal.unreadCount,
  };
  const result = { ...counts, lost: lost.map(toRow), warnings };
  if (lost.length === 0) return nothingLost(own.length, { ...result, sentCount: 0, eventIds: [] });
  const table = renderLost(lost);
  const what = `${lost.length} lost ${lost.length === 1 ? "event" : "events"}`;
  if (flags.dryRun) {
    return {
      result: { ...result, sentCount: 0, eventIds: [] },
      text: `${table}\n\n${what} of ${own.length}. Nothing was sent.`,
      nextActions: [{ command: "igs recover", description: "Send them again" }],
    };
  }
  if (!io.isJson && !flags.yes) context.stdout.write(`${table}\n\n`);
  if (
    !flags.yes &&
    !(await confirm({ io, context }, { deed: `send ${what} again`, done: "sent" }))
  ) {
    return { result: { ...result, sentCount: 0, eventIds: [] }, text: "Nothing was sent." };
  }
  const signal = context.listenForStop();
  const sentEvents = openSentEvents(connection, folder, io);
  const scene = { api: journalled(api, sentEvents), io, signal };
  const { eventIds, failure } = await sendBatches(
    lost.map(({ entry }) => toEvent(entry.event)),
    scene,
  );
  return {
    result: { ...result, sentCount: eventIds.length, eventIds },
    text: `${eventIds.length} of ${what} sent again, under the same ${lost.length === 1 ? "id" : "ids"}.`,
    nextActions: [LOOK],
    ...(failure ? { failure } : {}),
  };
});

function nothingLost(checkedCount: number, result: object): Answer {
  const text =
    checkedCount === 0
      ? "No event that this machine sent to this engine is in the journal: there is nothing to recover."
      : `None of ${checkedCount} sent events is lost.`;
  return { result, text, nextActions: [LOOK] };
}

function warn(lost: readonly LostEvent[], nowMs: number): readonly string[] {
  const oldCount = lost.filter(({ entry }) => entry.sentAtMs < nowMs - SINCE_MS).length;
  if (oldCount === 0) return [];
  return [
    `${oldCount} of them ${oldCount === 1 ? "is" : "are"} older than 24 hours: an engine no longer knows such an id, so look whether a run was removed and not lost.`,
  ];
}

function toEvent({ name, id, data, ts, v }: SentEvent): EventToSend {
  return {
    ...{ name, id },
    ...(data === undefined ? {} : { data }),
    ...(ts === undefined ? {} : { ts }),
    ...(v === undefined ? {} : { v }),
  };
}

function toRow({ entry, why }: LostEvent) {
  const { name, id } = entry.event;
  return { name, id, sentAt: new Date(entry.sentAtMs).toISOString(), why };
}

const WHY = { "no-event": "the engine has no such event", "no-run": "it started no run" } as const;

function renderLost(lost: readonly LostEvent[]): string {
  const lines = lost
    .slice(0, SHOWN_MAX)
    .map(toRow)
    .map(({ name, id, sentAt, why }) => `${sentAt}  ${name}  ${id}  ${WHY[why]}`);
  const moreCount = lost.length - lines.length;
  return moreCount > 0 ? [...lines, `and ${moreCount} more`].join("\n") : lines.join("\n");
}
