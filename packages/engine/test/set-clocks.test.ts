// A computer's clock is set, forward or back, while the engine runs or while it is stopped: nothing waits
// longer than it has to, nothing fires twice, and nothing fires in a storm.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionConfig } from "../src/core/function-config.ts";
import { type Database, openDatabase } from "../src/store/database.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { createConfig, op, RawEngine, type RawEngineOptions, registration } from "./raw-engine.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let path: string;
let clock: VirtualClock;
let engine: RawEngine;
let database: Database;
let beganAtMs: number;
let answer: RawEngineOptions["answer"];

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  clock = new VirtualClock();
  beganAtMs = clock.nowMs();
  answer = () => ({ body: [op.complete()] });
  open();
});
afterEach(() => {
  engine.stop();
  rmSync(path, { recursive: true });
});

function open(): void {
  const storage = { kind: "directory", path } as const;
  engine = new RawEngine({
    clock,
    storage,
    answer: (call) => answer(call),
    openDatabase: (file) => {
      database = openDatabase(file);
      return database;
    },
  });
}

const register = (config: Partial<FunctionConfig>) =>
  engine.register(registration([createConfig(config)]));

async function pass(durationMs: number, stepMs = SECOND_MS): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += stepMs) {
    clock.advanceMs(stepMs);
    await engine.settle();
  }
}

/** The minutes, counted from the test's begin, that scheduled runs were started for. */
function scheduledMinutes(): number[] {
  const timers = engine.core.reads.loadEvents({
    name: "inngest/scheduled.timer",
    includesInternal: true,
    fromMs: null,
    untilMs: null,
    after: null,
    limit: 1_000,
  });
  return timers
    .map(({ payloadJson }) => Date.parse(JSON.parse(payloadJson).data.scheduledAt))
    .map((scheduledAtMs) => (scheduledAtMs - beganAtMs) / MINUTE_MS)
    .sort((a, b) => a - b);
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a clock that is set back", () => {
  test("brings no time of a schedule again whose event a debounce holds", async () => {
    const triggers = [{ kind: "cron", cron: "*/10 * * * *" }] as const;
    await register({ triggers, debounce: { periodMs: HOUR_MS } });
    await pass(21 * MINUTE_MS, MINUTE_MS);
    clock.setBy(-15 * MINUTE_MS);
    await pass(20 * MINUTE_MS, MINUTE_MS);
    expect(scheduledMinutes()).toEqual([10, 20]);
  });

  test("does not make an app that was down wait longer to be asked", async () => {
    await register({});
    let isDown = true;
    answer = () => {
      if (isDown) throw new Error("Unable to connect");
      return { body: [op.complete()] };
    };
    await engine.send();
    await engine.settle();
    clock.setBy(-DAY_MS);
    isDown = false;
    await pass(5 * SECOND_MS);
    expect(engine.ended).toHaveLength(1);
  });

  test("does not make a run that broke its calls wait longer", async () => {
    await register({});
    let breaks = true;
    answer = () => {
      if (breaks) throw new Error("The socket connection was closed unexpectedly.");
      return { body: [op.complete()] };
    };
    await engine.send();
    await pass(30 * SECOND_MS);
    breaks = false;
    clock.setBy(-DAY_MS);
    await pass(2 * MINUTE_MS);
    expect(engine.ended).toHaveLength(1);
  });

  test("does not hold up a throttle", async () => {
    await register({ throttle: { limit: 1, periodMs: 10 * SECOND_MS, burst: 0 } });
    for (const _ of range(1, 3)) await engine.send();
    await engine.settle();
    clock.setBy(-DAY_MS);
    await pass(2 * MINUTE_MS);
    expect(engine.ended).toHaveLength(3);
  });

  test("does not make a rate limit refuse what comes a minute later", async () => {
    const rateLimits = [{ option: "rateLimit", limit: 1, periodMs: HOUR_MS, burst: 0 }] as const;
    await register({ rateLimits });
    await engine.send();
    clock.setBy(-3 * DAY_MS);
    await engine.send();
    await engine.settle();
    expect(engine.ended).toHaveLength(2);
    await engine.send();
    await engine.settle();
    expect(engine.ended).toHaveLength(2);
  });

  test("by a second makes no rate limit forget", async () => {
    const rateLimits = [{ option: "rateLimit", limit: 1, periodMs: HOUR_MS, burst: 0 }] as const;
    await register({ rateLimits });
    await engine.send();
    clock.setBy(-SECOND_MS);
    await engine.send();
    await engine.settle();
    expect(engine.ended).toHaveLength(1);
  });

  test("lets a sleep end when the clock shows its moment, once", async () => {
    await register({});
    answer = ({ steps }) => ({ body: "s" in steps ? [op.complete()] : [op.sleep("s", "2h")] });
    await engine.send();
    await engine.settle();
    await pass(HOUR_MS, MINUTE_MS);
    clock.setBy(-HOUR_MS);
    await pass(2 * HOUR_MS - MINUTE_MS, MINUTE_MS);
    expect(engine.calls).toHaveLength(1);
    await pass(2 * MINUTE_MS, MINUTE_MS);
    expect(engine.calls).toHaveLength(2);
    expect(engine.ended).toHaveLength(1);
  });
});

