// What becomes of each unfinished run when its events are sent to another engine. Pure.
//
//   M1. A run moves by its events: the target starts it from its beginning. What isn't started by an event
//       that one may send stays, with the reason.
//   M2. An event is sent once, whatever the number of its runs that move.
//   M3. An event starts every function that listens for it. Runs of it that do not move, because they have
//       ended or were not chosen, are started there all the same: they are told.
//   M4. A function that the target doesn't have, or wouldn't start, keeps everything from being sent.
//   M5. What was sent to the target before is not sent again, unless that is asked for.

import { type AppFunction, isStartedBy, type Run } from "@system-bus/inngest-api";
import type { EventFacts, RunFacts } from "./run-facts.ts";

export type StayReason =
  | "schedule"
  | "invoked-by-step"
  | "invoked-by-program"
  | "engine-event"
  | "event-gone";

export interface StayingRun {
  readonly run: Run;
  readonly reason: StayReason;
}

export interface MovingRun {
  readonly run: Run;
  readonly eventIds: readonly string[];
  /** Steps that were done, or have failed for good, and are done once more. */
  readonly doneSteps: readonly string[];
  /** Waits for an event or a signal that came already: they wait for another one. */
  readonly answeredWaits: readonly string[];
  /** Sleeps and waits that begin anew. */
  readonly openWaits: readonly string[];
  /** How many events the batch has that started it; 1 for every other run. */
  readonly batchSize: number;
  /** Of these, how many are no longer kept. */
  readonly goneEventCount: number;
}

export interface RepeatedRun {
  readonly eventId: string;
  readonly run: Run;
}

export type LackReason = "not-registered" | "has-problem" | "paused" | "not-triggered";

export interface LackingFunction {
  readonly appId: string;
  readonly functionId: string;
  readonly reason: LackReason;
  readonly eventName: string;
  readonly runCount: number;
}

export interface MigrationPlan {
  readonly moving: readonly MovingRun[];
  /** Oldest run first. */
  readonly toSend: readonly EventFacts[];
  readonly sentBefore: readonly EventFacts[];
  readonly repeated: readonly RepeatedRun[];
  readonly staying: readonly StayingRun[];
  readonly lacking: readonly LackingFunction[];
}

export interface MigrationScene {
  readonly facts: readonly RunFacts[];
  readonly targetFunctions: readonly AppFunction[];
  readonly wasSent: (eventId: string) => boolean;
}

export function decideMigration({
  facts,
  targetFunctions,
  wasSent,
}: MigrationScene): MigrationPlan {
  const judged = facts.map((one) => ({ facts: one, reason: findStayReason(one) }));
  const movable = judged.filter(({ reason }) => reason === null).map(({ facts }) => facts);
  const events = uniqueEvents(movable);
  const isDue = ({ internalId }: EventFacts) => !wasSent(internalId);
  const due = movable.filter((one) => one.events.some(isDue));
  return {
    moving: movable.map(toMovingRun),
    toSend: events.filter(isDue),
    sentBefore: events.filter((event) => !isDue(event)),
    repeated: findRepeated(due, { isDue, targetFunctions }),
    staying: judged.flatMap(({ facts: { run }, reason }) =>
      reason === null ? [] : [{ run, reason }],
    ),
    lacking: findLacking(due, targetFunctions),
  };
}

/** Null for a run that moves (M1). The events of a batch are all of one kind. */
function findStayReason({ events }: RunFacts): StayReason | null {
  const [first] = events;
  if (!first) return "event-gone";
  if (!first.name.startsWith("inngest/")) return null;
  if (first.name === "inngest/scheduled.timer") return "schedule";
  if (first.name !== "inngest/function.invoked") return "engine-event";
  return first.isStepInvocation ? "invoked-by-step" : "invoked-by-program";
}

function uniqueEvents(movable: readonly RunFacts[]): readonly EventFacts[] {
  const all = movable.flatMap(({ events }) => events);
  return [...new Map(all.map((event) => [event.internalId, event])).values()];
}

const AWAITING: ReadonlySet<string> = new Set(["WAIT_FOR_EVENT", "WAIT_FOR_SIGNAL"]);

function toMovingRun({ run, events, goneEventCount, steps }: RunFacts): MovingRun {
  const done = steps.filter(({ isDone }) => isDone);
  const isWait = (op: string | undefined) => op !== undefined && AWAITING.has(op);
  return {
    run,
    eventIds: events.map(({ internalId }) => internalId),
    doneSteps: done.map(({ name }) => name),
    answeredWaits: done.filter(({ op }) => isWait(op)).map(({ name }) => name),
    openWaits: steps
      .filter(({ op, isDone }) => !isDone && (op === "SLEEP" || isWait(op)))
      .map(({ name }) => name),
    batchSize: events.length + goneEventCount,
    goneEventCount,
  };
}

interface RepeatScope {
  readonly isDue: (event: EventFacts) => boolean;
  readonly targetFunctions: readonly AppFunction[];
}

/** M3. Each function of an event once; not those that move, whatever other runs they had of it. */
function findRepeated(
  due: readonly RunFacts[],
  { isDue, targetFunctions }: RepeatScope,
): readonly RepeatedRun[] {
  const starts = new Set(
    due.flatMap(({ run, events }) =>
      events.map(({ internalId }) => `${internalId} ${nameFunction(run)}`),
    ),
  );
  const found = new Map<string, RepeatedRun>();
  for (const { events, siblings } of due) {
    const event = events.find(isDue);
    if (!event) continue;
    for (const run of siblings) {
      const key = `${event.internalId} ${nameFunction(run)}`;
      const fn = findTarget(targetFunctions, run);
      if (starts.has(key) || fn === undefined || !isStartedBy(fn, event.name)) continue;
      found.set(key, { eventId: event.internalId, run });
    }
  }
  return [...found.values()];
}

function findLacking(
  due: readonly RunFacts[],
  targetFunctions: readonly AppFunction[],
): readonly LackingFunction[] {
  const lacking = new Map<string, LackingFunction>();
  for (const { run, events } of due) {
    const eventName = events[0]?.name ?? "";
    const reason = findLackReason(findTarget(targetFunctions, run), eventName);
    if (reason === null) continue;
    const key = `${nameFunction(run)} ${eventName}`;
    const runCount = (lacking.get(key)?.runCount ?? 0) + 1;
    const { app, function: fn } = run;
    lacking.set(key, { appId: app.id, functionId: fn.id, reason, eventName, runCount });
  }
  return [...lacking.values()];
}

function findLackReason(fn: AppFunction | undefined, eventName: string): LackReason | null {
  if (fn === undefined) return "not-registered";
  if (fn.problem !== undefined) return "has-problem";
  if (fn.pause !== undefined) return "paused";
  return isStartedBy(fn, eventName) ? null : "not-triggered";
}

function findTarget(functions: readonly AppFunction[], run: Run): AppFunction | undefined {
  return functions.find((fn) => fn.app.id === run.app.id && fn.id === run.function.id);
}

function nameFunction({ app, function: fn }: Run): string {
  return `${app.id}/${fn.id}`;
}
