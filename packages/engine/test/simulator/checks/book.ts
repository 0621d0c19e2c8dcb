// What the simulator knows of the store, from committed facts alone and in their order.

import type { WireEvent } from "../app/wire.ts";
import { type FunctionOptions, type FunctionSpec, keyOf } from "../plan/function-spec.ts";
import {
  hashStepId,
  LARGE_MIN,
  type StepAction,
  stepsOf,
  type WaitMatchKind,
} from "../plan/plan.ts";
import type { World } from "../world/world.ts";
import type { Fact } from "./journal.ts";

export interface StepRecord {
  readonly hash: string;
  readonly action: StepAction;
  readonly openedAtMs: number;
  valueJson: string | null;
  status: string;
  /** Place among the settled steps. */
  order: number;
}

export interface ItemRecord {
  readonly id: string;
  readonly runId: string;
  readonly kind: string;
  readonly stepHash: string;
  readonly dueAtMs: number;
  readonly attempt: number;
  /** World time of its commit. */
  readonly storedAtMs: number;
}

export interface WaitRecord {
  readonly runId: string;
  readonly stepHash: string;
  readonly eventName: string;
  readonly purpose: string;
  readonly expiresAtMs: number;
}

export interface RunRecord {
  readonly id: string;
  readonly functionId: string;
  readonly spec: FunctionSpec;
  /** In force when the run was created. */
  readonly options: FunctionOptions;
  readonly event: WireEvent;
  readonly eventInternalId: string;
  readonly createdAtMs: number;
  /** World time of its commit. */
  readonly storedAtMs: number;
  readonly rank: string;
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
  readonly isBatch: boolean;
  /** Internal ids of the events that it started with: several for a batch. */
  eventIds: readonly string[];
  readonly actions: ReadonlyMap<string, StepAction>;
  readonly steps: Map<string, StepRecord>;
  readonly items: Map<string, ItemRecord>;
  status: string;
  startedAtMs: number | null;
  /** In force at its first call, as `optionsNow` has them. */
  optionsAtStart: readonly FunctionOptions[];
  outputJson: string | null;
  /** Numbers of the executions whose results were stored. */
  readonly storedNumbers: Set<number>;
  /** Someone outside asked for its end. */
  wasCancelAsked: boolean;
}

export interface FunctionInForce {
  readonly spec: FunctionSpec;
  readonly options: FunctionOptions;
  readonly isLive: boolean;
  readonly pause: "none" | "runs go on" | "runs are held";
  readonly replaced: { readonly options: FunctionOptions; readonly atMs: number } | null;
}

const PAUSES = ["none", "runs go on", "runs are held"] as const;

export class Book {
  readonly runs = new Map<string, RunRecord>();
  readonly unended = new Map<string, RunRecord>();
  readonly events = new Map<string, WireEvent>();
  /** Items of no run: schedules, and events that are held. */
  readonly starterItems = new Map<string, ItemRecord>();
  /** The version that each function last had in a commit. */
  readonly versionChanges = new Map<string, number>();
  readonly waits = new Map<string, Map<string, WaitRecord>>();
  /** Which step waits for a signal. */
  readonly signals = new Map<string, { readonly runId: string; readonly stepHash: string }>();
  /** Functions that someone has paused with an end to their runs. */
  readonly emptied = new Set<string>();
  readonly sentSignals = new Set<number>();
  /** As of the last commit: a sync counts from the next transaction on. */
  readonly inForce = new Map<string, FunctionInForce>();
  readonly #world: World;
  readonly #specs: ReadonlyMap<string, FunctionSpec>;
  readonly #actions = new Map<string, ReadonlyMap<string, StepAction>>();
  #synced: Fact[] = [];

  constructor(world: World, specs: readonly FunctionSpec[]) {
    this.#world = world;
    this.#specs = new Map(specs.map((spec) => [spec.slug, spec]));
    for (const { slug, plan } of specs) {
      const byHash = stepsOf(plan).map((action) => [hashStepId(action.id), action] as const);
      this.#actions.set(slug, new Map(byHash));
    }
  }

  findBySlug(slug: string): FunctionInForce | undefined {
    for (const fn of this.inForce.values()) if (fn.isLive && fn.spec.slug === slug) return fn;
    return undefined;
  }

  /**
   * What the engine may go by at this moment: two, when a sync was just stored. A decision may come between
   * its commit and the moment at which the engine's memory follows it.
   */
  optionsNow(functionId: string): readonly FunctionOptions[] {
    const fn = this.inForce.get(functionId);
    if (!fn) return [];
    const isNew = fn.replaced?.atMs === this.#world.nowMs;
    return fn.replaced && isNew ? [fn.options, fn.replaced.options] : [fn.options];
  }

