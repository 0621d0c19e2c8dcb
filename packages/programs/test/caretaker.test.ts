import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../src/clock.ts";
import { Caretaker } from "../src/worker/caretaker.ts";
import { ProgramBench, RUN_ID, waitFor } from "./program-bench.ts";

const DAY_MS = 24 * 3_600_000;

let bench: ProgramBench;
let shiftMs: number;
let said: string[];
let caretaker: Caretaker;
beforeEach(async () => {
  bench = await ProgramBench.open();
  shiftMs = 0;
  said = [];
  const clock: Clock = {
    nowMs: () => Date.now() + shiftMs,
    steadyMs: () => performance.now() + shiftMs,
    sleepMs: (durationMs) => systemClock.sleepMs(durationMs),
  };
  caretaker = new Caretaker(bench.depsWith({ clock, onLog: (message) => said.push(message) }));
});
afterEach(() => bench.close());

const programFolders = async () =>
  (await readdir(bench.dir)).filter((name) => !name.startsWith("."));

describe("the worker's look after its programs", () => {
  test("leaves a program that runs alone, however long it runs", async () => {
    const key = await bench.start("sleep 300");
    await bench.waitForState(key, "running");
    for (let look = 0; look < 2; look += 1) {
      const beat = await bench.folder(key).readHeartbeat();
      await caretaker.look();
      shiftMs += 50_000;
      await waitFor("the next beat", async () => {
        return (await bench.folder(key).readHeartbeat())?.beatAt !== beat?.beatAt;
      });
    }
    await caretaker.look();
    expect((await bench.life(key)).state).toBe("running");
  }, 15_000);

  test("ends a supervisor that stands still for a minute, with its program", async () => {
    const key = await bench.start("sleep 300");
    await bench.waitForState(key, "running");
    await waitFor("a first beat", () => bench.folder(key).readHeartbeat());
    process.kill(await bench.supervisorPid(key), "SIGSTOP");

    await caretaker.look();
    shiftMs += 59_000;
    await caretaker.look();
    expect((await bench.life(key)).state).toBe("running");
    shiftMs += 2_000;
    await caretaker.look();
    expect(await bench.ended(key)).toMatchObject({ endedBy: "lost" });
    expect(await bench.marked(key)).toEqual([]);
    expect(said.join()).toContain("is stuck");
  });

  test("retires a program a week after its result was read, and not before", async () => {
    const key = await bench.start("true");
    await bench.ended(key);
    await bench.collect(key);
    shiftMs = 7 * DAY_MS - 60_000;
    await caretaker.look();
    expect(await programFolders()).toEqual([key]);
    shiftMs = 7 * DAY_MS + 60_000;
    await caretaker.look();
    expect(await programFolders()).toEqual([]);
    expect(await readdir(join(bench.dir, ".retired"))).toEqual([]);
  });

  test("keeps a result that nobody has read for a month", async () => {
    const key = await bench.start("true");
    await bench.ended(key);
    shiftMs = 29 * DAY_MS;
    await caretaker.look();
    expect(await programFolders()).toEqual([key]);
    shiftMs = 31 * DAY_MS;
    await caretaker.look();
    expect(await programFolders()).toEqual([]);
  });

  test("retires a folder in which no supervisor ever began", async () => {
    const key = `${RUN_ID}.never.1`;
    await mkdir(bench.folder(key).workPath, { recursive: true });
    await caretaker.look();
    expect(await programFolders()).toEqual([key]);
    shiftMs = 2 * DAY_MS;
    await caretaker.look();
    expect(await programFolders()).toEqual([]);
  });

  test("says which folder is damaged, and goes on with the others", async () => {
    const damaged = `${RUN_ID}.zz-damaged.1`;
    bench.damagedKeys.add(damaged);
    await mkdir(bench.folder(damaged).workPath, { recursive: true });
    await writeFile(join(bench.folder(damaged).path, "claim.json"), "{");
    const key = await bench.start("true");
    await bench.ended(key);
    await bench.killSupervisor(key);
    await caretaker.look();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`${damaged}/claim.json cannot be read`);
    expect(bench.events.length).toBeGreaterThan(0);
    expect((await bench.openPrograms().list()).map((status) => status.key)).toEqual([key]);
  });
});

describe("the list of programs", () => {
  test("shows what runs, what waits, what has ended, and their last lines", async () => {
    const programs = bench.openPrograms();
    const done = await bench.start("echo result; exit 1", { stepId: "Done: 1" });
    await bench.ended(done);
    await bench.collect(done);
    const runs = await bench.start("printf 'one\\rtwo'; sleep 300", { stepId: "b", slot: "gpu" });
    await waitFor("output", async () => (await bench.stdout(runs)) !== "");
    const waits = await bench.start("true", { stepId: "a", slot: "gpu" });
    await waitFor("its place in line", async () => {
      const status = (await programs.list()).find(({ key }) => key === waits);
      return status?.slot?.aheadCount === 1;
    });

    const listed = await programs.list();
    expect(listed).toHaveLength(3);
    expect(listed.find(({ key }) => key === runs)).toMatchObject({
      ...{ runId: RUN_ID, stepId: "b", attempt: 1, command: "/bin/sh", state: "running" },
      ...{ slot: { name: "gpu", aheadCount: 0 }, lastLine: "two", endedAt: null, endedBy: null },
    });
    const running = listed.find(({ key }) => key === runs);
    expect(await readFile(running?.stdoutPath ?? "", "utf8")).toBe("one\rtwo");
    expect(listed.find(({ key }) => key === waits)).toMatchObject({
      ...{ state: "waiting", startedAt: null, lastLine: null, isCollected: false },
    });
    const ended = listed.find(({ key }) => key === done);
    expect(ended).toMatchObject({
      ...{ stepId: "Done: 1", state: "ended", endedBy: "exit", exitCode: 1, slot: null },
      ...{ lastLine: "result", isCollected: true },
    });
    const moments = [ended?.requestedAt, ended?.startedAt, ended?.endedAt].map(String);
    expect(moments).toEqual([...moments].sort());
  });
});
