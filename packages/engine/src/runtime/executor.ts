// Carries out what is due: calls the SDK, fires timers, asks models, starts scheduled runs.
//
// Invariants:
//   X1. An item stays in the tables until what it came to is stored: a crash repeats work, never loses it.
//   X2. An answer is stored once, as a whole, or not at all. While the disk refuses, it is kept and
//       stored again; the call is not repeated for that.
//   X3. What comes for a run that has ended is dropped.
//   X4. An app that does not answer costs no attempt.

import { type CallFacts, NO_CALL, queueMs, unansweredCall } from "../core/call-facts.ts";
import type { Change } from "../core/change.ts";
import { decideCall } from "../core/decide-call.ts";
import { decideFault } from "../core/decide-fault.ts";
import { decideGatewayFailure } from "../core/decide-gateway.ts";
import { modelMetadata } from "../core/decide-metadata.ts";
import {
  decideResolution,
  invokeTimeoutError,
  type StepResolution,
} from "../core/decide-resolution.ts";
import { EngineError } from "../core/errors.ts";
import type { GatewayRequest } from "../core/outcome.ts";
import {
  callsApp,
  callsSomeone,
  type QueueItem,
  type StarterKind,
  startsRun,
} from "../core/queue-item.ts";
import { hasEnded, type Run } from "../core/run.ts";
import { calledStepId, createCallRequest } from "./calls/call-request.ts";
import { describeUsage, type GatewayOutcome, makeRequest } from "./calls/gateway.ts";
import type { CallInFlight, InFlight } from "./calls/in-flight.ts";
import { LostAnswers } from "./calls/lost-answers.ts";
import type { CallResult, SdkCaller } from "./calls/sdk-caller.ts";
import { Effects, type EffectTargets } from "./effects.ts";
import { type RunBeginning, recordStart } from "./flow/run-start.ts";
import { findPassedTimeout, fireTimeout } from "./flow/run-timeouts.ts";
import { fireCron } from "./intake/cron-runs.ts";
import { fireBatch, fireDebounce } from "./intake/held-runs.ts";
import type { Log } from "./log.ts";
import type { ScheduledItem } from "./queue/scheduler.ts";
import { loadEventJsons } from "./run-events.ts";
import { findTakenSignals } from "./signals.ts";
import { Transition, type TransitionDeps } from "./transition.ts";

export interface ExecutorDeps extends TransitionDeps, EffectTargets {
  readonly sdk: SdkCaller;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly inFlight: InFlight;
  readonly random: () => number;
  readonly retryIntervalMs: number | undefined;
  readonly isDev: boolean;
  readonly log: Log;
}

const REFUSED_PAUSE_MS = 1_000;
/** A fault of ours is the same next time; long enough not to fill the disk with its log. */
const FAULT_PAUSE_MS = 60_000;
/** Models think long; no other answer takes longer. */
const REQUEST_TIMEOUT_MS = 30 * 60 * 1_000;

const STARTERS: Readonly<Record<StarterKind, (transition: Transition, item: QueueItem) => void>> = {
  cron: fireCron,
  debounce: fireDebounce,
  batch: fireBatch,
};

