import type { EventRow, Evidence, RunRow, StepRow } from "../evidence.ts";
import type { Execution } from "../witness.ts";

/** Evidence, found by what hangs together. */
export class EvidenceIndex {
  readonly all: Evidence;
  readonly eventsById: ReadonlyMap<string, EventRow>;
  readonly runsById: ReadonlyMap<string, RunRow>;
  readonly #eventsByName: Groups<EventRow>;
  readonly #runsByEvent: Groups<RunRow>;
  readonly #runsByFunction: Groups<RunRow>;
  readonly #stepsByRun: Groups<StepRow>;
  readonly #attemptsByRun: Groups<Evidence["attempts"][number]>;
  readonly #executionsByRun: Groups<Execution>;

  constructor(evidence: Evidence) {
    this.all = evidence;
    const { events, runs, steps, attempts, executions } = evidence;
    this.eventsById = new Map(events.map((event) => [event.internalId, event]));
    this.runsById = new Map(runs.map((run) => [run.id, run]));
    this.#eventsByName = Map.groupBy(events, ({ name }) => name);
    this.#runsByEvent = Map.groupBy(runs, ({ eventInternalId }) => eventInternalId);
    this.#runsByFunction = Map.groupBy(runs, ({ functionId }) => functionId);
    this.#stepsByRun = Map.groupBy(steps, ({ runId }) => runId);
    this.#attemptsByRun = Map.groupBy(attempts, ({ runId }) => runId);
    this.#executionsByRun = Map.groupBy(executions, ({ runId }) => runId);
  }

  /** In the order in which they were taken in. */
  eventsNamed(name: string): readonly EventRow[] {
    return this.#eventsByName.get(name) ?? [];
  }

  eventOf(run: RunRow): EventRow | undefined {
    return this.eventsById.get(run.eventInternalId);
  }

  runsOf(event: EventRow, functionId: string): readonly RunRow[] {
    const runs = this.#runsByEvent.get(event.internalId) ?? [];
    return runs.filter((run) => run.functionId === functionId);
  }

  /** In the order in which they were created. */
  runsOfFunction(functionId: string): readonly RunRow[] {
    return this.#runsByFunction.get(functionId) ?? [];
  }

  stepsOf(run: RunRow): readonly StepRow[] {
    return this.#stepsByRun.get(run.id) ?? [];
  }

  failedAttemptsOf(run: RunRow): number {
    return this.#attemptsByRun.get(run.id)?.length ?? 0;
  }

  executionsOf(run: RunRow): readonly Execution[] {
    return this.#executionsByRun.get(run.id) ?? [];
  }
}

type Groups<T> = ReadonlyMap<string, readonly T[]>;
