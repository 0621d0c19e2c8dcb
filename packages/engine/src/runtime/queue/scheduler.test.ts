import { beforeEach, describe, expect, test } from "bun:test";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { type ScheduledItem, Scheduler } from "./scheduler.ts";

let clock: VirtualClock;
let started: string[];
let scheduler: Scheduler;

function createScheduler(limits: { callsMax?: number; timersMax?: number } = {}): Scheduler {
  const { callsMax = 10, timersMax = 10 } = limits;
  const marks = new Map<string, number>();
  return new Scheduler({
    clock,
    callsMax,
    timersMax,
    carryOut: ({ id, throttle }) => {
      started.push(id);
      if (throttle) marks.set(throttle.name, clock.nowMs() + throttle.periodMs / throttle.limit);
    },
    findUsedUntilMs: (name) => marks.get(name) ?? null,
  });
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
    scheduler = createScheduler({ callsMax: 1 });
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

describe("S1: timers", () => {
  test("run out while every call is taken: they call nobody", () => {
    scheduler = createScheduler({ callsMax: 1 });
    put(item("a"), item("b"), item("nap", { kind: "sleep" }), item("hourly", { kind: "cron" }));
    expect(started).toEqual(["a", "hourly", "nap"]);
  });

  test("have a limit of their own, so that a thousand of them do not hold up the calls", () => {
    scheduler = createScheduler({ timersMax: 1 });
    put(item("nap-1", { kind: "sleep" }), item("nap-2", { kind: "sleep" }), item("a"));
    expect(started).toEqual(["a", "nap-1"]);
    scheduler.finish("nap-1");
    scheduler.tick();
    expect(started).toEqual(["a", "nap-1", "nap-2"]);
  });
});

describe("what is kept in memory", () => {
  test("is not what was removed long before its time", () => {
    const dueAtMs = clock.nowMs() + 366 * 24 * 3_600_000;
    for (let count = 0; count < 10_000; count += 1) {
      put(item(`timeout-${count}`, { kind: "invoke-timeout", dueAtMs }));
      scheduler.remove(`timeout-${count}`);
    }
    expect(scheduler.sleepingCount).toBeLessThan(2_000);
  });

  test("still wakes in time after the removed ones were dropped", () => {
    put(item("nap", { kind: "sleep", dueAtMs: clock.nowMs() + 5_000 }));
    for (let count = 0; count < 5_000; count += 1) {
      put(item(`gone-${count}`, { kind: "sleep", dueAtMs: clock.nowMs() + 1_000 + count }));
      scheduler.remove(`gone-${count}`);
    }
    clock.advanceMs(5_000);
    expect(started).toEqual(["nap"]);
  });
});

describe("S3: an item in hand", () => {
  test("gives back the limits that it took, also when it was put with others meanwhile", () => {
    const narrow = [{ name: "old", limit: 1 }];
    put(item("a", { slots: narrow }), item("b", { slots: narrow }));
    put(item("a", { slots: [{ name: "new", limit: 1 }], dueAtMs: clock.nowMs() + 500 }));
    scheduler.putBack("a");
    scheduler.tick();
    expect(started).toEqual(["a", "b"]);
  });

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
    clock.advanceMs(249);
    expect(started).toEqual([]);
    clock.advanceMs(1);
    expect(started).toEqual(["a"]);
    scheduler.park("a");
    clock.advanceMs(499);
    expect(started).toEqual(["a"]);
    clock.advanceMs(10_000);
    expect(started).toEqual(["a", "a"]);
  });

  test.each([
    ["ended with its run", () => scheduler.finish("a")],
    ["went wrong and waits by itself", () => scheduler.putBack("a", 60_000)],
  ])("is asked again by the next when the one that asked %s", (_, end) => {
    put(item("a"), item("b"));
    scheduler.park("a");
    scheduler.park("b");
    started.length = 0;
    clock.advanceMs(250);
    expect(started).toEqual(["a"]);
    end();
    scheduler.tick();
    clock.advanceMs(5_000);
    expect(started).toEqual(["a", "b"]);
  });

  test("is asked again although the one that asked was removed meanwhile", () => {
    put(item("a"), item("b"));
    scheduler.park("a");
    scheduler.park("b");
    started.length = 0;
    clock.advanceMs(250);
    scheduler.remove("a");
    scheduler.park("a");
    clock.advanceMs(10_000);
    expect(started).toEqual(["a", "a"]);
    scheduler.finish("a");
    clock.advanceMs(10_000);
    expect(started).toEqual(["a", "a", "b"]);
  });

  test("whose waiting items were all removed is asked by the next that comes", () => {
    put(item("a"));
    scheduler.park("a");
    scheduler.remove("a");
    started.length = 0;
    clock.advanceMs(5_000);
    put(item("b"));
    expect(started).toEqual(["b"]);
  });

  test("is asked by another when the oldest waits for a limit, and loses neither", () => {
    const slots = [{ name: "gpu", limit: 1 }];
    put(item("a", { slots }), item("c"));
    scheduler.park("a");
    scheduler.park("c");
    put(item("b", { slots, appId: "other" }));
    started.length = 0;
    clock.advanceMs(5_000);
    expect(started).toEqual(["c"]);
    scheduler.unpark("app");
    scheduler.finish("b");
    scheduler.tick();
    expect(started).toEqual(["c", "a"]);
  });

  test("is not left alone longer because many calls were refused at once", () => {
    put(item("a"), item("b"), item("c"), item("d"));
    for (const id of ["a", "b", "c", "d"]) scheduler.park(id);
    started.length = 0;
    clock.advanceMs(250);
    expect(started).toEqual(["a"]);
  });

  test("is asked by one item, also when other calls are refused while it asks", () => {
    put(item("a"), item("b"));
    scheduler.park("a");
    clock.advanceMs(250);
    scheduler.park("b");
    started.length = 0;
    clock.advanceMs(60_000);
    expect(started).toEqual([]);
    scheduler.park("a");
    clock.advanceMs(500);
    expect(started).toEqual(["a"]);
  });

  test("waits for a free hand to be asked", () => {
    scheduler = createScheduler({ callsMax: 1 });
    put(item("a"));
    scheduler.park("a");
    put(item("long", { appId: "other" }));
    started.length = 0;
    clock.advanceMs(60_000);
    expect(started).toEqual([]);
    scheduler.finish("long");
    clock.advanceMs(5_000);
    expect(started).toEqual(["a"]);
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

test("an item whose throttle is used up lets those behind it start, also where it waits for a limit", () => {
  const throttle = { name: "t", limit: 1, periodMs: 1_000, burst: 0 };
  const slots = [{ name: "s", limit: 1 }];
  for (const one of [
    item("a", { throttle }),
    item("b", { slots }),
    item("c", { throttle, slots }),
    item("d", { throttle }),
    item("e"),
  ]) {
    scheduler.put(one);
  }
  scheduler.tick();
  expect(started).toEqual(["a", "b", "e"]);
  clock.advanceMs(1_000);
  expect(started).toEqual(["a", "b", "e", "d"]);
  clock.advanceMs(1_000);
  scheduler.finish("b");
  scheduler.tick();
  expect(started).toEqual(["a", "b", "e", "d", "c"]);
});
