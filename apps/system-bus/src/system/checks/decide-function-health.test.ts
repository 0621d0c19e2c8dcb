import { describe, expect, test } from "bun:test";
import {
  decideFunctionHealth,
  type FunctionSeen,
  type HealthMemory,
  NO_MEMORY,
} from "./decide-function-health.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEAT = 15 * MINUTE;

const nightly: FunctionSeen = {
  ...{ appId: "reports", id: "nightly", crons: ["0 3 * * *"], isPaused: false, problem: null },
  ...{ completedAtMs: null, lastRuns: [] },
};

/** A bus whose heartbeats look at functions; time moves by heartbeats. */
class Looks {
  nowMs = Date.parse("2026-01-05T12:00:00Z");
  memory: HealthMemory = NO_MEMORY;
  standing: readonly string[] = [];

  look(seen: readonly FunctionSeen[]): readonly string[] {
    const { memory, nowMs } = this;
    const standing = (alert: string) => this.standing.includes(alert);
    const decision = decideFunctionHealth({ seen, memory, nowMs, standing });
    this.memory = decision.memory;
    this.standing = decision.findings.map(({ alert }) => alert);
    return this.standing;
  }

  /** Looks with each heartbeat until then; returns when something was found first. */
  beatUntil(until: string, seen: readonly FunctionSeen[]): string | null {
    while (this.nowMs < Date.parse(until)) {
      this.nowMs += BEAT;
      if (this.look(seen).length > 0) return new Date(this.nowMs).toISOString();
    }
    return null;
  }
}

describe("a function with a schedule", () => {
  test("that runs when it should is well", () => {
    const bus = new Looks();
    for (let day = 6; day < 20; day += 1) {
      const date = `2026-01-${String(day).padStart(2, "0")}`;
      const completedAtMs = Date.parse(`${date}T03:00:09Z`) - 24 * HOUR;
      expect(bus.beatUntil(`${date}T03:00:00Z`, [{ ...nightly, completedAtMs }])).toBeNull();
    }
  });

  test("has missed it when it was due twice and has completed nothing", () => {
    const bus = new Looks();
    const completedAtMs = Date.parse("2026-01-05T03:00:09Z");
    expect(bus.beatUntil("2026-01-09T00:00:00Z", [{ ...nightly, completedAtMs }])).toBe(
      "2026-01-07T03:15:00.000Z",
    );
    expect(bus.standing).toEqual(["function-health/reports/nightly/missed"]);
  });

  test("that was installed just now is no alarm until it was due twice", () => {
    const bus = new Looks();
    const fresh = { ...nightly, crons: ["*/30 * * * *"] };
    expect(bus.look([fresh])).toEqual([]);
    expect(bus.beatUntil("2026-01-06T00:00:00Z", [fresh])).toBe("2026-01-05T13:15:00.000Z");
  });

  test("is no alarm for the time in which the bus was off", () => {
    const bus = new Looks();
    const hourly = {
      ...nightly,
      crons: ["0 * * * *"],
      completedAtMs: Date.parse("2026-01-05T12:00:05Z"),
    };
    expect(bus.beatUntil("2026-01-05T12:45:00Z", [hourly])).toBeNull();
    bus.nowMs = Date.parse("2026-01-06T08:15:00Z");
    expect(bus.look([hourly])).toEqual([]);
    expect(bus.beatUntil("2026-01-06T10:00:00Z", [hourly])).toBeNull();
    expect(bus.beatUntil("2026-01-06T12:00:00Z", [hourly])).toBe("2026-01-06T10:15:00.000Z");
  });

  test("that falls into the nights in which the machine is always off never is", () => {
    const bus = new Looks();
    for (let day = 5; day < 26; day += 1) {
      const date = `2026-01-${String(day).padStart(2, "0")}`;
      bus.nowMs = Date.parse(`${date}T08:00:00Z`);
      expect(bus.beatUntil(`${date}T18:00:00Z`, [nightly])).toBeNull();
    }
  });

  test("that is paused is no alarm, nor for what it missed meanwhile when it goes on", () => {
    const bus = new Looks();
    const hourly = { ...nightly, crons: ["0 * * * *"] };
    expect(bus.beatUntil("2026-01-05T22:00:00Z", [{ ...hourly, isPaused: true }])).toBeNull();
    expect(bus.beatUntil("2026-01-05T23:45:00Z", [hourly])).toBeNull();
    expect(bus.beatUntil("2026-01-06T02:00:00Z", [hourly])).toBe("2026-01-06T00:15:00.000Z");
  });

  test("that has another schedule now begins anew", () => {
    const bus = new Looks();
    const before = { ...nightly, crons: ["*/15 * * * *"] };
    expect(bus.beatUntil("2026-01-05T12:15:00Z", [before])).toBeNull();
    const after = { ...nightly, crons: ["0 13 * * *"] };
    expect(bus.beatUntil("2026-01-06T13:00:00Z", [after])).toBeNull();
    expect(bus.beatUntil("2026-01-08T13:15:00Z", [after])).toBe("2026-01-06T13:15:00.000Z");
  });

  test("is well on uneven schedules: twice is two of its own times, not two days", () => {
    const bus = new Looks();
    const office = {
      ...nightly,
      crons: ["TZ=Europe/Berlin 0 9 * * 1-5"],
      completedAtMs: Date.parse("2026-01-09T08:00:03Z"),
    };
    bus.nowMs = Date.parse("2026-01-09T08:15:00Z");
    bus.look([office]);
    expect(bus.beatUntil("2026-01-14T00:00:00Z", [office])).toBe("2026-01-13T08:15:00.000Z");
  });

  test("whose completed runs the engine has forgotten is remembered", () => {
    const bus = new Looks();
    const completedAtMs = Date.parse("2026-01-06T03:00:05Z");
    bus.nowMs = Date.parse("2026-01-06T03:15:00Z");
    bus.look([{ ...nightly, completedAtMs }]);
    expect(bus.beatUntil("2026-01-08T03:00:00Z", [nightly])).toBeNull();
  });

  test("is well again with its next completed run", () => {
    const bus = new Looks();
    bus.beatUntil("2026-01-09T00:00:00Z", [nightly]);
    expect(bus.standing).toHaveLength(1);
    expect(bus.look([{ ...nightly, completedAtMs: bus.nowMs - MINUTE }])).toEqual([]);
  });
});

