import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { NonRetriableError } from "inngest";
import { ProgramRetry } from "../src/program-error.ts";
import type { EndedProgram, LostProgram } from "../src/program-spec.ts";
import type { Programs } from "../src/programs.ts";
import { ProgramBench, RUN_ID, type StartOptions, waitFor } from "./program-bench.ts";
import { SdkRun } from "./sdk-run.ts";

let bench: ProgramBench;
let programs: Programs;
beforeEach(async () => {
  bench = await ProgramBench.open();
  programs = bench.openPrograms();
});
afterEach(() => bench.close());

const readOutput = async (ended: EndedProgram) => (await readFile(ended.stdoutPath, "utf8")).trim();

interface Work extends StartOptions {
  readonly script: string;
  readonly read?: (ended: EndedProgram) => Promise<unknown>;
  readonly readLost?: (lost: LostProgram) => Promise<unknown>;
}

/** A function whose one program step is called `work`. */
function runOf({ script, read = readOutput, readLost, ...spec }: Work): SdkRun {
  return new SdkRun({
    runId: RUN_ID,
    events: bench.events,
    createFunction: (client) =>
      client.createFunction(
        { id: "work", triggers: [{ event: "bench/begin" }], retries: 4 },
        async ({ step, runId }) =>
          programs.run(step, "work", {
            runId,
            read,
            ...(readLost === undefined ? {} : { readLost }),
            spec: {
              ...{ command: "/bin/sh", args: ["-c", script], wallClockMaxMs: 60_000 },
              ...{ attemptsMax: 3, ...spec },
            },
          }),
      ),
  });
}

