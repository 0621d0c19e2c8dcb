import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { createPartsRecorder, readPartsRecord, waitForLeftovers } from "./parts-record.ts";

const bus = {
  mode: "start",
  engine: "start-embedded",
  engineUrl: "http://127.0.0.1:8288",
  workerOrigin: "http://127.0.0.1:3111",
} as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parts-record-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the record of parts", () => {
  test("names each part as it was started last, and is gone after a stop", () => {
    const recorder = createPartsRecorder(join(folder, "new"), 10, bus);
    recorder.add("engine", 11);
    recorder.noteReady("engine");
    recorder.add("worker", 12);
    recorder.add("engine", 13);
    recorder.noteReady("worker");
    expect(readPartsRecord(join(folder, "new"))).toEqual({
      supervisorPid: 10,
      bus,
      parts: [
        { name: "engine", pid: 13, isReady: false },
        { name: "worker", pid: 12, isReady: true },
      ],
    });
    expect(statSync(join(folder, "new", "parts.json")).mode & 0o777).toBe(0o600);
    recorder.clear();
    expect(readPartsRecord(join(folder, "new"))).toBeNull();
  });

  test("a file that is not ours is none", () => {
    writeFileSync(join(folder, "parts.json"), '{"supervisorPid":-4}');
    expect(readPartsRecord(folder)).toBeNull();
  });
});

describe("the parts of a start that was killed", () => {
  const engine = { name: "engine", pid: 11, isReady: true } as const;
  const record = { supervisorPid: 10, bus, parts: [engine] };

  async function wait(world: { alive: number[]; leavesAtMs?: number; portsFree?: boolean }) {
    const clock = new LeapingClock();
    const told: string[] = [];
    await waitForLeftovers(record, {
      clock,
      signal: new AbortController().signal,
      isAlive: (pid) =>
        world.alive.includes(pid) && clock.nowMs() < (world.leavesAtMs ?? Number.POSITIVE_INFINITY),
      arePortsFree: () => world.portsFree === true,
      tell: (text) => told.push(text),
    });
    return { told, waitedMs: clock.nowMs() };
  }

  test("are waited for until they have left", async () => {
    const { told, waitedMs } = await wait({ alive: [11], leavesAtMs: 1_500 });
    expect(told).toEqual(["The last start was killed; waiting until its engine (pid 11) left"]);
    expect(waitedMs).toBeGreaterThanOrEqual(1_500);
    expect(waitedMs).toBeLessThan(2_000);
  });

  test("are not waited for beside a start that lives", async () => {
    expect(await wait({ alive: [10, 11] })).toEqual({ told: [], waitedMs: 0 });
  });

  test("are not seen in others that have their numbers after a reboot", async () => {
    expect(await wait({ alive: [11], portsFree: true })).toEqual({ told: [], waitedMs: 0 });
  });

  test("are given up after three quarters of a minute", async () => {
    expect((await wait({ alive: [11] })).waitedMs).toBeLessThan(46_000);
  });
});
