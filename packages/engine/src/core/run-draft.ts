import type { CallFacts } from "./call-facts.ts";
import type { Change, RunEnding, StepRecord, StepSettlement } from "./change.ts";
import { STATE_BYTES_MAX } from "./limits.ts";
import type { SerializedError } from "./outcome.ts";
import { discoveryItemId, type QueueItem } from "./queue-item.ts";
import type { KnownStep, RunView } from "./run.ts";

/**
 * A run in the middle of a decision: the changes so far, and the state as they leave it. It lives only
 * inside one call of a `decide…` function.
 *
 * Invariants:
 *   D1. A run has at most one discovery item. Two calls of the same function body, at the same time,
 *       could otherwise both run the next step.
 *   D2. A step is added once and settled once; what comes later for it is ignored.
 *   D3. After the run's end nothing is added.
 *   D4. The values of a run's steps stay within `STATE_BYTES_MAX`: the one too much ends the run.
 */
export class RunDraft {
  readonly run: RunView;
  readonly nowMs: number;
  /** What the decision is about, when it is a call. */
  readonly call: CallFacts | undefined;
  readonly changes: Change[] = [];
  readonly #steps: Map<string, KnownStep>;
  #hasDiscovery: boolean;
  #requestVersion: number;
  #isPlanning: boolean;
  #lastPosition: number;
  #stateBytes = 0;
  #hasEnded = false;

  constructor(run: RunView, nowMs: number, call?: CallFacts) {
    this.run = run;
    this.nowMs = nowMs;
    this.call = call;
    this.#steps = new Map(run.steps);
    this.#hasDiscovery = run.hasDiscovery;
    this.#requestVersion = run.requestVersion;
    this.#isPlanning = run.isPlanning;
    this.#lastPosition = run.lastPosition;
    for (const { sizeBytes } of run.steps.values()) this.#stateBytes += sizeBytes;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get stepCount(): number {
    return this.#steps.size;
  }

  get hasOpenSteps(): boolean {
    return this.#someStep((step) => step.status === "open");
  }

  get hasDiscovery(): boolean {
    return this.#hasDiscovery;
  }

  findStep(stepId: string): KnownStep | undefined {
    return this.#steps.get(stepId);
  }

  pinVersion(requestVersion: number): void {
    if (this.#requestVersion > 0 || requestVersion <= 0) return;
    this.#requestVersion = requestVersion;
    this.changes.push({ kind: "pin-version", requestVersion });
  }

  setPlanning(isPlanning: boolean): void {
    if (this.#isPlanning === isPlanning) return;
    this.#isPlanning = isPlanning;
    this.changes.push({ kind: "set-planning", isPlanning });
  }

  /** Returns false when the run has the step already (D2). */
  addStep(step: StepRecord): boolean {
    if (this.#hasEnded || this.#steps.has(step.stepId)) return false;
    const { stepId, kind, status, isRace, valueJson } = step;
    const sizeBytes = valueJson === null ? 0 : Buffer.byteLength(valueJson);
    this.#steps.set(stepId, { kind, status, isRace, sizeBytes });
    this.changes.push({ kind: "add-step", step, position: this.#nextPosition() });
    this.#grow(sizeBytes);
    return true;
  }

  settleStep(settlement: StepSettlement): boolean {
    const step = this.#steps.get(settlement.stepId);
    if (this.#hasEnded || step?.status !== "open") return false;
    const { stepId, status, valueJson } = settlement;
    const sizeBytes = Buffer.byteLength(valueJson);
    this.#steps.set(stepId, { ...step, status, sizeBytes });
    this.changes.push({ kind: "settle-step", settlement, position: this.#nextPosition() });
    this.#grow(sizeBytes);
    return true;
  }

  enqueue(item: QueueItem): void {
    this.changes.push({ kind: "enqueue", item });
  }

  removeItem(itemId: string): void {
    if (itemId === discoveryItemId(this.run.runId)) this.#hasDiscovery = false;
    this.changes.push({ kind: "remove-item", itemId });
  }

  endRun(ending: Omit<RunEnding, "endedAtMs" | "call">): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const call = this.call === undefined ? {} : { call: this.call };
    this.changes.push({ kind: "end-run", ending: { ...ending, ...call, endedAtMs: this.nowMs } });
  }

  failRun(error: SerializedError): void {
    this.endRun({ status: "FAILED", outputJson: JSON.stringify(error), error });
  }

  /** From now on a call may run a step at once again. In version 1 it may not, once the run has planned. */
  endPlanning(): void {
    if (this.#requestVersion >= 2) this.setPlanning(false);
  }

  /**
   * Calls the function again after a step was settled. Version 2 waits until every step planned
   * together is done, race members aside; version 1 asks after each. After a sleep a run that plans
   * plans once more, as on Inngest. Protocol notes, section 1.6.
   */
  discoverAfterStep({ kind, isRace }: Pick<KnownStep, "kind" | "isRace">): void {
    const isVersion1 = this.#requestVersion < 2;
    const waitsForOthers = this.#someStep((step) => step.status === "open" && !step.isRace);
    if (isVersion1 || isRace || !waitsForOthers) this.discover({ keepsPlanning: kind === "sleep" });
  }

  discover({ keepsPlanning = false } = {}): void {
    if (this.#hasEnded || this.#hasDiscovery) return;
    this.#hasDiscovery = true;
    // While a planned step is still open, the SDK must not run the one step that it finds: it may be that.
    if (this.hasOpenSteps && this.#requestVersion >= 2) this.setPlanning(true);
    else if (!keepsPlanning) this.endPlanning();
    this.enqueue({
      id: discoveryItemId(this.run.runId),
      runId: this.run.runId,
      kind: "discovery",
      stepId: "",
      attempt: 0,
      dueAtMs: this.nowMs,
      queuedAtMs: this.nowMs,
      payloadJson: null,
    });
  }

  #nextPosition(): number {
    this.#lastPosition += 1;
    return this.#lastPosition;
  }

  #grow(sizeBytes: number): void {
    this.#stateBytes += sizeBytes;
    if (this.#stateBytes > STATE_BYTES_MAX) this.failRun(stateTooLarge());
  }

  #someStep(test: (step: KnownStep) => boolean): boolean {
    for (const step of this.#steps.values()) if (test(step)) return true;
    return false;
  }
}

function stateTooLarge(): SerializedError {
  return {
    name: "StateTooLargeError",
    message: `The run's steps returned more than ${STATE_BYTES_MAX} bytes together. Write the data to a file and return references.`,
  };
}
