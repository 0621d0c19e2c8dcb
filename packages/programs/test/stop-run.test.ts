import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Programs } from "../src/programs.ts";
import { OTHER_RUN_ID, ProgramBench, RUN_ID, waitFor } from "./program-bench.ts";

let bench: ProgramBench;
let programs: Programs;
beforeEach(async () => {
  bench = await ProgramBench.open();
  programs = bench.openPrograms();
});
afterEach(() => bench.close());

/** Below this nobody but the supervisor can have done it: the worker only steps in later. */
const SUPERVISOR_ALONE_MS = 1_500;

async function stopAndMeasure(): Promise<number> {
  const beganMs = performance.now();
  await programs.stopRun(RUN_ID);
  return performance.now() - beganMs;
}

describe("stopping a run", () => {
  test("ends its programs within two seconds, and only its", async () => {
    const mine = await bench.start("sleep 300", { stepId: "mine" });
    const alsoMine = await bench.start("sleep 300", { stepId: "also-mine" });
    const other = await bench.start("sleep 300", { runId: OTHER_RUN_ID });
    for (const key of [mine, alsoMine, other]) await bench.waitForState(key, "running");

    expect(await stopAndMeasure()).toBeLessThan(SUPERVISOR_ALONE_MS);
    expect(await bench.ended(mine)).toMatchObject({ endedBy: "stopped", signal: "SIGTERM" });
    expect(await bench.ended(alsoMine)).toMatchObject({ endedBy: "stopped" });
    expect(await bench.marked(mine)).toEqual([]);
    expect((await bench.life(other)).state).toBe("running");
  });

  test("ends one that ignores SIGTERM within two seconds", async () => {
    const key = await bench.start("trap '' TERM; echo deaf; while :; do sleep 0.1; done");
    await waitFor("it is deaf", async () => (await bench.stdout(key)) !== "");
    expect(await stopAndMeasure()).toBeLessThan(2_000);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "stopped", signal: "SIGKILL" });
    expect(await bench.marked(key)).toEqual([]);
  });

  test("ends one whose supervisor does not act within two seconds", async () => {
    const key = await bench.start("trap '' TERM; while :; do sleep 0.1; done");
    await bench.waitForState(key, "running");
    process.kill(await bench.supervisorPid(key), "SIGSTOP");
    expect(await stopAndMeasure()).toBeLessThan(2_000);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "stopped" });
    expect(await bench.marked(key)).toEqual([]);
  });

  test("ends one whose supervisor is dead", async () => {
    const key = await bench.start("sleep 300");
    await bench.waitForState(key, "running");
    await bench.killSupervisor(key);
    expect(await stopAndMeasure()).toBeLessThan(2_000);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "stopped" });
    expect(await bench.marked(key)).toEqual([]);
  });

  test("takes one out of the line for a slot", async () => {
    const holder = await bench.start("sleep 300", { runId: OTHER_RUN_ID, slot: "gpu" });
    await bench.waitForState(holder, "running");
    const key = await bench.start("echo ran", { slot: "gpu" });
    expect(await stopAndMeasure()).toBeLessThan(SUPERVISOR_ALONE_MS);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "stopped", exitCode: null });
    expect(await bench.folder(key).readLaunch()).toBeNull();
  });

  test("refuses a start that comes later", async () => {
    await programs.stopRun(RUN_ID);
    await expect(bench.start("echo ran")).rejects.toMatchObject({ code: "RUN_STOPPED" });
    await expect(bench.start("echo ran", { attempt: 2 })).rejects.toThrow("was ended");
  });

  test("meets a start that is on its way, wherever it has got to", async () => {
    for (let delayMs = 0; delayMs <= 60; delayMs += 6) {
      const stepId = `step-${delayMs}`;
      const runId = `${RUN_ID.slice(0, 24)}${String(delayMs).padStart(2, "0")}`;
      const started = bench.start("sleep 300", { runId, stepId }).catch(() => null);
      await Bun.sleep(delayMs);
      await programs.stopRun(runId);
      await started;
      const key = `${runId}.${stepId}.1`;
      await waitFor(`nothing of ${key} lives`, async () => {
        const { state } = await bench.life(key);
        const isQuiet = state === "absent" || state === "requested" || state === "ended";
        return isQuiet && (await bench.marked(key)).length === 0;
      });
    }
  });

  test("silences the announcements: nobody waits any more", async () => {
    const key = await bench.start("sleep 300");
    await programs.stopRun(RUN_ID);
    expect(await bench.life(key)).toMatchObject({ state: "ended", isCollected: true });
    await waitFor("the supervisor has left", async () => {
      return !(await bench.isPidAlive(await bench.supervisorPid(key)));
    });
  });

  test("may be repeated, and of a run without programs is nothing", async () => {
    await bench.start("sleep 300");
    await programs.stopRun(RUN_ID);
    await programs.stopRun(RUN_ID);
    await programs.stopRun(OTHER_RUN_ID);
    await expect(programs.stopRun("../../etc")).rejects.toThrow("ULID");
  });

  test("leaves a mark that is forgotten after a week", async () => {
    await programs.stopRun(RUN_ID);
    await programs.stopRun(OTHER_RUN_ID);
    const marks = join(bench.dir, ".stops");
    const eightDaysAgo = Date.now() / 1_000 - 8 * 24 * 3_600;
    await utimes(join(marks, RUN_ID), eightDaysAgo, eightDaysAgo);
    await programs.resume();
    expect(await readdir(marks)).toEqual([OTHER_RUN_ID]);
  });
});
