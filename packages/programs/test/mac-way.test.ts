import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createKeepAwake } from "../src/supervisor/keep-awake.ts";
import { openMacLikeTable } from "./mac-like-table.ts";
import { ProgramBench, RUN_ID, waitFor } from "./program-bench.ts";

const PS_SUPERVISOR = fileURLToPath(new URL("./ps-supervisor.ts", import.meta.url));

let bench: ProgramBench;
beforeEach(async () => {
  bench = await ProgramBench.open({
    table: openMacLikeTable(),
    supervisorCommand: [process.execPath, PS_SUPERVISOR],
  });
});
afterEach(() => bench.close());

/** A shell with a child in its group and a child in a session of its own; their pids. */
async function startScattered(): Promise<{ key: string; pids: readonly number[] }> {
  const pidFile = join(bench.scratch, "pids");
  const move = `const c = Bun.spawn(["sleep","300"],{detached:true}); require("fs").appendFileSync(process.argv[1], c.pid + "\\n"); await Bun.sleep(3e5)`;
  const key = await bench.start(
    `echo $$ >>'${pidFile}'; sleep 300 & echo $! >>'${pidFile}'; '${process.execPath}' -e '${move}' '${pidFile}' & wait`,
  );
  const pids = await waitFor("three pids", async () => {
    const lines = (await readFile(pidFile, "utf8").catch(() => "")).trim().split("\n");
    return lines.length === 3 && lines.map(Number);
  });
  return { key, pids };
}

const living = async (pids: readonly number[]) => {
  const alive = await Promise.all(pids.map((pid) => bench.isPidAlive(pid)));
  return pids.filter((_, index) => alive[index]);
};

/** Records what it was called with, and ends with the process that `-w` names, as macOS' own does. */
const CAFFEINATE = `#!/bin/sh
folder=$(dirname "$0")
echo "$@" >"$folder/called"
[ "$2" = -w ] || exit 64
while kill -0 "$3" 2>/dev/null; do sleep 0.05; done
: >"$folder/ended"
`;

describe("keeping the machine awake", () => {
  test("caffeinate holds an assertion for the program's pid, for as long as it lives", async () => {
    const folder = join(bench.scratch, "bin");
    await Bun.write(join(folder, "caffeinate"), CAFFEINATE);
    await chmod(join(folder, "caffeinate"), 0o755);
    const awake = await ProgramBench.open({
      table: openMacLikeTable(),
      supervisorCommand: [process.execPath, PS_SUPERVISOR],
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    try {
      const exists = (name: string) => Bun.file(join(folder, name)).exists();
      const key = await awake.start("sleep 300");
      await awake.waitForState(key, "running");
      await waitFor("caffeinate", () => exists("called"));
      const launch = await awake.folder(key).readLaunch();
      expect((await readFile(join(folder, "called"), "utf8")).trim()).toBe(
        `-i -w ${launch?.program.pid}`,
      );
      expect(await exists("ended")).toBe(false);
      await awake.openPrograms().stopRun(RUN_ID);
      await waitFor("its end", () => exists("ended"));
    } finally {
      await awake.close();
    }
  });

  test("elsewhere nothing is started for it, and without caffeinate it is a line in the log", () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    createKeepAwake({ platform: "linux", log, caffeinate: "/nowhere" })(process.pid);
    expect(lines).toEqual([]);
    createKeepAwake({ platform: "darwin", log, caffeinate: "/nowhere" })(process.pid);
    expect(lines).toEqual([expect.stringContaining("may fall asleep")]);
  });
});

describe("without /proc and without marks", () => {
  test("a program runs and ends", async () => {
    const key = await bench.start("echo hi; exit 3");
    expect(await bench.ended(key)).toMatchObject({ endedBy: "exit", exitCode: 3 });
    expect(await bench.stdout(key)).toBe("hi\n");
  });

  test("a run is stopped within two seconds, other sessions included", async () => {
    const { key, pids } = await startScattered();
    expect(await living(pids)).toEqual([...pids]);
    const beganMs = performance.now();
    await bench.openPrograms().stopRun(RUN_ID);
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "stopped" });
    expect(await living(pids)).toEqual([]);
  });

  test("an orphan is dead, strays included, before it counts as lost", async () => {
    const { key, pids } = await startScattered();
    const [shell = 0] = pids;
    // A beat that has seen them all is what the worker goes by afterwards.
    await waitFor("a beat with all of them", async () => {
      const members = (await bench.folder(key).readHeartbeat())?.tree.members ?? [];
      return pids.every((pid) => members.some((member) => member.pid === pid));
    });
    await bench.killSupervisor(key);
    process.kill(shell, "SIGKILL");
    await bench.openPrograms().resume();
    expect(await bench.ended(key)).toMatchObject({ endedBy: "lost" });
    expect(await living(pids)).toEqual([]);
  });

  test("the slot goes on only after the tree of a killed supervisor is dead", async () => {
    const holder = await bench.start("sleep 300", { stepId: "holder", slot: "gpu" });
    await bench.waitForState(holder, "running");
    const launch = await bench.folder(holder).readLaunch();
    const next = await bench.start("echo next", { stepId: "next", slot: "gpu" });
    await bench.killSupervisor(holder);
    expect(await bench.ended(next)).toMatchObject({ endedBy: "exit" });
    expect(await living([launch?.program.pid ?? 0])).toEqual([]);
    expect(await bench.ended(holder)).toMatchObject({ endedBy: "lost" });
  });
});
