import { resolve } from "node:path";
import type { AppFunction, EventToSend, InngestApi } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { FOLLOWED_EVENTS_MAX } from "../follow/chain.ts";
import { type Followed, followEvents } from "../follow/follow-events.ts";
import type { Answer, NextAction } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { journalledApi } from "../recover/sent-events-of.ts";
import { type CheckedEvent, checkEvent, findListenerWarnings } from "../send/check-event.ts";
import { checkEvents } from "../send/check-events.ts";
import { loadEventText, readEventData } from "../send/event-input.ts";
import { renderResults } from "../send/render-runs.ts";
import { sendBatches } from "../send/send-batches.ts";

export interface SendFlags extends ConnectionFlags {
  readonly file?: string;
  readonly data?: string;
  readonly url?: string;
  readonly id?: string;
  readonly ts?: number;
  readonly follow?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
}

export const send = createAction<SendFlags, [string?]>(
  "send",
  async ({ io, context }, flags, word) => {
    checkFlags(flags, word);
    const prepared = await prepare(context, flags, word);
    const connection = connect(context, flags);
    const signal = context.listenForStop();
    const { eventIds, failure } = await sendBatches(prepared.events, {
      ...{ api: await journalledApi(context, connection, io), io, signal },
    });
    const functions = await listFunctionsIfReachable(connection.api);
    const unheard = prepared.names.flatMap((event) => findListenerWarnings(event, functions));
    const warnings = [...prepared.warnings, ...unheard];
    for (const warning of warnings) io.warn(warning);
    const [first] = prepared.names;
    const name = prepared.names.length === 1 && first ? { name: first.name } : {};
    const result = { ...name, count: eventIds.length, eventIds, warnings };
    if (failure) return { result, text: "", failure };
    if (!flags.follow && !flags.wait) {
      return { result, text: describeSent(prepared, eventIds, io), nextActions: looks(prepared) };
    }
    const reach = flags.follow ? "chain" : "runs";
    const followed = await follow(
      { ...connection, io, signal },
      { eventIds, reach, timeoutMs: flags.timeout },
    );
    return answerFollowed(followed, result, io, reach);
  },
);

interface Prepared {
  readonly events: readonly EventToSend[];
  readonly names: readonly CheckedEvent[];
  readonly warnings: readonly string[];
}

/** One event by its name, or many from a file or stdin; all of them well formed, or nothing. */
async function prepare(
  context: CliContext,
  flags: SendFlags,
  word: string | undefined,
): Promise<Prepared> {
  const sources = {
    readStdin: context.readStdin,
    readFile: (path: string) => Bun.file(resolve(context.cwd, path)).text(),
  };
  const file = word === "-" ? "-" : flags.file;
  if (file !== undefined) {
    const prepared = checkEvents(
      await loadEventText(file, sources),
      word === "-" ? undefined : word,
    );
    checkCount(prepared.events.length, flags);
    return prepared;
  }
  if (word === undefined) throw nothingNamed();
  const checked = checkEvent(word, await readEventData(flags, sources));
  return { events: [toEvent(checked, flags)], names: [checked], warnings: checked.warnings };
}

const ONE_EVENT_FLAGS = ["data", "url", "id", "ts"] as const;

function checkFlags(flags: SendFlags, word: string | undefined): void {
  const isMany = flags.file !== undefined || word === "-";
  const clash = isMany ? ONE_EVENT_FLAGS.find((name) => flags[name] !== undefined) : undefined;
  if (clash !== undefined) {
    throw usage(
      `--${clash} is for one event: many have it in themselves.`,
      'Write it into each event: {"name": …, "data": {…}, "id": …, "ts": …}.',
    );
  }
  if (flags.file !== undefined && word === "-") {
    throw usage("--file and - name two sources.", "Give one of them.");
  }
  if (flags.follow && flags.wait) {
    throw usage(
      "--follow and --wait exclude each other.",
      "--follow shows each step of all that follows, --wait ends with the results of the runs alone.",
    );
  }
  if (flags.timeout !== undefined && !flags.follow && !flags.wait) {
    throw usage("--timeout is for --wait and --follow.", "Add --wait, or leave it out.");
  }
}

function checkCount(count: number, { follow, wait }: SendFlags): void {
  if (count <= FOLLOWED_EVENTS_MAX || (!follow && !wait)) return;
  throw usage(
    `Nothing was sent: of ${count} events the end can't be waited for; ${FOLLOWED_EVENTS_MAX} are the most.`,
    "Send them without --wait and --follow; `igs runs --since 5m` shows what came of them.",
  );
}

function nothingNamed(): CliError {
  return usage(
    "Which event?",
    "Give its name (`igs schema` lists them), --file FILE, or - for events from stdin.",
  );
}

function usage(message: string, fix: string): CliError {
  return new CliError({ code: "usage", message, fix });
}

function toEvent(
  { name, data }: { readonly name: string; readonly data: Record<string, unknown> },
  { id, ts }: SendFlags,
): EventToSend {
  return { name, data, ...(id === undefined ? {} : { id }), ...(ts === undefined ? {} : { ts }) };
}

function describeSent({ names }: Prepared, eventIds: readonly string[], io: Io): string {
  const [first] = names;
  if (eventIds.length === 1) return `Sent ${first?.name}  ${io.paint.faint(eventIds.join(", "))}`;
  const what = names.length === 1 ? ` ${first?.name}` : "";
  return `Sent ${eventIds.length} events${what}`;
}

function looks({ names }: Prepared): readonly NextAction[] {
  const [first] = names;
  const list = names.length === 1 ? `igs events --name ${first?.name}` : "igs events";
  return [
    { command: "igs runs", description: "The runs that were started" },
    { command: list, description: "What arrived" },
  ];
}

function follow(
  { api, updates, settings, io, signal }: Connection & { io: Io; signal: AbortSignal },
  options: Pick<Parameters<typeof followEvents>[0], "eventIds" | "reach" | "timeoutMs">,
): Promise<Followed> {
  const { workerOrigin } = settings;
  return followEvents({ api, updates, io, signal, workerOrigin, ...options });
}

function answerFollowed(
  { runs, text, ...rest }: Followed,
  result: object,
  io: Io,
  reach: "chain" | "runs",
): Answer {
  const results = reach === "runs" && runs.length > 0 ? `${renderResults(runs, io.paint)}\n` : "";
  return { result: { ...result, runs }, text: `${results}${text}`.trimEnd(), ...rest };
}

/** Only for a warning: an event that was sent stays sent when the list can't be read. */
async function listFunctionsIfReachable(api: InngestApi): Promise<readonly AppFunction[] | null> {
  try {
    return await api.listFunctions({ signal: AbortSignal.timeout(2_000) });
  } catch {
    return null;
  }
}
