// The verbs on events and runs. Each is one transaction; what it means for the scheduler follows once
// the transaction is on disk.

import type { AppFunction } from "../core/app.ts";
import { queueMs, unansweredCall } from "../core/call-facts.ts";
import { findContradiction } from "../core/contradiction.ts";
import { decideCheckpoint } from "../core/decide-checkpoint.ts";
import type { RerunStart } from "../core/decide-rerun.ts";
import { EngineError } from "../core/errors.ts";
import type { StoredEvent } from "../core/event.ts";
import type { StepOp } from "../core/outcome.ts";
import { hasEnded, type Run, type RunView } from "../core/run.ts";
import { INVOKED_EVENT } from "../core/system-events.ts";
import { ulidFromSeed } from "../core/ulid.ts";
import type { IdSeed, IncomingEvent } from "../protocol/event-request.ts";
import type { IncomingSignal } from "../protocol/signal.ts";
import type { InFlight } from "./calls/in-flight.ts";
import type { EffectTargets } from "./effects.ts";
import { admitAtOnce } from "./intake/admission.ts";
import { rerunFromStep } from "./intake/rerun-run.ts";
import { startRun } from "./intake/start-run.ts";
import { acceptSignal } from "./signals.ts";
import { Transition, type TransitionDeps } from "./transition.ts";

export interface RunCommandDeps extends TransitionDeps, EffectTargets {
  readonly inFlight: InFlight;
}

export class RunCommands {
  readonly #deps: RunCommandDeps;

  constructor(deps: RunCommandDeps) {
    this.#deps = deps;
  }

  acceptEvents(
    events: readonly IncomingEvent[],
    options: { readonly idSeed?: IdSeed } = {},
  ): Promise<readonly string[]> {
    return this.#write((transition) => {
      transition.effects.receiveEvents(events.length);
      return events.map((incoming, index) => {
        const event = this.#receive(incoming, transition.nowMs, internalId(options.idSeed, index));
        transition.acceptEvent(event);
        return event.internalId;
      });
    });
  }

  async checkpoint(request: {
    readonly runId: string;
    readonly itemId: string;
    readonly generationId: number;
    readonly ops: readonly StepOp[];
  }): Promise<void> {
    const { inFlight, store } = this.#deps;
    const { runId, itemId, generationId, ops } = request;
    await this.#write((transition) => {
      const run = this.#getUnfinished(runId);
      const call = inFlight.find(itemId);
      const item = store.queue.find(itemId);
      if (!item || call?.runId !== runId || call.generationId !== generationId) {
        throw new EngineError("STALE_DISPATCH", `A later call of run ${runId} has taken over.`);
      }
      const { startedAtMs } = call;
      const view = transition.viewRun(run, item);
      this.#refuseContradiction(view, ops);
      const waitedMs = queueMs(item.dueAtMs, startedAtMs);
      const facts = unansweredCall(generationId, waitedMs);
      const context = { item, startedAtMs, call: facts, nowMs: transition.nowMs };
      transition.apply(run, decideCheckpoint(view, ops, context), itemId);
    });
  }

  #refuseContradiction(view: RunView, ops: readonly StepOp[]): void {
    const { steps } = this.#deps.store;
    const step = findContradiction(view, ops, (id) => steps.findValueJson(view.runId, id));
    if (!step) return;
    throw new EngineError(
      "STEP_CONTRADICTED",
      `Another result of step "${step.displayName}" of run ${view.runId} is stored: the call was carried out twice.`,
    );
  }

  cancelRun(runId: string): Promise<void> {
    return this.#write((transition) => {
      const run = this.#getUnfinished(runId);
      transition.cancelRun(run.id, "The run was cancelled.");
    });
  }

  rerun(runId: string, from?: RerunStart): Promise<string> {
    const { store, registry } = this.#deps;
    return this.#write((transition) => {
      const run = this.#getRun(runId);
      const fn = registry.findFunction(run.functionId);
      const event = store.events.find(run.eventInternalId);
      if (!fn || fn.isArchived || !event) {
        const what = event ? "function is no longer registered" : "event is no longer kept";
        throw new EngineError("NOT_FOUND", `Run ${runId} cannot be repeated: its ${what}.`);
      }
      const dueNow = { ...event, tsMs: transition.nowMs };
      const batch = run.batchId === null ? {} : { batchId: run.batchId };
      const start = { fn: runnable(fn), event: dueNow, rerunOf: runId, ...batch };
      return from ? rerunFromStep(transition, start, from) : startRun(transition, start);
    });
  }

  invoke(request: {
    readonly slug: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly user?: Readonly<Record<string, unknown>>;
    readonly idempotencyKey?: string;
  }): Promise<string> {
    const { store, registry } = this.#deps;
    const { slug, data, user, idempotencyKey } = request;
    return this.#write((transition) => {
      const fn = registry.findBySlug(slug);
      if (!fn) throw new EngineError("NOT_FOUND", `No function "${slug}" is registered.`);
      const id = idempotencyKey === undefined ? {} : { id: `invoke:${idempotencyKey}` };
      const event = {
        ...transition.newEvent({ name: INVOKED_EVENT, data, ...id }),
        user: user ?? {},
      };
      store.events.insert(event);
      const admission = admitAtOnce(transition, { fn: runnable(fn), event });
      if (admission.kind === "started") return admission.runId;
      throw new EngineError("RUN_REFUSED", `Function "${slug}": ${admission.reason}.`);
    });
  }

  #receive(incoming: IncomingEvent, nowMs: number, seededId: string | null): StoredEvent {
    const internalId = seededId ?? this.#deps.createId();
    const { name, data, user, v } = incoming;
    return {
      internalId,
      id: incoming.id ?? internalId,
      name,
      data,
      user,
      ...(v === undefined ? {} : { v }),
      tsMs: incoming.tsMs ?? nowMs,
      receivedAtMs: nowMs,
    };
  }

  #getRun(runId: string): Run {
    const run = this.#deps.store.runs.find(runId);
    if (!run) throw new EngineError("NOT_FOUND", `There is no run ${runId}.`);
    return run;
  }

  #getUnfinished(runId: string): Run {
    const run = this.#getRun(runId);
    if (hasEnded(run.status)) {
      throw new EngineError("RUN_ENDED", `Run ${runId} has ended: ${run.status}.`);
    }
    return run;
  }

  sendSignal(signal: IncomingSignal): Promise<string> {
    return this.#write((transition) => acceptSignal(transition, signal));
  }

  async #write<T>(work: (transition: Transition) => T): Promise<T> {
    const stored = await this.#deps.store.write(
      () => {
        const transition = new Transition(this.#deps);
        return { result: work(transition), effects: transition.effects };
      },
      ({ effects }) => effects.applyTo(this.#deps),
    );
    return stored.result;
  }
}

function internalId(seed: IdSeed | undefined, index: number): string | null {
  return seed === undefined ? null : ulidFromSeed(seed.ms, seed.entropy, index);
}

function runnable(fn: AppFunction): AppFunction {
  const { slug, problem } = fn.config;
  if (fn.pause)
    throw new EngineError("FUNCTION_PAUSED", `Function "${slug}" is paused. Resume it.`);
  if (problem === undefined) return fn;
  throw new EngineError("INPUT_INVALID", `Function "${slug}" cannot run here: ${problem}`);
}
