import { assert } from "../../core/assert.ts";

/** A call to the SDK that has not been answered. */
export interface CallInFlight {
  readonly itemId: string;
  readonly runId: string;
  readonly generationId: number;
  readonly startedAtMs: number;
  /** Set when another item settles a step of this run; the next discovery then is this call's duty. */
  wereStepsSettledMeanwhile: boolean;
  /** Set when a step is settled by this call, whether by a checkpoint or by the answer. */
  hasSettledSteps: boolean;
}

/** Generations of one start of the engine; 2^24 calls an epoch leave room for 2^29 epochs. */
const GENERATIONS_PER_EPOCH = 2 ** 24;

/**
 * The calls on their way. A generation id is higher than that of any earlier call, also of calls from
 * before a crash, because the epoch counts the engine's starts on disk (docs/decisions/0004).
 */
export class InFlight {
  readonly #epoch: number;
  readonly #byItem = new Map<string, CallInFlight>();
  readonly #byRun = new Map<string, Set<CallInFlight>>();
  #callCount = 0;

  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  begin(call: { itemId: string; runId: string; startedAtMs: number }): CallInFlight {
    assert(!this.#byItem.has(call.itemId), "an item has one call in flight at a time");
    const generationId =
      this.#epoch * GENERATIONS_PER_EPOCH + (this.#callCount++ % GENERATIONS_PER_EPOCH);
    const inFlight = {
      ...call,
      generationId,
      wereStepsSettledMeanwhile: false,
      hasSettledSteps: false,
    };
    this.#byItem.set(call.itemId, inFlight);
    const ofRun = this.#byRun.get(call.runId) ?? new Set();
    this.#byRun.set(call.runId, ofRun.add(inFlight));
    return inFlight;
  }

  /** Does nothing for a call that has ended: the item may have another one by then. */
  end(call: CallInFlight): void {
    if (this.#byItem.get(call.itemId) === call) this.#byItem.delete(call.itemId);
    const ofRun = this.#byRun.get(call.runId);
    ofRun?.delete(call);
    if (ofRun?.size === 0) this.#byRun.delete(call.runId);
  }

  get size(): number {
    return this.#byItem.size;
  }

  find(itemId: string): CallInFlight | undefined {
    return this.#byItem.get(itemId);
  }

  /** `byItemId` settled a step: the other calls of the run have not seen it. */
  markSettled(runId: string, byItemId: string | null): void {
    for (const call of this.#byRun.get(runId) ?? []) {
      if (call.itemId === byItemId) call.hasSettledSteps = true;
      else call.wereStepsSettledMeanwhile = true;
    }
  }
}
