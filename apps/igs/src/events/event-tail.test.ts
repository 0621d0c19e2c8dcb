// E1 to E3 are the invariants of event-tail.ts.

import { describe, expect, test } from "bun:test";
import type { ReceivedEvent } from "@system-bus/inngest-api";
import { EventTail } from "./event-tail.ts";

const START_MS = Date.parse("2026-11-21T09:00:00Z");

function eventOf(internalId: string, afterMs: number): ReceivedEvent {
  const receivedAt = new Date(START_MS + afterMs).toISOString();
  return { internalId, id: internalId, name: "a/b", data: {}, ts: 0, receivedAt };
}

const ids = (events: readonly ReceivedEvent[]) => events.map(({ internalId }) => internalId);

describe("the tail of events", () => {
  test("tells each once, oldest first, as the lists overlap (E1)", () => {
    const tail = new EventTail(START_MS);
    expect(ids(tail.take([eventOf("2", 20), eventOf("1", 10)]))).toEqual(["1", "2"]);
    expect(ids(tail.take([eventOf("3", 30), eventOf("2", 20), eventOf("1", 10)]))).toEqual(["3"]);
    expect(tail.take([eventOf("3", 30)])).toEqual([]);
  });

  test("tells an event that is listed later than one received after it (E2)", () => {
    const tail = new EventTail(START_MS);
    tail.take([eventOf("2", 5_000)]);
    expect(Date.parse(tail.lookFrom)).toBe(START_MS - 5_000);
    expect(ids(tail.take([eventOf("1", 4_000), eventOf("2", 5_000)]))).toEqual(["1"]);
  });

  test("doesn't tell what it was shown without a word", () => {
    const tail = new EventTail(START_MS);
    tail.skip([eventOf("1", 10)]);
    expect(ids(tail.take([eventOf("1", 10), eventOf("2", 20)]))).toEqual(["2"]);
  });

  test("never asks further back than that, however long it goes on (E3)", () => {
    const tail = new EventTail(START_MS);
    for (let minute = 1; minute <= 60; minute += 1) {
      tail.take([eventOf(String(minute), minute * 60_000)]);
    }
    expect(Date.parse(tail.lookFrom)).toBe(START_MS + 3_600_000 - 10_000);
  });
});