describe("a schedule", () => {
  const everyMinute = { triggers: [{ kind: "cron", cron: "* * * * *" }] } as const;

  test("fires no time twice when the clock is set back an hour, and goes on after", async () => {
    await register(everyMinute);
    await pass(90 * MINUTE_MS, 10 * SECOND_MS);
    clock.setBy(-HOUR_MS);
    await pass(HOUR_MS, 10 * SECOND_MS);
    expect(scheduledMinutes()).toEqual(range(1, 90));
    await pass(5 * MINUTE_MS, 10 * SECOND_MS);
    expect(scheduledMinutes()).toEqual(range(1, 95));
  });

  test("goes on within a minute when the clock was a year ahead and is put right", async () => {
    await register(everyMinute);
    clock.setBy(365 * DAY_MS);
    await pass(2 * MINUTE_MS);
    clock.setBy(-365 * DAY_MS);
    await pass(10 * MINUTE_MS);
    const minutes = scheduledMinutes().filter((minute) => minute < 1_000);
    expect(minutes).toEqual(range(minutes[0] ?? 0, 12));
    expect(minutes[0]).toBeLessThanOrEqual(4);
  });

  test("fires once, for its last time, when the clock is set forward a day", async () => {
    await register(everyMinute);
    await pass(2 * MINUTE_MS);
    clock.setBy(DAY_MS);
    await pass(2 * MINUTE_MS);
    const day = DAY_MS / MINUTE_MS;
    expect(scheduledMinutes()).toEqual([1, 2, day + 2, day + 3, day + 4]);
  });

  test("is planned anew as soon as a disk that refuses takes it", async () => {
    await register(everyMinute);
    await pass(2 * MINUTE_MS);
    database.exec("PRAGMA query_only = ON");
    clock.setBy(-5 * DAY_MS);
    await pass(30 * SECOND_MS);
    expect(engine.logged.some((line) => line.includes("could not be planned anew"))).toBe(true);
    database.exec("PRAGMA query_only = OFF");
    await pass(3 * MINUTE_MS);
    const day = DAY_MS / MINUTE_MS;
    expect(scheduledMinutes()).toEqual([...range(-5 * day + 3, -5 * day + 5), 1, 2]);
  });

  test("fires on when the clock was set back while the engine was stopped", async () => {
    await register(everyMinute);
    await pass(10 * MINUTE_MS);
    engine.stop();
    clock.setBy(-5 * MINUTE_MS);
    open();
    await engine.settle();
    await pass(10 * MINUTE_MS);
    expect(scheduledMinutes()).toEqual(range(1, 15));
  });

  test("that fired last week is not caught up again by a computer that starts in 1970", async () => {
    await register({ triggers: [{ kind: "cron", cron: "0 9 * * 1" }] });
    await pass(4 * DAY_MS, HOUR_MS);
    const fired = scheduledMinutes();
    expect(fired).toHaveLength(1);
    engine.stop();
    const nowMs = clock.nowMs();
    clock.setBy(-nowMs);
    open();
    await pass(MINUTE_MS);
    clock.setBy(nowMs);
    await pass(2 * MINUTE_MS);
    expect(scheduledMinutes()).toEqual(fired);
  });
});

test("a clock that is set forward a day ends a thousand sleeps once each, in bounded bites", async () => {
  await register({});
  answer = ({ steps }) => ({ body: "s" in steps ? [op.complete()] : [op.sleep("s", "1h")] });
  const count = 1_000;
  await engine.commands.acceptEvents(
    Array.from({ length: count }, () => ({ name: "go", data: {}, user: {} })),
  );
  await engine.settle();
  expect(engine.calls).toHaveLength(count);
  clock.setBy(DAY_MS);
  await pass(MINUTE_MS);
  expect(engine.calls).toHaveLength(2 * count);
  expect(engine.ended).toHaveLength(count);
});