describe("a program as steps of a run, through the official SDK", () => {
  test("starts, waits and reads in three steps, and its result is what was read", async () => {
    const run = runOf({ script: "echo hello; sleep 0.3" });
    expect(await run.finish()).toEqual({ kind: "finished", output: "hello" });
    expect(run.stepNames).toEqual(["work", "work:finished", "work:result"]);
    expect(run.waits[0]).toMatchObject({
      event: "program/finished",
      opts: { if: `async.data.key == "${RUN_ID}.work.1"`, timeout: "3m" },
    });
    expect(await bench.life(`${RUN_ID}.work.1`)).toMatchObject({ isCollected: true });
  });

  test("is heard even when it ended before the wait was stored", async () => {
    const run = runOf({ script: "echo quick" });
    expect(await run.finish()).toEqual({ kind: "finished", output: "quick" });
  });

  test("tells its reader when it started and ended", async () => {
    const read = async ({ startedAt, endedAt }: EndedProgram) => ({ startedAt, endedAt });
    const end = await runOf({ script: "sleep 0.2", read }).finish();
    if (end.kind !== "finished") throw new Error(end.message);
    const { startedAt, endedAt } = Object(end.output);
    const ranMs = Date.parse(endedAt) - Date.parse(startedAt);
    expect(ranMs).toBeGreaterThanOrEqual(200);
    expect(Math.abs(Date.now() - Date.parse(endedAt))).toBeLessThan(60_000);
  });

  test("is tried again as its own program when the result asks for it", async () => {
    const run = runOf({
      script: "exit 9",
      read: async ({ attempt, exitCode, key }) => {
        if (attempt < 3) throw new ProgramRetry(`exit code ${exitCode}`);
        return { attempt, key };
      },
    });
    expect(await run.finish()).toEqual({
      kind: "finished",
      output: { attempt: 3, key: `${RUN_ID}.work.3` },
    });
    expect(run.stepNames).toEqual([
      ...["work", "work:finished", "work:result"],
      ...["work:2", "work:2:finished", "work:2:result"],
      ...["work:3", "work:3:finished", "work:3:result"],
    ]);
  });

  test("fails its run after the last attempt, with the reason", async () => {
    const run = runOf({
      script: "exit 9",
      attemptsMax: 2,
      read: async ({ exitCode }) => {
        throw new ProgramRetry(`exit code ${exitCode}`);
      },
    });
    expect(await run.finish()).toEqual({
      kind: "failed",
      message: "/bin/sh: exit code 9 (attempt 2 of 2)",
    });
    expect(run.stepNames.at(-1)).toBe("work:2:result");
    expect(await bench.life(`${RUN_ID}.work.2`)).toMatchObject({ isCollected: true });
  });

  test("fails its run at once when the result can get no better", async () => {
    const run = runOf({
      script: "true",
      read: async () => {
        throw new NonRetriableError("there is no video on this page");
      },
    });
    expect(await run.finish()).toEqual({
      kind: "failed",
      message: "there is no video on this page",
    });
    expect(run.stepNames).toEqual(["work", "work:finished", "work:result"]);
  });

  test("is read again, and not run again, when reading it fails", async () => {
    let reads = 0;
    const run = runOf({
      script: "echo x >>count; wc -l <count",
      read: async (ended) => {
        reads += 1;
        if (reads < 3) throw new Error("the disk is full");
        return readOutput(ended);
      },
    });
    expect(await run.finish()).toEqual({ kind: "finished", output: "1" });
    expect(reads).toBe(3);
  });

  test("may read nothing", async () => {
    const run = runOf({ script: "true", read: async () => undefined });
    expect(await run.finish()).toEqual({ kind: "finished", output: null });
  });

  test("that was lost is a failed attempt, and the next one starts", async () => {
    await programs.resume();
    const run = runOf({
      script: "if [ -e ../../first ]; then echo second; else : >../../first; sleep 300; fi",
    });
    const finished = run.finish();
    const first = `${RUN_ID}.work.1`;
    await bench.waitForState(first, "running");
    await waitFor("it began", () => Bun.file(`${bench.dir}/first`).exists());
    await bench.killSupervisor(first);
    expect(await finished).toEqual({ kind: "finished", output: "second" });
    expect(run.stepNames).toContain("work:2:result");
    expect(await bench.marked(first)).toEqual([]);
  });

  test("that was lost in its last attempt is what its reader makes of it, with what it had said", async () => {
    await programs.resume();
    const run = runOf({
      script: "echo said; >../../began; sleep 300",
      attemptsMax: 1,
      readLost: async ({ key, stdoutPath }) => ({ key, said: await readFile(stdoutPath, "utf8") }),
    });
    const finished = run.finish();
    const key = `${RUN_ID}.work.1`;
    await waitFor("it began", () => Bun.file(`${bench.dir}/began`).exists());
    await bench.killSupervisor(key);
    expect(await finished).toEqual({ kind: "finished", output: { key, said: "said\n" } });
    expect(await bench.life(key)).toMatchObject({ isCollected: true });
  });

  test("whose folder is gone when the wait runs out is a failed attempt", async () => {
    const run = runOf({ script: "sleep 300", attemptsMax: 1 });
    const finished = run.finish();
    await waitFor("the wait", async () => run.waiting);
    const key = `${RUN_ID}.work.1`;
    await bench.killSupervisor(key);
    for (const pid of await bench.marked(key)) process.kill(pid, "SIGKILL");
    await bench.folder(key).retire();
    run.timeOut();
    expect(await finished).toMatchObject({ kind: "failed" });
    expect(await finished).toMatchObject({ message: expect.stringContaining("it was lost") });
  });

  test("that still waits in line when the wait runs out is waited for again", async () => {
    const holder = await bench.start("sleep 300", { stepId: "holder", slot: "gpu" });
    await bench.waitForState(holder, "running");
    const run = runOf({ script: "echo late", slot: "gpu" });
    const finished = run.finish();
    for (const name of ["work:finished", "work:finished:2"]) {
      await waitFor(name, async () => run.waiting?.name === name);
      run.timeOut();
    }
    await waitFor("the third wait", async () => run.waiting?.name === "work:finished:3");
    process.kill(await bench.supervisorPid(holder), "SIGTERM");
    expect(await finished).toEqual({ kind: "finished", output: "late" });
    expect(run.stepNames).toEqual([
      ...["work", "work:finished", "work:result", "work:finished:2", "work:result:2"],
      ...["work:finished:3", "work:result:3"],
    ]);
  });

  test("that was stopped fails its run and is not tried again", async () => {
    const run = runOf({ script: "sleep 300" });
    const finished = run.finish();
    await waitFor("the wait", async () => run.waiting);
    await programs.stopRun(RUN_ID);
    run.timeOut();
    expect(await finished).toMatchObject({ message: expect.stringContaining("was stopped") });
    expect(run.stepNames).not.toContain("work:2");
  });

  test("of a run that was stopped before does not start, and is not tried again", async () => {
    await programs.stopRun(RUN_ID);
    const run = runOf({ script: "echo x" });
    expect(await run.finish()).toMatchObject({ message: expect.stringContaining("was ended") });
    expect(run.stepNames).toEqual(["work"]);
  });

  test("that is not installed fails its run without a retry, and says what is missing", async () => {
    const run = runOf({ script: "", command: "no-such-program-here" });
    expect(await run.finish()).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("no-such-program-here is not installed"),
    });
    expect(run.stepNames).toEqual(["work"]);
  });
});
