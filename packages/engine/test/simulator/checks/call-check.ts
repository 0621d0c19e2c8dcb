// What the engine calls, when, and with what.
//
// Invariants:
//   L1. A call is for an item that is stored and due, of a run that has not ended and is not late.
//   L2. It carries every step that is settled, as it is stored, and no other.
//   L3. Its generation is higher than that of any call of the item before it.
//   L4. One item has one call on its way.

import type { CallInFlight } from "../faults/wire.ts";
import type { RunRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";

export class CallCheck implements Check {
  readonly #scene: Scene;
  readonly #loadSteps: (runId: string) => ReadonlyMap<string, string>;
  readonly #generationIds = new Map<string, number>();

  /** `loadSteps` reads the settled steps of a run, also those of the transaction that is open. */
  constructor(scene: Scene, loadSteps: (runId: string) => ReadonlyMap<string, string>) {
    this.#scene = scene;
    this.#loadSteps = loadSteps;
  }

  onCall(call: CallInFlight, run: RunRecord | null): void {
    const { world } = this.#scene;
    if (!run) return world.fail(`a call for run ${call.context.run_id}, which is not stored`);
    world.require(
      run.status === "QUEUED" || run.status === "RUNNING",
      () => `a call for run ${run.id}, which is ${run.status}`,
    );
    world.require(
      this.#scene.book.inForce.get(run.functionId)?.pause !== "runs are held" ||
        run.options.throttle,
      () => `run ${run.id} is called while the runs of its function are held`,
    );
    this.#checkGeneration(call);
    this.#checkItem(call, run);
    this.#checkTimeouts(run);
    if (!call.usesApi) this.#checkState(call, run);
    else world.count("state fetched by the app");
  }

  #checkGeneration({ context }: CallInFlight): void {
    const { world } = this.#scene;
    const { generation_id: generationId = 0, job_id: itemId } = context;
    const lastId = this.#generationIds.get(itemId) ?? 0;
    world.require(
      generationId > lastId,
      () => `call ${generationId} of ${itemId} comes after call ${lastId}`,
    );
    this.#generationIds.set(itemId, generationId);
  }

  #checkItem(call: CallInFlight, run: RunRecord): void {
    const { world, inFlight, disturbances } = this.#scene;
    const { job_id: itemId } = call.context;
    const item = run.items.get(itemId);
    if (!item) return world.fail(`a call for item ${itemId}, which is not stored`);
    const earlyMs = item.dueAtMs - disturbances.latestShownMs(item.storedAtMs);
    world.require(earlyMs <= 0, () => `item ${itemId} is called ${earlyMs} ms early`);
    const hash = item.kind === "step" ? item.stepHash : "step";
    world.require(
      call.stepId === hash,
      () => `item ${itemId} calls ${call.stepId} instead of ${hash}`,
    );
    for (const other of inFlight) {
      if (other === call || other.context.job_id !== itemId) continue;
      world.fail(`item ${itemId} has two calls on their way`);
    }
  }

  #checkTimeouts(run: RunRecord): void {
    const { world, book, disturbances } = this.#scene;
    // A function that a sync has taken its timeouts from is not asked for them: the old limit ends the run a
    // moment later.
    const hasTimeouts = book.optionsNow(run.functionId).every(({ timeouts }) => timeouts);
    if (disturbances.hasClockGoneBack || !hasTimeouts) return;
    for (const { kind, dueAtMs } of run.items.values()) {
      const isLate = kind === (run.status === "QUEUED" ? "start-timeout" : "finish-timeout");
      world.require(
        !isLate || dueAtMs > world.wallMs,
        () => `run ${run.id} is called after its ${kind}`,
      );
    }
  }

  #checkState(call: CallInFlight, run: RunRecord): void {
    const { world } = this.#scene;
    const stored = this.#loadSteps(run.id);
    for (const [hash, valueJson] of stored) {
      const sent = JSON.stringify(call.steps[hash]);
      world.require(
        sent === valueJson,
        () => `a call of ${run.id} has ${sent} for ${hash}, stored is ${valueJson}`,
      );
    }
    for (const [hash, value] of Object.entries(call.steps)) {
      const isInput = value !== null && typeof value === "object" && "input" in value;
      world.require(
        stored.has(hash) || isInput,
        () => `a call of ${run.id} has step ${hash}, which is not settled`,
      );
    }
    const { stack } = call.context.stack;
    world.require(
      stack.length === stored.size && stack.every((hash) => stored.has(hash)),
      () => `a call of ${run.id} has a stack of ${stack.length} for ${stored.size} settled steps`,
    );
  }
}
