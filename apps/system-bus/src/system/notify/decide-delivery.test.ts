import { expect, test } from "bun:test";
import {
  type Arrival,
  DELIVERY_LIMITS,
  decideDelivery,
  EMPTY_LEDGER,
  gatherHeld,
  type Ledger,
  markReached,
} from "./decide-delivery.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Messages that come at moments of a day; a held one wakes when its window ends. */
class Day {
  nowMs = Date.parse("2026-01-05T12:00:00Z");
  ledger: Ledger = EMPTY_LEDGER;
  #count = 0;

  arrival(topic: string, more: Partial<Arrival> = {}): Arrival {
    this.#count += 1;
    const eventId = `event-${this.#count}`;
    const { nowMs } = this;
    return { eventId, topic, title: `${topic} ${this.#count}`, mayGrowRare: true, nowMs, ...more };
  }

  arrive(topic: string, more: Partial<Arrival> = {}) {
    const arrival = this.arrival(topic, more);
    const { next, answer } = decideDelivery(this.ledger, arrival, DELIVERY_LIMITS);
    this.ledger = next;
    return { ...answer, arrival };
  }

  wake(held: ReturnType<Day["arrive"]>) {
    if (held.kind !== "wait") throw new Error("only who waits wakes");
    this.nowMs = Math.max(this.nowMs, held.untilMs);
    const arrival = { ...held.arrival, nowMs: this.nowMs, waitedFor: held.topic };
    const { next, answer } = gatherHeld(this.ledger, arrival);
    this.ledger = next;
    return answer;
  }
}

test("the first is told at once; the same within ten minutes is counted, and told as a number", () => {
  const day = new Day();
  expect(day.arrive("a")).toMatchObject({ kind: "tell", earlierCount: 0 });
  day.nowMs += 2 * MINUTE;
  const second = day.arrive("a");
  expect(second).toMatchObject({ kind: "wait", untilMs: day.nowMs + 8 * MINUTE });
  expect(day.arrive("a").kind).toBe("counted");
  expect(day.arrive("a").kind).toBe("counted");
  expect(day.arrive("b").kind).toBe("tell");
  expect(day.wake(second)).toEqual({ count: 3, titles: ["a 2", "a 3", "a 4"] });
});

test("after its window a topic is told at once again", () => {
  const day = new Day();
  day.arrive("a");
  day.nowMs += HOUR;
  expect(day.arrive("a")).toMatchObject({ kind: "tell", earlierCount: 0 });
});

test("what goes on for a day is told a handful of times, and its count is complete", () => {
  const day = new Day();
  let toldCount = 0;
  let messageCount = 0;
  let waiting: ReturnType<Day["arrive"]> | null = null;
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    day.nowMs = Date.parse("2026-01-05T12:00:00Z") + minute * MINUTE;
    if (waiting?.kind === "wait" && day.nowMs >= waiting.untilMs) {
      messageCount += 1;
      toldCount += day.wake(waiting)?.count ?? 0;
      waiting = null;
    }
    const one = day.arrive("a");
    if (one.kind === "tell") {
      messageCount += 1;
      toldCount += 1;
    }
    if (one.kind === "wait") waiting = one;
  }
  if (waiting) toldCount += day.wake(waiting)?.count ?? 0;
  expect(toldCount).toBe(288);
  expect(messageCount).toBeLessThanOrEqual(5);
});

test("what may not grow rare keeps its window", () => {
  const day = new Day();
  day.arrive("alert", { mayGrowRare: false });
  const second = day.arrive("alert", { mayGrowRare: false });
  day.wake(second);
  day.nowMs += 10 * MINUTE;
  expect(day.arrive("alert", { mayGrowRare: false }).kind).toBe("tell");
});

test("the same event has the same answer, and the same count, however often it is asked for", () => {
  const day = new Day();
  day.arrive("a");
  const held = day.arrive("a");
  day.nowMs += 3 * MINUTE;
  const { arrival } = held;
  expect(day.arrive("a", arrival)).toMatchObject({ kind: "wait" });
  expect(day.arrive("a").kind).toBe("counted");
  expect(day.wake(held)).toEqual({ count: 2, titles: ["a 2", "a 4"] });
  day.arrive("a");
  expect(day.wake(held)).toEqual({ count: 2, titles: ["a 2", "a 4"] });
});

test("what a lost run has held is told by the next message", () => {
  const day = new Day();
  day.arrive("a");
  const lost = day.arrive("a");
  day.arrive("a");
  day.nowMs += 11 * MINUTE;
  expect(day.arrive("a")).toMatchObject({ kind: "tell", earlierCount: 2 });
  expect(day.wake(lost)).toBeNull();
});

test("beyond thirty messages in an hour the rest is held, and told as one when the hour has room", () => {
  const day = new Day();
  const startMs = day.nowMs;
  for (let index = 0; index < 30; index += 1) {
    expect(day.arrive(`topic/${index}`).kind).toBe("tell");
    day.nowMs += MINUTE;
  }
  const held = day.arrive("topic/30");
  expect(held).toMatchObject({ kind: "wait", topic: "overflow", untilMs: startMs + HOUR });
  for (let index = 31; index < 50; index += 1) {
    expect(day.arrive(`topic/${index}`).kind).toBe("counted");
  }
  expect(day.wake(held)).toMatchObject({ count: 20, titles: { length: 5 } });
  day.nowMs += HOUR;
  expect(day.arrive("topic/31").kind).toBe("tell");
});

test("each target is marked once, and no one is marked for an event that is not known", () => {
  const day = new Day();
  const { arrival } = day.arrive("a");
  const once = markReached(day.ledger, arrival.eventId, "ntfy").next;
  expect(markReached(once, arrival.eventId, "ntfy").next.events[arrival.eventId]?.reached).toEqual([
    "ntfy",
  ]);
  expect(markReached(once, "unknown", "ntfy").next).toBe(once);
});

test("an event may have any id", () => {
  const day = new Day();
  for (const eventId of ["constructor", "__proto__", "toString", "7"]) {
    const topic = `topic/${eventId}`;
    expect(day.arrive(topic, { eventId }).kind).toBe("tell");
    expect(day.arrive(topic, { eventId }).kind).toBe("tell");
  }
});

test("what is remembered is bounded, whatever comes", () => {
  const day = new Day();
  for (let index = 0; index < 3_000; index += 1) day.arrive(`topic/${index}`);
  day.nowMs += MINUTE;
  day.arrive("one more");
  expect(Object.keys(day.ledger.events).length).toBeLessThanOrEqual(1_001);
  expect(Object.keys(day.ledger.topics).length).toBeLessThanOrEqual(1_001);
  day.nowMs += 4 * 24 * HOUR;
  day.arrive("after days");
  expect(Object.keys(day.ledger.events)).toHaveLength(1);
  expect(Object.keys(day.ledger.topics)).toHaveLength(1);
});
