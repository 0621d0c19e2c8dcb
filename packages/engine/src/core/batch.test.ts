import { expect, test } from "bun:test";
import { growBatch, isFullBatch, type OpenBatch } from "./batch.ts";
import { BATCH_BYTES_MAX } from "./limits.ts";

const option = { eventsMax: 3, timeoutMs: 1_000 };
const empty: OpenBatch = { id: "b", name: "n", functionId: "f", eventCount: 0, sizeBytes: 0 };

test("a batch is full with its number of events", () => {
  const two = growBatch(growBatch(empty, 1), 1);
  expect(two).toMatchObject({ eventCount: 2, sizeBytes: 2 });
  expect(isFullBatch(two, option)).toBe(false);
  expect(isFullBatch(growBatch(two, 1), option)).toBe(true);
});

test("a batch is full with 10 MiB, also when one event brings them", () => {
  expect(isFullBatch(growBatch(empty, BATCH_BYTES_MAX - 1), option)).toBe(false);
  expect(isFullBatch(growBatch(empty, BATCH_BYTES_MAX), option)).toBe(true);
});

test("a batch that grew beyond a smaller limit of a new registration is full", () => {
  const five = { ...empty, eventCount: 5 };
  expect(isFullBatch(five, option)).toBe(true);
});
