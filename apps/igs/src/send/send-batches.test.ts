import { expect, test } from "bun:test";
import { InngestApiError } from "@system-bus/inngest-api";
import { sendBatches } from "./send-batches.ts";

const events = Array.from({ length: 2_500 }, (_, index) => ({ name: `a/${index}` }));
const statuses: string[] = [];
const io = { status: (text: string) => void statuses.push(text) };

function takingBatches(countMax: number, onBatch: () => void = () => {}) {
  let batchCount = 0;
  return {
    async sendEvents(batch: readonly { readonly name: string }[]) {
      batchCount += 1;
      onBatch();
      if (batchCount > countMax)
        throw new InngestApiError("unreachable", "gone", { fix: "Start it." });
      return batch.map(({ name }) => `id-${name}`);
    },
  };
}

test("all events are sent in their order, with word of how far it is", async () => {
  statuses.length = 0;
  const signal = new AbortController().signal;
  const { eventIds, failure } = await sendBatches(events, { api: takingBatches(9), io, signal });
  expect(eventIds).toEqual(events.map(({ name }) => `id-${name}`));
  expect(failure).toBeUndefined();
  expect(statuses).toEqual(["1000 of 2500 events are sent …", "2000 of 2500 events are sent …"]);
});

test("an engine that goes away in the middle: what was sent is counted", async () => {
  const signal = new AbortController().signal;
  const { eventIds, failure } = await sendBatches(events, { api: takingBatches(2), io, signal });
  expect(eventIds).toHaveLength(2_000);
  expect(failure).toMatchObject({
    code: "unreachable",
    message: "2000 of 2500 events were sent, the first ones in their order: gone",
  });
});

test("an engine that isn't there from the beginning is the error itself", async () => {
  const signal = new AbortController().signal;
  expect(sendBatches(events, { api: takingBatches(0), io, signal })).rejects.toThrow("gone");
});

test("Ctrl-C lets the batch on its way end, and begins no other", async () => {
  const stop = new AbortController();
  const api = takingBatches(9, () => stop.abort());
  const { eventIds, failure } = await sendBatches(events, { api, io, signal: stop.signal });
  expect(eventIds).toHaveLength(1_000);
  expect(failure?.code).toBe("interrupted");
});