  apply(fact: Fact): void {
    switch (fact.kind) {
      case "event":
        this.events.set(fact.id, JSON.parse(fact.body) as WireEvent);
        return;
      case "run":
        return this.#addRun(fact);
      case "run-started":
        return this.#change(fact, (run) => {
          run.status = "RUNNING";
          run.startedAtMs = fact.atMs;
          run.optionsAtStart = this.optionsNow(run.functionId);
        });
      case "run-ended":
        return this.#change(fact, (run) => this.#endRun(run, fact.status, fact.body));
      case "step":
      case "step-settled":
        return this.#change(fact, (run) => this.#putStep(run, fact));
      case "item":
        return this.#putItem(fact);
      case "item-gone":
        if (fact.runId === "") this.starterItems.delete(fact.id);
        else this.runs.get(fact.runId)?.items.delete(fact.id);
        return;
      case "wait":
        return this.#addWait(fact);
      case "wait-gone":
        this.waits.get(fact.name)?.delete(`${fact.runId} ${fact.id}`);
        return;
      case "signal":
        return void this.signals.set(fact.name, { runId: fact.runId, stepHash: fact.id });
      case "signal-gone":
        // A newer wait may have replaced it in the same commit.
        if (this.signals.get(fact.name)?.stepHash !== fact.id) return;
        if (this.signals.get(fact.name)?.runId === fact.runId) this.signals.delete(fact.name);
        return;
      case "function":
        this.#synced.push(fact);
        return;
      case "forbidden":
        return this.#world.fail(`${fact.name}: ${fact.runId} ${fact.id}`);
    }
  }

  /** All facts of a commit were applied. */
  endCommit(): void {
    for (const { id, name, status, body, number } of this.#synced) {
      const spec = this.#specs.get(name);
      const options = spec?.versions[Number(body)];
      this.versionChanges.set(id, Number(body));
      if (spec && options) {
        const isLive = status === "live";
        const pause = PAUSES[number] ?? "none";
        const replaced = this.#replaceOptions(id, options);
        this.inForce.set(id, { spec, options, isLive, pause, replaced });
      } else this.#world.fail(`a function that nobody registered is stored: ${name}, ${body}`);
    }
    this.#synced = [];
  }

  #replaceOptions(functionId: string, options: FunctionOptions): FunctionInForce["replaced"] {
    const known = this.inForce.get(functionId);
    if (!known || known.options === options) return known?.replaced ?? null;
    return { options: known.options, atMs: this.#world.nowMs };
  }

  #addRun({ id, runId, name, status, body, atMs }: Fact): void {
    const fn = this.inForce.get(name);
    const event = this.events.get(id);
    if (!fn || !event) return this.#world.fail(`run ${runId} has no function or no event`);
    const [rank, correlationId, rerunOf, batchId] = JSON.parse(body) as (string | null)[];
    const { spec, options } = fn;
    const run: RunRecord = {
      id: runId,
      functionId: name,
      spec,
      options,
      event,
      eventInternalId: id,
      createdAtMs: atMs,
      storedAtMs: this.#world.nowMs,
      rank: rank ?? runId,
      correlationId: correlationId ?? null,
      rerunOf: rerunOf ?? null,
      isBatch: (batchId ?? null) !== null,
      eventIds: this.runs.get(rerunOf ?? "")?.eventIds ?? [id],
      actions: this.#actions.get(spec.slug) ?? new Map(),
      steps: new Map(),
      items: new Map(),
      status,
      startedAtMs: null,
      optionsAtStart: [],
      outputJson: null,
      storedNumbers: new Set(),
      wasCancelAsked: false,
    };
    this.#world.require(!this.runs.has(runId), () => `two runs have the id ${runId}`);
    this.runs.set(runId, run);
    if (status !== "SKIPPED") this.unended.set(runId, run);
  }

  #endRun(run: RunRecord, status: string, outputJson: string): void {
    run.status = status;
    run.outputJson = outputJson;
    this.unended.delete(run.id);
  }

  #putStep(run: RunRecord, fact: Fact): void {
    const action = run.actions.get(fact.id);
    if (!action)
      return this.#world.fail(`run ${run.id} has a step that its plan lacks: ${fact.id}`);
    const known = run.steps.get(fact.id);
    const isSettled = fact.status !== "open";
    run.steps.set(fact.id, {
      hash: fact.id,
      action,
      openedAtMs: known?.openedAtMs ?? this.#world.wallMs,
      valueJson: isSettled ? fact.body : null,
      status: fact.status,
      order: fact.number,
    });
  }

  #putItem({ id, runId, name, status, atMs, number }: Fact): void {
    const storedAtMs = this.#world.nowMs;
    const base = { id, runId, kind: name, stepHash: status, dueAtMs: atMs, attempt: number };
    const item: ItemRecord = { ...base, storedAtMs };
    if (runId === "") this.starterItems.set(id, item);
    else this.runs.get(runId)?.items.set(id, item);
  }

  #addWait({ id, runId, name, status, atMs }: Fact): void {
    const byEvent = this.waits.get(name) ?? new Map<string, WaitRecord>();
    this.waits.set(name, byEvent);
    const wait = { runId, stepHash: id, eventName: name, purpose: status, expiresAtMs: atMs };
    byEvent.set(`${runId} ${id}`, wait);
  }

  #change({ kind, runId }: Fact, change: (run: RunRecord) => void): void {
    const run = this.runs.get(runId);
    if (run) change(run);
    else this.#world.fail(`${kind} of a run that is not there: ${runId}`);
  }
}

/** Whether a wait of this kind, of a run that `trigger` started, is for the event. */
export function isAwaited(
  match: WaitMatchKind,
  trigger: Pick<WireEvent, "data">,
  event: Pick<WireEvent, "data">,
): boolean {
  if (match === "any") return true;
  if (match === "large") return Number(event.data["n"] ?? 0) >= LARGE_MIN;
  const key = keyOf(trigger.data);
  // What is missing equals nothing.
  return key !== null && key === keyOf(event.data);
}