describe("a function that only fails", () => {
  const FAILS = "function-health/reports/fetch/fails";
  const at = (hoursAgo: number, isFailed: boolean) => ({
    isFailed,
    endedAtMs: Date.parse("2026-01-05T12:00:00Z") - hoursAgo * HOUR,
  });
  const fetchOnce = (...lastRuns: FunctionSeen["lastRuns"]) => [
    { ...nightly, id: "fetch", crons: [], lastRuns },
  ];

  test("is one whose last three runs have failed within a day", () => {
    const bus = new Looks();
    expect(bus.look(fetchOnce(at(1, true), at(2, true)))).toEqual([]);
    expect(bus.look(fetchOnce(at(1, true), at(2, false), at(3, true)))).toEqual([]);
    expect(bus.look(fetchOnce(at(1, true), at(2, true), at(30, true)))).toEqual([]);
    expect(bus.look(fetchOnce(at(1, true), at(2, true), at(3, true)))).toEqual([FAILS]);
  });

  test("is none of the checks themselves: each raises an alert of its own", () => {
    const failing = fetchOnce(at(1, true), at(2, true), at(3, true));
    const checks = ["heartbeat", "trigger-audit", "function-health"].flatMap((id) =>
      failing.map((fn) => ({ ...fn, appId: "system-bus", id })),
    );
    expect(new Looks().look(checks)).toEqual([]);
    expect(new Looks().look(checks.map((fn) => ({ ...fn, appId: "mine" })))).toHaveLength(3);
  });

  test("stands until a run completes, however long ago the failures are", () => {
    const bus = new Looks();
    bus.look(fetchOnce(at(1, true), at(2, true), at(3, true)));
    bus.nowMs += 48 * HOUR;
    expect(bus.look(fetchOnce(at(1, true), at(2, true), at(3, true)))).toEqual([FAILS]);
    expect(bus.look(fetchOnce(at(0, false), at(1, true), at(2, true)))).toEqual([]);
  });
});

test("a function that the engine can't start is told with the engine's reason, and for that alone", () => {
  const bus = new Looks();
  const broken = [{ ...nightly, problem: "It uses batchEvents." }];
  bus.look(broken);
  bus.beatUntil("2026-01-09T00:00:00Z", broken);
  expect(bus.standing).toEqual(["function-health/reports/nightly/unstartable"]);
});

test("a function that is gone is no alarm", () => {
  const bus = new Looks();
  bus.beatUntil("2026-01-09T00:00:00Z", [nightly]);
  expect(bus.look([])).toEqual([]);
  expect(bus.memory.functions).toEqual({});
});
