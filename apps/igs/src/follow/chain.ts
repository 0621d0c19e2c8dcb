// What follows from an event: the runs that it starts, the events that these runs send, the runs
// that those start, and so on. Pure: it is told what the engine answered and what time it is.
//
// Invariants:
//   C1. An event or run that is settled is not asked for again.
//   C2. A run is settled when it has ended and its trace has ended too, or `settleMs` after its end:
//       a server may write traces later than runs.
//   C3. An event is settled when as many runs as functions listen for it were seen, or when
//       `settleMs` went by without a further one.
//   C4. The chain has ended when everything in it is settled.
//       Without sent events it is only what was begun with and the runs of that.
//   C5. It never holds more than `eventsMax` events: two functions that start each other end here.
//   C6. Each change is told once.

import { hasEnded, type Run, type TraceSpan } from "@system-bus/inngest-api";
import { sentEventIds } from "../trace/sent-events.ts";
import { type RunStep, readSteps } from "../trace/steps.ts";
import { unwrapOutput } from "../trace/unwrap-output.ts";
import type { ChainChange } from "./chain-change.ts";

export interface ChainLimits {
  readonly settleMs: number;
  readonly eventsMax: number;
  /** Whether events that its runs send belong to it, too. */
  readonly hasSentEvents: boolean;
}

/** How many events one can follow or wait for. */
export const FOLLOWED_EVENTS_MAX = 1_000;

const CHAIN_LIMITS: ChainLimits = {
  settleMs: 3_000,
  eventsMax: FOLLOWED_EVENTS_MAX,
  hasSentEvents: true,
};

interface EventState {
  readonly eventId: string;
  readonly fromRunId: string | null;
  name: string | null;
  /** How many functions listen for it; null while not known. */
  listenerCount: number | null;
  changedAtMs: number;
  readonly runIds: Set<string>;
  isSettled: boolean;
}

interface RunState {
  run: Run;
  readonly toldSteps: Map<string, string>;
  readonly toldAttempts: Set<string>;
  isEndTold: boolean;
  endedSeenAtMs: number | null;
  isSettled: boolean;
}

export class Chain {
  readonly #limits: ChainLimits;
  readonly #events = new Map<string, EventState>();
  readonly #runs = new Map<string, RunState>();

  constructor(eventIds: readonly string[], nowMs: number, limits: Partial<ChainLimits> = {}) {
    this.#limits = { ...CHAIN_LIMITS, ...limits };
    for (const eventId of eventIds) this.#addEvent(eventId, null, nowMs);
  }

  get runs(): readonly Run[] {
    return [...this.#runs.values()].map((state) => state.run);
  }

  /** Events whose name is not known yet. */
  get namelessEventIds(): readonly string[] {
    return this.#openEvents().flatMap((event) => (event.name === null ? event.eventId : []));
  }

  /** Events that may still start runs. */
  get openEventIds(): readonly string[] {
    return this.#openEvents().map((event) => event.eventId);
  }

  get openRunIds(): readonly string[] {
    return [...this.#runs].flatMap(([runId, state]) => (state.isSettled ? [] : runId));
  }

  get hasEnded(): boolean {
    return this.openEventIds.length === 0 && this.openRunIds.length === 0;
  }

  /** `listenerCount` is null where the engine's functions could not be read. */
  sawEvent(eventId: string, name: string, listenerCount: number | null): readonly ChainChange[] {
    const event = this.#event(eventId);
    if (event.name !== null) return [];
    event.name = name;
    event.listenerCount = listenerCount;
    return [{ type: "event", eventId, name, fromRunId: event.fromRunId, listenerCount }];
  }

  sawRunsOf(eventId: string, runs: readonly Run[], nowMs: number): readonly ChainChange[] {
    const event = this.#event(eventId);
    for (const run of runs) {
      if (event.runIds.has(run.id)) continue;
      event.runIds.add(run.id);
      event.changedAtMs = nowMs;
    }
    const isComplete = event.listenerCount !== null && event.runIds.size >= event.listenerCount;
    event.isSettled = isComplete || nowMs - event.changedAtMs >= this.#limits.settleMs;
    return runs.filter((run) => !this.#runs.has(run.id)).flatMap((run) => this.#addRun(run));
  }

  sawRun(run: Run, root: TraceSpan, nowMs: number): readonly ChainChange[] {
    const state = this.#runs.get(run.id);
    if (!state) return this.#addRun(run);
    const steps = readSteps(root);
    const changes = [...this.#stepChanges(state, steps), ...this.#runChanges(state, run, root)];
    const sentIds = this.#limits.hasSentEvents ? steps.flatMap(sentEventIds) : [];
    for (const eventId of sentIds) this.#addEvent(eventId, run.id, nowMs);
    if (!hasEnded(run.status)) return changes;
    state.endedSeenAtMs ??= nowMs;
    state.isSettled = hasEnded(root.status) || nowMs - state.endedSeenAtMs >= this.#limits.settleMs;
    return changes;
  }

  #addEvent(eventId: string, fromRunId: string | null, nowMs: number): void {
    if (this.#events.has(eventId) || this.#events.size >= this.#limits.eventsMax) return;
    this.#events.set(eventId, {
      eventId,
      fromRunId,
      name: null,
      listenerCount: null,
      changedAtMs: nowMs,
      runIds: new Set(),
      isSettled: false,
    });
  }

  #addRun(run: Run): readonly ChainChange[] {
    this.#runs.set(run.id, {
      run,
      toldSteps: new Map(),
      toldAttempts: new Set(),
      isEndTold: false,
      endedSeenAtMs: null,
      isSettled: false,
    });
    return [{ type: "run-started", run }];
  }

  #runChanges(state: RunState, run: Run, root: TraceSpan): readonly ChainChange[] {
    state.run = run;
    if (state.isEndTold || !hasEnded(run.status)) return [];
    state.isEndTold = true;
    return [{ type: "run-ended", run, output: run.output ?? unwrapOutput(root.output) }];
  }

  #stepChanges(state: RunState, steps: readonly RunStep[]): readonly ChainChange[] {
    return steps.flatMap((step): ChainChange[] => {
      const common = { runId: state.run.id, step };
      const changes = step.failedAttempts.flatMap(({ spanId, error }, index): ChainChange[] => {
        if (state.toldAttempts.has(spanId)) return [];
        state.toldAttempts.add(spanId);
        return [{ type: "attempt-failed", ...common, attemptNumber: index + 1, error }];
      });
      // A failed span may be one attempt of many: that the step failed is told by the run's end.
      if (step.status === "FAILED" || state.toldSteps.get(step.key) === step.status) return changes;
      const isFirst = !state.toldSteps.has(step.key);
      state.toldSteps.set(step.key, step.status);
      if (hasEnded(step.status)) changes.push({ type: "step-ended", ...common });
      else if (isFirst) changes.push({ type: "step-started", ...common });
      return changes;
    });
  }

  #openEvents(): readonly EventState[] {
    return [...this.#events.values()].filter((event) => !event.isSettled);
  }

  #event(eventId: string): EventState {
    const event = this.#events.get(eventId);
    if (!event) throw new Error(`promised: only events of the chain are told to it (${eventId})`);
    return event;
  }
}
