// The steps of a delivery. Each may run twice: the ledger knows what was decided, and who was reached.

import type { NotifySettings } from "@system-bus/settings";
import { eventId as makeEventId } from "../../steps/event-id.ts";
import { asStep } from "../../worker-error.ts";
import type { Gathered, Verdict } from "./decide-delivery.ts";
import type { Message } from "./message.ts";
import type { NotifyLedger } from "./notify-ledger.ts";
import type { Notice, Target, TargetName } from "./targets/target.ts";
import type { Counted } from "./with-held.ts";

export interface DeliveryDeps {
  /** Read anew for each message, so that a change counts without a restart. */
  readonly readNotifySettings: () => NotifySettings;
  readonly createTargets: (settings: NotifySettings) => readonly Target[];
  readonly ledger: NotifyLedger;
  readonly host: string;
  readonly nowMs: () => number;
}

/** The event that a message is made of. */
export interface Cause {
  readonly eventId: string;
  readonly eventName: string;
}

export interface Plan {
  readonly targets: readonly TargetName[];
  readonly verdict: Verdict;
  readonly at: string;
}

/** What became of a message at one target. */
export interface Outcome {
  readonly target: TargetName;
  readonly isReached: boolean;
  readonly words: string;
}

const TELL: Verdict = { kind: "tell", earlierCount: 0 };

export async function planDelivery(
  { readNotifySettings, createTargets, ledger, nowMs }: DeliveryDeps,
  message: Message,
  { eventId }: Cause,
): Promise<Plan> {
  const settings = readNotifySettings();
  const isWanted = message.kind === null || settings.kinds.includes(message.kind);
  const targets = isWanted ? createTargets(settings).map(({ name }) => name) : [];
  const at = new Date(nowMs()).toISOString();
  if (targets.length === 0 || message.isTest) return { targets, verdict: TELL, at };
  const verdict = await ledger
    .decide({ ...message, eventId, nowMs: nowMs() })
    // A full disk is what a person has to hear of: better twice than not at all.
    .catch(() => TELL);
  return { targets, verdict, at };
}

export function gatherDelivery(
  { ledger, nowMs }: DeliveryDeps,
  message: Message,
  { eventId, waitedFor }: { readonly eventId: string; readonly waitedFor: string },
): Promise<Gathered | null> {
  return ledger.gather({ ...message, eventId, nowMs: nowMs(), waitedFor });
}

export function noticeFor(
  { message, count }: Counted,
  { eventId, eventName, at, host }: Cause & Pick<Plan, "at"> & Pick<DeliveryDeps, "host">,
): Notice {
  const { title, text, isUrgent, isTest, runId } = message;
  const kind = isTest ? "test" : (message.kind ?? "message");
  const id = makeEventId("notice", eventId);
  return { id, kind, title, text, isUrgent, count, at, host, eventName, eventId, runId };
}

/** Sends to one target, unless it has the message from an earlier try that was cut off after it. */
export function sendTo(deps: DeliveryDeps, target: TargetName, notice: Notice): Promise<string> {
  return asStep(async () => {
    const { ledger } = deps;
    const hasIt = await ledger.hasReached(notice.eventId, target).catch(() => false);
    if (hasIt) return `${target} had it already`;
    const words = await getTarget(deps, target).send(notice);
    // It is told. To fail for the mark would tell it again.
    await ledger.markReached(notice.eventId, target).catch(() => undefined);
    return words;
  });
}

/** For a test: one try, and what came of it. */
export async function tryTarget(
  deps: DeliveryDeps,
  target: TargetName,
  notice: Notice,
): Promise<Outcome> {
  try {
    return { target, isReached: true, words: await getTarget(deps, target).send(notice) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { target, isReached: false, words };
  }
}

function getTarget({ readNotifySettings, createTargets }: DeliveryDeps, name: TargetName): Target {
  const target = createTargets(readNotifySettings()).find((one) => one.name === name);
  // Taken out of the settings since the run began: there is nobody left to tell.
  return target ?? { name, send: async () => `${name} is not set any more` };
}