export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #lost = new LostAnswers();
  #isStopped = false;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
  }

  /** From now on answers are dropped: the store is about to close, and the next start repeats the calls. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The run has ended. */
  forgetRun(runId: string): void {
    this.#lost.forget(runId);
  }

  /** Never rejects: what goes wrong with one item is logged and the item is tried again. */
  async carryOut(scheduled: ScheduledItem): Promise<void> {
    try {
      await this.#dispatch(scheduled);
    } catch (error) {
      if (this.#isStopped) return;
      const { log, scheduler } = this.#deps;
      log({
        level: "error",
        message: "a queue item could not be carried out",
        itemId: scheduled.id,
        error,
      });
      const pauseMs = isRefused(error) ? REFUSED_PAUSE_MS : FAULT_PAUSE_MS;
      scheduler().putBack(scheduled.id, pauseMs);
      scheduler().tick();
    }
  }

  async #dispatch(scheduled: ScheduledItem): Promise<void> {
    const { store, registry, scheduler } = this.#deps;
    const item = store.queue.find(scheduled.id);
    if (item && startsRun(item)) {
      return this.#writeUntilStored(item.id, (transition) => STARTERS[item.kind](transition, item));
    }
    const run = item && store.runs.find(item.runId);
    if (!item || !run || hasEnded(run.status)) return this.#forget(scheduled.id);
    if (callsSomeone(item.kind) && registry.findFunction(run.functionId)?.pause?.holdsRuns) {
      return scheduler().hold(item.id);
    }
    if (callsApp(item.kind)) return this.#callApp(run, item, scheduled);
    if (item.kind === "request") return this.#makeRequest(run, item);
    if (item.kind === "start-timeout" || item.kind === "finish-timeout") {
      return this.#endLate(item, item);
    }
    return this.#fireTimer(item);
  }

  /** Once it is on disk that the item is gone: a disk that refuses brings it back. */
  async #forget(itemId: string): Promise<void> {
    const nothing = new Effects();
    await this.#deps.store.write(
      () => nothing,
      (effects) => effects.applyTo(this.#deps, itemId),
    );
  }

  async #callApp(run: Run, item: QueueItem, scheduled: ScheduledItem): Promise<void> {
    const { inFlight, clock, sdk, isDev, store, registry, metrics } = this.#deps;
    const fn = registry.findFunction(run.functionId);
    const eventJsons = loadEventJsons(store, run);
    if (!fn || eventJsons.length === 0) return this.#storeAnswer(run, item, null, missingParts());

    const timeouts = run.batchId === null ? fn.config.timeouts : undefined;
    const passed = timeouts ? findPassedTimeout(this.#deps, run) : null;
    if (passed) return this.#endLate(item, passed);

    const call = inFlight.begin({ itemId: item.id, runId: run.id, startedAtMs: clock.nowMs() });
    try {
      if (run.status === "QUEUED") {
        const stored = this.#markStarted(run, call, { timeouts, item: scheduled });
        if (scheduled.throttle) await stored;
        if (scheduled.throttle && this.#isOver(run.id)) return await this.#forget(item.id);
      }
      const steps = store.steps.loadStates(run.id);
      const url = registry.callUrl(fn, calledStepId(item));
      const request = createCallRequest({ url, run, fn, item, call, eventJsons, steps, isDev });
      const calledAtMs = performance.now();
      const result = await sdk.call(request);
      if (result.kind === "no-answer") return await this.#park(item, run, result.reason);
      metrics.observeCall(performance.now() - calledAtMs);
      this.#lost.forget(run.id);
      this.#deps.scheduler().unpark(run.appId);
      await this.#storeAnswer(run, item, call, result);
    } finally {
      inFlight.end(call);
    }
  }

  /**
   * Shown as RUNNING from now on. A throttled call waits for it (B1), and is tried again when it rejects.
   * No other does: the run's next change would say the same.
   */
  async #markStarted(
    run: Run,
    { startedAtMs }: CallInFlight,
    { timeouts, item }: Omit<RunBeginning, "startedAtMs">,
  ): Promise<void> {
    const { store, log, feed } = this.#deps;
    const start = (): Effects | null => {
      if (!item.throttle && !timeouts && !feed.isWatched(run.id)) {
        store.runs.start(run.id, startedAtMs);
        return null;
      }
      const transition = new Transition(this.#deps);
      recordStart(transition, run, { timeouts, item, startedAtMs });
      return transition.effects;
    };
    try {
      await store.write(start, (effects) => effects?.applyTo(this.#deps));
    } catch (error) {
      if (item.throttle) throw error;
      log({ level: "warn", message: "a run's start could not be noted", runId: run.id, error });
    }
  }

  #isOver(runId: string): boolean {
    const run = this.#deps.store.runs.find(runId);
    return run === null || hasEnded(run.status);
  }

  async #park(item: QueueItem, run: Run, reason: string): Promise<void> {
    const { store, scheduler, log, registry, metrics } = this.#deps;
    metrics.countUnansweredCall();
    const current = store.runs.find(run.id);
    if (!current || hasEnded(current.status)) return this.#forget(item.id);
    const pauseMs = isRefusal(reason) ? this.#lost.pauseMs(run.id) : this.#lost.add(run.id);
    if (!scheduler().isParked(run.appId)) {
      const app = registry.findApp(run.appId)?.name ?? run.appId;
      log({ level: "warn", message: `${app} does not answer; its calls wait for it`, reason });
    }
    if (pauseMs === null) scheduler().park(item.id);
    else scheduler().putBack(item.id, pauseMs);
    scheduler().tick();
  }

  async #storeAnswer(
    run: Run,
    item: QueueItem,
    call: CallInFlight | null,
    { answer, facts }: Answered,
  ): Promise<void> {
    const { random, retryIntervalMs, clock, store } = this.#deps;
    const decide: Decide = (transition, current, currentItem) =>
      decideCall(transition.viewRun(current, currentItem), answer, {
        item: currentItem,
        startedAtMs: call?.startedAtMs ?? clock.nowMs(),
        ...(call && { call: { ...callFactsOf(call, currentItem), ...facts } }),
        nowMs: transition.nowMs,
        random: random(),
        ...(retryIntervalMs === undefined ? {} : { retryIntervalMs }),
        wereStepsSettledMeanwhile: call?.wereStepsSettledMeanwhile ?? false,
        hasCheckpointed: call?.hasSettledSteps ?? false,
        takenSignals: findTakenSignals(this.#deps.store, answer),
        findValueJson: (stepId) => store.steps.findValueJson(run.id, stepId),
      });
    await this.#store(run.id, item, decide, call);
  }

  async #makeRequest(run: Run, item: QueueItem): Promise<void> {
    const { fetch, clock, random, retryIntervalMs } = this.#deps;
    const startedAtMs = clock.nowMs();
    // `decide-op.ts` wrote it.
    const request = JSON.parse(item.payloadJson ?? "{}") as GatewayRequest;
    const outcome = await makeRequest(request, { fetch, clock, timeoutMs: REQUEST_TIMEOUT_MS });
    const waitedMs = queueMs(item.dueAtMs, startedAtMs);
    const call = { ...NO_CALL, queueMs: waitedMs, ...outcome.facts };
    const decide: Decide = (transition, current, currentItem) => {
      const view = transition.viewRun(current);
      const { nowMs } = transition;
      if (outcome.kind === "answered") {
        const metadata = modelMetadata(describeUsage(request, outcome));
        const answered = { ...gatewayAnswer(currentItem, outcome, startedAtMs), call, metadata };
        return decideResolution(view, answered, nowMs);
      }
      return decideGatewayFailure(view, outcome, {
        item: currentItem,
        startedAtMs,
        call,
        nowMs,
        random: random(),
        ...(retryIntervalMs === undefined ? {} : { retryIntervalMs }),
      });
    };
    await this.#store(run.id, item, decide);
  }

  async #fireTimer(item: QueueItem): Promise<void> {
    const { stepId } = item;
    if (item.kind === "invoke-timeout") {
      const valueJson = JSON.stringify({ error: invokeTimeoutError() });
      return this.#resolve(item, { stepId, status: "timed-out", valueJson });
    }
    const status = item.kind === "sleep" ? "completed" : "timed-out";
    return this.#resolve(item, { stepId, status, valueJson: "null" });
  }

  async #resolve(item: QueueItem, resolution: StepResolution): Promise<void> {
    await this.#writeUntilStored(item.id, (transition) => {
      transition.resolveStep(item.runId, resolution, item.id);
    });
  }

  /** `item` is the one in hand: the timeout itself, or the call that it forbids. */
  async #endLate(item: QueueItem, timeout: QueueItem): Promise<void> {
    await this.#writeUntilStored(item.id, (transition) => fireTimeout(transition, timeout));
  }

  /**
   * Stores a decision about the item's run, if both are still there. One that the tables cannot take is
   * the same each time: it fails the run with the reason, so that nothing waits for it.
   */
  async #store(
    runId: string,
    item: QueueItem,
    decide: Decide,
    call: CallInFlight | null = null,
  ): Promise<void> {
    const { store, log } = this.#deps;
    const applying = (choose: Decide) => (transition: Transition) => {
      const run = store.runs.find(runId);
      const currentItem = store.queue.find(item.id);
      if (!run || hasEnded(run.status) || !currentItem) return;
      transition.apply(run, choose(transition, run, currentItem), item.id);
    };
    try {
      await this.#writeUntilStored(item.id, applying(decide), call);
    } catch (error) {
      log({ level: "error", message: "a result cannot be stored; its run fails", runId, error });
      const fail: Decide = (transition, run) =>
        decideFault(transition.viewRun(run), reasonOf(error), transition.nowMs);
      await this.#writeUntilStored(item.id, applying(fail), call);
    }
  }

  /**
   * Rejects with what is wrong with `work`; a disk that refuses is waited for. `call` is what the item
   * in hand was: it ends with the transaction.
   */
  async #writeUntilStored(
    itemId: string,
    work: (transition: Transition) => void,
    call: CallInFlight | null = null,
  ): Promise<void> {
    const { store, clock, log, inFlight } = this.#deps;
    const write = (): Effects => {
      const transition = new Transition(this.#deps);
      work(transition);
      return transition.effects;
    };
    const follow = (effects: Effects): void => {
      // First, because the effects may start the run's next call at once, under the same item.
      if (call) inFlight.end(call);
      effects.applyTo(this.#deps, itemId);
    };
    while (!this.#isStopped) {
      try {
        await store.write(write, follow);
        return;
      } catch (error) {
        if (!isRefused(error)) throw error;
        log({ level: "error", message: "a result waits for the disk", itemId, error });
        await new Promise<void>((resolve) => clock.wakeAfter(REFUSED_PAUSE_MS, resolve));
      }
    }
  }
}

type Answered = Omit<Extract<CallResult, { kind: "answered" }>, "kind">;

function callFactsOf(
  { generationId, startedAtMs }: CallInFlight,
  { dueAtMs }: QueueItem,
): CallFacts {
  return unansweredCall(generationId, queueMs(dueAtMs, startedAtMs));
}

type Decide = (transition: Transition, run: Run, item: QueueItem) => readonly Change[];

function gatewayAnswer(
  item: QueueItem,
  { dataJson }: Extract<GatewayOutcome, { kind: "answered" }>,
  startedAtMs: number,
): StepResolution {
  const valueJson = `{"data":${dataJson}}`;
  return {
    stepId: item.stepId,
    status: "completed",
    valueJson,
    attempt: item.attempt,
    startedAtMs,
  };
}

/** Nothing listens there. Bun words it so; anything else broke in the middle of the call. */
function isRefusal(reason: string): boolean {
  return /refused|unable to connect|ENOENT|ENOTFOUND|EHOSTUNREACH/i.test(reason);
}

/** The disk did not take it, and may take it later. */
function isRefused(error: unknown): boolean {
  return error instanceof EngineError && error.code === "STORAGE_FAILED";
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function missingParts(): Answered {
  const message =
    "The run's function or event is gone from the database. Restore a backup, or send the event again.";
  const error = { name: "MissingStateError", message };
  return { answer: { outcome: { kind: "failed", mayRetry: false, error } } };
}
