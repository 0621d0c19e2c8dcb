import type { Batching } from "./flow-control.ts";
import { BATCH_BYTES_MAX } from "./limits.ts";

/** A batch that still takes events. */
export interface OpenBatch {
  readonly id: string;
  /** Function, option and evaluated key: one batch of each is open at a time. */
  readonly name: string;
  readonly functionId: string;
  readonly eventCount: number;
  /** Of its events as JSON. */
  readonly sizeBytes: number;
}

/** An event's place in a batch. */
export interface BatchEvent {
  readonly batchId: string;
  /** From 1, in the order in which they came. */
  readonly position: number;
  readonly eventInternalId: string;
  /** The step that waits for the run, where one invoked the function. */
  readonly correlationId: string | null;
}

export function growBatch(batch: OpenBatch, eventBytes: number): OpenBatch {
  const { eventCount, sizeBytes } = batch;
  return { ...batch, eventCount: eventCount + 1, sizeBytes: sizeBytes + eventBytes };
}

/** Whether it starts its run without waiting for more. */
export function isFullBatch(batch: OpenBatch, { eventsMax }: Batching): boolean {
  return batch.eventCount >= eventsMax || batch.sizeBytes >= BATCH_BYTES_MAX;
}
