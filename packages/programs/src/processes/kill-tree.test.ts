import { afterEach, describe, expect, test } from "bun:test";
import { systemClock } from "../clock.ts";
import { killTree, lookAtTree } from "./kill-tree.ts";
import { openProcessTable } from "./open-process-table.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { plantTree } from "./process-tree.ts";

const KEY = "01K3ZJ4T1Q8X5V7N2M6B9C0D3E.work.1";
const real = openProcessTable();
/** As on a macOS whose system programs hide their environment. */
const unmarked: ProcessTable = { ...real, listMarked: async () => new Set() };

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

async function startRoot(script: string): Promise<ProcessEntry> {
  const child = Bun.spawn(["/bin/sh", "-c", script], { detached: true, stdout: "pipe" });
  started.push(child);
  // Its first line says that it is ready.
  await child.stdout.getReader().read();
  const entry = await real.find(child.pid);
  if (entry === null) throw new Error("the program is not there");
  return entry;
}

const options = { table: unmarked, clock: systemClock, key: KEY, graceMs: 300 };

describe("killing a program's tree", () => {
  test("lets a process end by itself within its grace", async () => {
    const root = await startRoot("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
    await killTree(plantTree(root), { ...options, graceMs: 5_000 });
    expect(await started[0]?.exited).toBe(7);
  });

  test("kills one that ignores SIGTERM after its grace, and not before", async () => {
    const root = await startRoot("trap '' TERM; echo ready; while :; do sleep 0.01; done");
    const beganMs = performance.now();
    await killTree(plantTree(root), options);
    expect(performance.now() - beganMs).toBeGreaterThan(290);
    expect(await real.find(root.pid)).toBeNull();
  });

  test("finds children that moved to sessions of their own, without any mark", async () => {
    const bun = process.execPath;
    const move = `Bun.spawn(["sleep","300"],{detached:true});await Bun.sleep(3e5)`;
    const root = await startRoot(`'${bun}' -e '${move}' & sleep 0.4; echo ready; wait`);
    const tree = await lookAtTree(plantTree(root), unmarked, { key: KEY });
    expect(tree.members.length).toBeGreaterThanOrEqual(3);
    await killTree(plantTree(root), options);
    for (const { pid } of tree.members) expect(await real.find(pid)).toBeNull();
  });

  test("follows one that forks while it is being killed", async () => {
    const root = await startRoot(
      "trap '(sleep 300 &) ; (sleep 300 &)' TERM; echo ready; while :; do sleep 0.01; done",
    );
    await killTree(plantTree(root), options);
    const group = (await real.list()).filter((entry) => entry.groupPid === root.pid);
    expect(group).toEqual([]);
  });

  test("does not believe one look that finds nobody: a look is no snapshot", async () => {
    const root = await startRoot("echo ready; sleep 0.1; (sleep 300 &)");
    await started[0]?.exited;
    const inGroup = async () =>
      (await real.list()).filter((entry) => entry.groupPid === root.pid).length;
    expect(await inGroup()).toBe(1);
    let looks = 0;
    const blinking: ProcessTable = {
      ...unmarked,
      list: async () => {
        looks += 1;
        return looks === 1 ? [] : real.list();
      },
    };
    await killTree(plantTree(root), { ...options, table: blinking });
    expect(await inGroup()).toBe(0);
  });

  test("says what it could not kill, after a bounded time", async () => {
    const root = await startRoot("echo ready; exec sleep 300");
    const powerless: ProcessTable = { ...unmarked, signal: () => {} };
    const kill = killTree(plantTree(root), {
      ...options,
      table: powerless,
      graceMs: 0,
      killMaxMs: 100,
    });
    await expect(kill).rejects.toMatchObject({ code: "STILL_ALIVE" });
    await expect(kill).rejects.toThrow(String(root.pid));
  });
});
