// Steps are stored once, with what really happened.
//
// Invariants:
//   Q1. A step's result is that of one execution in the app, of this run and this step, and its function
//       had only stored results before it.
//   Q2. Timers never fire before their time, nor later than a moment after it while the engine is up.
//   Q3. A wait ends with an event that it asked for, in the transaction of that event; no such event
//       passes by a wait that is open.
//   Q4. An invocation ends with the end of the run that it started, in the same transaction.
//   Q5. A settled step leaves no wait and no queue item behind.

import { NOBODY_ID } from "../plan/create-functions.ts";
import { failsForGood } from "../plan/outcome.ts";
import { isAwaited, type RunRecord, type StepRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";

interface InvokedBy {
  readonly correlation_id?: string;
}

const LATE_MS_MAX = 1_000;

export class StepCheck implements Check {
  readonly #scene: Scene;
  /** Of this commit. */
  readonly #eventIds = new Set<string>();
  readonly #endedChildren = new Map<string, RunRecord>();
  readonly #mustBeSettled: {
    readonly run: RunRecord;
    readonly hash: string;
    readonly why: string;
  }[] = [];
  readonly #settled: { readonly run: RunRecord; readonly step: StepRecord }[] = [];
  /** The timers of steps that are still open; `storedAtMs` is the world's time. */
  readonly #timers = new Map<string, { readonly dueAtMs: number; readonly storedAtMs: number }>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onFact(fact: Fact): void {
    const { book } = this.#scene;
    if (fact.kind === "event") this.#noteEvent(fact);
    if (fact.kind === "item" && fact.status !== "") this.#noteItem(fact);
    const run = book.runs.get(fact.runId);
    if (!run) return;
    if (fact.kind === "run-ended" || (fact.kind === "run" && fact.status === "SKIPPED")) {
      this.#noteEnd(run);
    }
    const step = run.steps.get(fact.id);
    if (step && (fact.kind === "step" || fact.kind === "step-settled") && step.valueJson !== null) {
      this.#checkSettled(run, step);
      this.#settled.push({ run, step });
    }
  }

  #checkNothingLeft(run: RunRecord, { hash, action }: StepRecord): void {
    const { world, book } = this.#scene;
    const item = [...run.items.values()].find(({ stepHash }) => stepHash === hash);
    world.require(
      !item,
      () => `step ${action.id} of ${run.id} is settled and still has ${item?.id}`,
    );
    for (const wait of book.signals.values()) {
      const isHeld = wait.runId === run.id && wait.stepHash === hash;
      world.require(
        !isHeld,
        () => `step ${action.id} of ${run.id} is settled and keeps its signal`,
      );
    }
    const isAwaiting =
      action.kind === "wait" && book.waits.get(action.eventName)?.has(`${run.id} ${hash}`);
    world.require(!isAwaiting, () => `step ${action.id} of ${run.id} is settled and still waits`);
  }

  onCommit(): void {
    const { world } = this.#scene;
    for (const { run, hash, why } of this.#mustBeSettled) {
      const isOpen = run.steps.get(hash)?.status === "open" && run.status === "RUNNING";
      world.require(
        !isOpen,
        () => `step ${run.steps.get(hash)?.action.id} of ${run.id} stays open: ${why}`,
      );
    }
    this.#mustBeSettled.length = 0;
    for (const { run, step } of this.#settled.splice(0)) this.#checkNothingLeft(run, step);
    this.#eventIds.clear();
    this.#endedChildren.clear();
  }

  #noteEvent({ id }: Fact): void {
    const { book } = this.#scene;
    const event = book.events.get(id);
    if (!event) return;
    this.#eventIds.add(event.id);
    for (const wait of book.waits.get(event.name)?.values() ?? []) {
      const run = book.runs.get(wait.runId);
      const step = run?.steps.get(wait.stepHash);
      if (wait.purpose !== "step" || !run || step?.action.kind !== "wait") continue;
      if (!isAwaited(step.action.match, run.event, event)) continue;
      this.#mustBeSettled.push({ run, hash: step.hash, why: `it waits for event ${event.id}` });
    }
  }

  #noteItem({ runId, name, status: hash, atMs }: Fact): void {
    if (name === "step") return;
    const { world, book, disturbances } = this.#scene;
    const step = book.runs.get(runId)?.steps.get(hash);
    if (!step) return;
    this.#timers.set(`${runId} ${hash}`, { dueAtMs: atMs, storedAtMs: world.nowMs });
    const seconds = secondsOf(step);
    if (seconds === null || disturbances.overSinceMs >= world.wallMs) return;
    const wantedMs = world.wallMs + seconds * 1_000;
    world.require(
      atMs === wantedMs,
      () => `step ${step.action.id} is due at ${atMs}, asked for ${wantedMs}`,
    );
  }

  #noteEnd(run: RunRecord): void {
    const { book } = this.#scene;
    for (const eventId of run.eventIds) {
      const inngest = book.events.get(eventId)?.data["_inngest"] as InvokedBy | undefined;
      const correlationId = inngest?.correlation_id;
      if (correlationId !== undefined && run.rerunOf === null) this.#noteAnswer(run, correlationId);
    }
  }

  #noteAnswer(run: RunRecord, correlationId: string): void {
    const { book } = this.#scene;
    const [parentId = "", hash = ""] = correlationId.split(".");
    this.#endedChildren.set(correlationId, run);
    const parent = book.runs.get(parentId);
    if (parent)
      this.#mustBeSettled.push({ run: parent, hash, why: `the invoked ${run.id} has ended` });
  }

  #checkSettled(run: RunRecord, step: StepRecord): void {
    switch (step.action.kind) {
      case "run":
      case "send":
        return this.#checkExecution(run, step);
      case "sleep":
        return this.#checkTimer(run, step);
      case "wait":
        return step.valueJson === "null"
          ? this.#checkTimer(run, step)
          : this.#checkWoken(run, step);
      case "signal":
        return step.valueJson === "null"
          ? this.#checkTimer(run, step)
          : this.#checkSignalled(run, step);
      case "invoke":
        return this.#checkInvoked(run, step);
    }
  }

  #checkExecution(run: RunRecord, step: StepRecord): void {
    const { world, witness, book } = this.#scene;
    const { data, error } = JSON.parse(step.valueJson ?? "") as {
      data?: { number?: number; ids?: string[] };
      error?: { message: string };
    };
    const { action } = step;
    const number = data?.number ?? Number(/#(\d+)$/.exec(error?.message ?? "")?.[1]);
    const execution = witness.executions.get(number);
    const what = `step ${action.id} of ${run.id} (#${number})`;
    if (!execution)
      return world.fail(`${what} was never executed: ${step.valueJson?.slice(0, 200)}`);
    world.require(
      execution.runId === run.id && execution.stepHash === step.hash,
      () => `${what} has the result of another step`,
    );
    world.require(
      execution.hasFailed === (error !== undefined),
      () => `${what} has the wrong outcome`,
    );
    if (action.kind === "run") {
      const isForGood = failsForGood(action, run.spec.attemptsMax);
      world.require(
        isForGood === execution.hasFailed,
        () => `${what} should have ${isForGood ? "failed" : "succeeded"}`,
      );
    }
    for (const id of data?.ids ?? []) {
      world.require(book.events.has(id), () => `${what} sent event ${id}, which is not stored`);
    }
    const strangers = execution.seen.filter(
      (value) => typeof value === "number" && !run.storedNumbers.has(value),
    );
    world.require(
      strangers.length === 0,
      () => `${what} was made from results that nobody stored: ${strangers}`,
    );
    run.storedNumbers.add(number);
  }

  #checkTimer(run: RunRecord, step: StepRecord): void {
    const { world, disturbances } = this.#scene;
    const timer = this.#timers.get(`${run.id} ${step.hash}`);
    const what = `the timer of ${step.action.id} of ${run.id}`;
    if (!timer) return world.fail(`${what} fired and was never set`);
    const { dueAtMs, storedAtMs } = timer;
    const earlyMs = dueAtMs - disturbances.latestShownMs(storedAtMs);
    world.require(earlyMs <= 0, () => `${what} fired ${earlyMs} ms before its time`);
    const lateMs = world.wallMs - Math.max(dueAtMs, disturbances.overSinceMs);
    world.require(lateMs <= LATE_MS_MAX, () => `${what} fired ${lateMs} ms late`);
  }

  #checkWoken(run: RunRecord, step: StepRecord): void {
    const { world } = this.#scene;
    const event = JSON.parse(step.valueJson ?? "") as RunRecord["event"];
    const { action } = step;
    const isRight =
      action.kind === "wait" &&
      event.name === action.eventName &&
      isAwaited(action.match, run.event, event) &&
      this.#eventIds.has(event.id);
    world.require(
      isRight,
      () => `wait ${action.id} of ${run.id} ended with a wrong event ${event.id}`,
    );
    world.count("a wait ended by its event");
  }

  #checkSignalled(run: RunRecord, step: StepRecord): void {
    const { world, book } = this.#scene;
    const { data } = JSON.parse(step.valueJson ?? "") as {
      data: { signal: string; data: { number: number } };
    };
    const isRight = data.signal === step.action.id && book.sentSignals.has(data.data.number);
    world.require(isRight, () => `${step.action.id} of ${run.id} ended with a signal nobody sent`);
    world.count("a signal received");
  }

  #checkInvoked(run: RunRecord, step: StepRecord): void {
    const { world } = this.#scene;
    const { action } = step;
    const { data, error } = JSON.parse(step.valueJson ?? "") as {
      data?: unknown;
      error?: { name: string; message: string };
    };
    if (error?.name === "InngestInvokeTimeoutError") {
      world.count("an invocation timed out");
      return this.#checkTimer(run, step);
    }
    const child = this.#endedChildren.get(`${run.id}.${step.hash}`);
    if (!child) {
      const isRefusal = /could not find|rate limited|skipped|debounced|paused/.test(
        error?.message ?? "",
      );
      const isNobody = action.kind === "invoke" && action.functionId === NOBODY_ID;
      world.count(isNobody ? "nobody invoked" : "an invocation refused");
      return world.require(
        isRefusal,
        () => `invocation ${action.id} of ${run.id} ended without its run`,
      );
    }
    const isSame =
      child.status === "COMPLETED"
        ? JSON.stringify(data) === child.outputJson
        : child.status === "SKIPPED" || error !== undefined;
    world.require(
      isSame,
      () => `invocation ${action.id} of ${run.id} has not what ${child.id} returned`,
    );
  }
}

function secondsOf({ action }: StepRecord): number | null {
  if (action.kind === "sleep") return action.seconds;
  if (action.kind === "wait" || action.kind === "signal" || action.kind === "invoke")
    return action.timeoutSeconds;
  return null;
}
