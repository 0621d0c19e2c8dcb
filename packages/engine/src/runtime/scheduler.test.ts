import { beforeEach, describe, expect, test } from "bun:test";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { type ScheduledItem, Scheduler } from "./scheduler.ts";

let clock: VirtualClock;
let started: string[];
let scheduler: Scheduler;

function createScheduler(callsMax = 10): Scheduler {
  return new Scheduler({ clock, callsMax, carryOut: ({ id }) => started.push(id) });
}

function item(id: string, options: Partial<ScheduledItem> = {}): ScheduledItem {
  const dueAtMs = clock.nowMs();
  return { id, runId: id, appId: "app", kind: "discovery", dueAtMs, slots: [], ...options };
}

function put(...items: ScheduledItem[]): void {
  for (const one of items) scheduler.put(one);
  scheduler.tick();
}

beforeEach(() => {
  clock = new VirtualClock();
  started = [];
  scheduler = createScheduler();
});

describe("S1, S2: what starts, and in which order", () => {
  test("the oldest run goes first, whenever it was put", () => {
    put(item("c"), item("a"), item("b"));
    expect(started).toEqual(["a", "b", "c"]);
  });

  test("no more than callsMax are in hand", () => {
    scheduler = createScheduler(1);
    put(item("a"), item("b"));
    expect(started).toEqual(["a"]);
    scheduler.finish("a");
    scheduler.tick();
    expect(started).toEqual(["a", "b"]);
  });

  test("an item starts at its moment and not before, without anyone asking", () => {
    put(item("later", { dueAtMs: clock.nowMs() + 1_000 }));
    clock.advanceMs(999);
    expect(started).toEqual([]);
    clock.advanceMs(1);
    expect(started).toEqual(["later"]);
  });

  test("a full limit holds back only who counts against it", () => {
    const slots = [{ name: "gpu", limit: 1 }];
    put(item("a", { slots }), item("b", { slots }), item("c"));
    expect(started).toEqual(["a", "c"]);
    scheduler.finish("a");
    scheduler.tick();
    expect(started).toEqual(["a", "c", "b"]);
  });

  test("a removed item gives its place in line to the next", () => {
    const slots = [{ name: "gpu", limit: 1 }];
    put(item("a", { slots }), item("b", { slots }), item("c", { slots }));
    scheduler.remove("b");
    scheduler.finish("a");
    scheduler.tick();
    expect(started).toEqual(["a", "c"]);
  });
});

describe("S3: an item in hand", () => {
  test("is not started again when it is put meanwhile, but at its new time once given back", () => {
    put(item("a"));
    put(item("a", { dueAtMs: clock.nowMs() + 500 }));
    expect(started).toEqual(["a"]);
    scheduler.putBack("a");
    scheduler.tick();
    clock.advanceMs(500);
    expect(started).toEqual(["a", "a"]);
  });

  test("nothing starts after stop", () => {
    put(item("later", { dueAtMs: clock.nowMs() + 10 }));
    scheduler.stop();
    put(item("now"));
    clock.advanceMs(100);
    expect(started).toEqual([]);
  });
});

describe("S5: an app that does not answer", () => {
  test("is asked again by one item at a time, the oldest, with growing pauses", () => {
    put(item("a"), item("b"));
    scheduler.park("b");
    scheduler.park("a");
    started.length = 0;
    clock.advanceMs(1_000);
    expect(started).toEqual(["a"]);
    scheduler.park("a");
    clock.advanceMs(499);
    expect(started).toEqual(["a"]);
    clock.advanceMs(10_000);
    expect(started).toEqual(["a", "a"]);
  });

  test("gets everything that waits as soon as it is heard of", () => {
    put(item("a"), item("b"));
    scheduler.park("a");
    scheduler.park("b");
    put(item("c"));
    started.length = 0;
    scheduler.unpark("app");
    expect(started).toEqual(["a", "b", "c"]);
  });

  test("holds back neither other apps nor its own timers", () => {
    put(item("a"));
    scheduler.park("a");
    put(item("other", { appId: "other" }), item("timer", { kind: "sleep" }));
    expect(started).toEqual(["a", "other", "timer"]);
  });

  test("frees its limits while it is parked", () => {
    const slots = [{ name: "shared", limit: 1 }];
    put(item("a", { slots }), item("b", { slots, appId: "other" }));
    expect(started).toEqual(["a"]);
    scheduler.park("a");
    scheduler.tick();
    expect(started).toEqual(["a", "b"]);
  });
});
