import type { EventToSend } from "@system-bus/inngest-api";

export interface BatchLimits {
  readonly countMax: number;
  readonly bytesMax: number;
}

/** Below what an engine takes in one request: 5,000 events, 10 MiB. */
const LIMITS: BatchLimits = { countMax: 1_000, bytesMax: 4 * 1024 * 1024 };

/** The events in their order, in as few requests as fit; one that is above the limit by itself goes alone. */
export function cutBatches(
  events: readonly EventToSend[],
  { countMax, bytesMax }: BatchLimits = LIMITS,
): readonly (readonly EventToSend[])[] {
  const batches: EventToSend[][] = [];
  let batch: EventToSend[] = [];
  let bytes = 0;
  for (const event of events) {
    const eventBytes = Buffer.byteLength(JSON.stringify(event)) + 1;
    if (batch.length > 0 && (batch.length >= countMax || bytes + eventBytes > bytesMax)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += eventBytes;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}
