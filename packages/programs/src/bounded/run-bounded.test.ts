import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcessTable } from "../processes/open-process-table.ts";
import { type BoundedProgram, runBounded } from "./run-bounded.ts";

const root = await mkdtemp(join(tmpdir(), "bounded-"));
afterAll(() => rm(root, { recursive: true, force: true }));

/** macOS has none; what takes a session of its own there is tested in `test/`. */
const hasSetsid = Bun.which("setsid") !== null;
const table = openProcessTable();
const outputPath = join(root, "output.log");

async function run(script: string, more: Partial<BoundedProgram> = {}) {
  await writeFile(outputPath, "");
  const end = await runBounded({
    ...{ command: "sh", args: ["-c", script], cwd: root, outputPath },
    env: { PATH: process.env["PATH"] ?? "" },
    ...{ outputMaxBytes: 1024 * 1024, timeMaxMs: 10_000, ...more },
  });
  return { ...end, output: await readFile(outputPath, "utf8") };
}

/** Pids that the program has written down, one a line. */
async function living(file: string): Promise<number[]> {
  const pids = (await readFile(join(root, file), "utf8")).trim().split("\n").map(Number);
  const found = await Promise.all(pids.map((pid) => table.find(pid)));
  expect(pids.length).toBeGreaterThan(0);
  return found.flatMap((entry) => entry?.pid ?? []);
}

describe("runBounded", () => {
  test("tells how a program ended, with both outputs in their order", async () => {
    const end = await run("echo one; echo two >&2; echo three; exit 3");
    expect(end).toMatchObject({ endedBy: "exit", exitCode: 3, signal: null, problem: null });
    expect(end.output).toBe("one\ntwo\nthree\n");
  });

  test("tells the signal of a program that was killed by others", async () => {
    expect(await run("kill -KILL $$")).toMatchObject({
      ...{ endedBy: "exit", exitCode: null, signal: "SIGKILL" },
    });
  });

  test("gives an empty input and nothing but the environment that was named", async () => {
    const end = await run("cat; env | cut -d= -f1 | sort", {
      env: { PATH: process.env["PATH"] ?? "", MINE: "1" },
    });
    const names = end.output.trim().split("\n");
    expect(names).toContain("MINE");
    expect(names).not.toContain("HOME");
  });

  test.skipIf(!hasSetsid)(
    "ends a program at its limit, with children that took a session of their own (B1)",
    async () => {
      const end = await run(
        `trap '' TERM; echo $$ >hang.pids
       setsid sh -c 'trap "" TERM; echo $$ >>hang.pids; sleep 60' & 
       while :; do sleep 60; done`,
        { timeMaxMs: 700 },
      );
      expect(end).toMatchObject({ endedBy: "time-limit", exitCode: null });
      expect(await living("hang.pids")).toEqual([]);
      expect(end.durationMs).toBeLessThan(6_000);
    },
  );

  test.skipIf(!hasSetsid)(
    "ends what a program leaves behind, even if it was adopted before the first look (B1)",
    async () => {
      const end = await run(
        `(setsid sh -c 'echo $$ >left.pids; exec sleep 60' &) ; sleep 0.2; echo done`,
      );
      expect(end).toMatchObject({ endedBy: "exit", exitCode: 0, output: "done\n" });
      expect(await living("left.pids")).toEqual([]);
    },
  );

  test("doesn't wait for a child that holds the output open (B2)", async () => {
    const end = await run("sleep 60 & echo done");
    expect(end.output).toBe("done\n");
    expect(end.durationMs).toBeLessThan(5_000);
  });

  test("bounds a flood while it comes (B3)", async () => {
    const flood = "yes 'a line of a flood' | head -c 30000000";
    const end = await run(
      `${flood}; sleep 0.6; echo; echo meanwhile $(wc -c <output.log); echo the end; exit 1`,
      { outputMaxBytes: 100_000 },
    );
    expect(Number(/meanwhile (\d+)/.exec(end.output)?.[1])).toBeLessThan(101_000);
    expect(end).toMatchObject({ endedBy: "exit", exitCode: 1 });
    expect(end.outputDroppedBytes).toBeGreaterThan(29_000_000);
    expect((await stat(outputPath)).size).toBeLessThan(101_000);
    expect(end.output.endsWith("the end\n")).toBe(true);
  });

  test.each<[string, Partial<BoundedProgram>, string]>([
    ["that isn't there", { command: "no-such-program" }, "not found on the PATH"],
    ["that isn't executable", { command: "./output.log" }, "not found on the PATH"],
    ["in a folder that isn't there", { cwd: join(root, "absent") }, "cannot start sh"],
    ["with too long an argument", { args: ["-c", "x".repeat(3_000_000)] }, "cannot start sh"],
  ])("says why a program %s can't be started (B4)", async (_, more, why) => {
    const end = await run("exit 0", more);
    expect(end).toMatchObject({ endedBy: "not-started", exitCode: null });
    expect(end.problem).toContain(why);
    expect(end.output).toContain(why);
  });

  test("finds a program by its path from the folder", async () => {
    await writeFile(join(root, "own.sh"), "#!/bin/sh\necho own\n", { mode: 0o755 });
    expect(await run("", { command: "./own.sh", args: [] })).toMatchObject({ output: "own\n" });
  });
});
