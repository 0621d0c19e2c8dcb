// Schedules across syncs, restarts and clocks that are set: no time is doubled, none is skipped.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionConfig, Trigger } from "../src/core/function-config.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { createConfig, op, RawEngine, registration } from "./raw-engine.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let path: string;
let clock: VirtualClock;
let engine: RawEngine;
let beganAtMs: number;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  clock = new VirtualClock();
  beganAtMs = clock.nowMs();
  open();
});
afterEach(() => {
  engine.stop();
  rmSync(path, { recursive: true });
});

/** Minutes after the test's begin at which a run was started, and the minutes that it stood for. */
let starts: { atMinute: number; ofMinute: number }[];

function open(): void {
  engine = new RawEngine({
    clock,
    storage: { kind: "directory", path },
    answer: () => ({ body: [op.complete()] }),
  });
}

async function restartAfter(durationMs: number): Promise<void> {
  engine.stop();
  clock.advanceMs(durationMs);
  open();
  await engine.settle();
}

function readStarts(): typeof starts {
  const toMinutes = (ms: number) => Math.floor((ms - beganAtMs) / MINUTE_MS);
  return engine.core.reads
    .loadEvents({
      name: "inngest/scheduled.timer",
      includesInternal: true,
      fromMs: null,
      untilMs: null,
      after: null,
      limit: 1_000,
    })
    .map(({ payloadJson, receivedAtMs }) => ({
      atMinute: toMinutes(receivedAtMs),
      ofMinute: toMinutes(Date.parse(JSON.parse(payloadJson).data.scheduledAt)),
    }))
    .reverse();
}

const cron = (text: string, jitter?: string): Trigger =>
  jitter === undefined ? { kind: "cron", cron: text } : { kind: "cron", cron: text, jitter };

async function register(...triggers: Trigger[]): Promise<void> {
  const functions: FunctionConfig[] = [createConfig({ triggers })];
  await engine.register(registration(functions));
}

async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    clock.advanceMs(MINUTE_MS);
    await engine.settle();
  }
}

const startMinutes = () => readStarts().map(({ atMinute }) => atMinute);

describe("a schedule that is changed", () => {
  test("fires at its new times only", async () => {
    await register(cron("0 * * * *"));
    await pass(70);
    await register(cron("30 * * * *"));
    await pass(120);
    expect(startMinutes()).toEqual([60, 90, 150]);
  });

  test("in its jitter alone fires with the new one from its next time on", async () => {
    await register(cron("0 * * * *", "5m"));
    await register(cron("0 * * * *"));
    await pass(190);
    const [, second, third] = startMinutes();
    expect([second, third]).toEqual([120, 180]);
  });

  test("by a sync in the very minute is neither doubled nor skipped", async () => {
    await register(cron("0 * * * *"));
    clock.advanceMs(HOUR_MS - 1);
    await register(cron("0 * * * *"), { kind: "event", event: "also" });
    clock.advanceMs(1);
    await register(cron("0 * * * *"));
    await engine.settle();
    await register(cron("0 * * * *"), { kind: "event", event: "also" });
    await pass(61);
    expect(startMinutes()).toEqual([60, 120]);
  });

  test("by a sync in the very turn in which it fires is not doubled", async () => {
    await register(cron("0 * * * *"));
    clock.advanceMs(HOUR_MS);
    await register(cron("30 * * * *"));
    await engine.settle();
    await pass(31);
    expect(startMinutes()).toEqual([60, 90]);
  });
});

test("a jitter that is longer than the period skips no time", async () => {
  await register(cron("* * * * *", "5m"));
  await pass(30);
  const minutes = readStarts().map(({ ofMinute }) => ofMinute);
  expect(minutes).toEqual(Array.from(minutes, (_, index) => index + 1));
  expect(minutes.length).toBeGreaterThanOrEqual(25);
});

describe("a function that is removed", () => {
  test("and added again goes on at its next time, once", async () => {
    await register(cron("0 * * * *"));
    await pass(30);
    await engine.register(registration([createConfig({ slug: "app-other" })]));
    await pass(60);
    await register(cron("0 * * * *"));
    await pass(31);
    expect(startMinutes()).toEqual([120]);
  });
});

describe("a restart", () => {
  test("plans a schedule whose item is lost", async () => {
    await register(cron("0 * * * *"));
    engine.stop();
    const db = new Database(join(path, "engine.db"));
    db.exec("DELETE FROM queue_items WHERE kind = 'cron'");
    db.close();
    open();
    await pass(61);
    expect(startMinutes()).toEqual([60]);
  });

  test("at the very time of a schedule neither doubles nor skips it", async () => {
    await register(cron("0 * * * *"));
    await restartAfter(HOUR_MS);
    await restartAfter(0);
    expect(readStarts()).toEqual([{ atMinute: 60, ofMinute: 60 }]);
  });

  test.each(["* * * * *", "@every 1s", "0 9 * * *", "* 3 * * *", "0 0 1 1 *"])(
    "after a year catches up %p once, for its last time, and plans the next",
    async (text) => {
      await register(cron(text));
      await restartAfter(366 * 24 * HOUR_MS);
      clock.advanceMs(0);
      await engine.settle();
      expect(readStarts()).toHaveLength(1);
      const [start] = readStarts();
      const limit = text === "0 0 1 1 *" ? 24 * 60 : 24 * 60 - 1;
      const lateMinutes = (start?.atMinute ?? 0) - (start?.ofMinute ?? 0);
      expect(lateMinutes).toBeLessThanOrEqual(limit);
    },
  );
});
