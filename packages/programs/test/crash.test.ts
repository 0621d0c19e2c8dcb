import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessTable } from "../src/processes/process-table.ts";
import { programKey } from "../src/program-key.ts";
import { DEATHS, type Death } from "./dying-supervisor.ts";
import { ProgramBench, RUN_ID, waitFor } from "./program-bench.ts";

let bench: ProgramBench;
let starts: string;
beforeEach(async () => {
  bench = await ProgramBench.open();
  starts = join(bench.scratch, "starts");
});
afterEach(() => bench.close());

const KEY = programKey({ runId: RUN_ID, stepId: "work", attempt: 1 });

/** Counts how often it was started, and then stays. */
const countingScript = () => `echo $$ >>'${starts}'; exec sleep 300`;
const countStarts = async () =>
  (await readFile(starts, "utf8").catch(() => "")).split("\n").filter(Boolean).length;

function dyingAt(death: Death) {
  const main = fileURLToPath(new URL("./dying-supervisor.ts", import.meta.url));
  return bench.depsWith({ supervisorCommand: [process.execPath, main, death] });
}

async function startAndDie(death: Death, script: string): Promise<void> {
  await bench.start(script, {}, dyingAt(death)).catch(() => {});
  await waitFor("the supervisor is dead", async () => {
    const { state } = await bench.life(KEY);
    return state === "orphaned" || state === "requested";
  });
}

describe("a supervisor that is killed", () => {
  test("before its claim has done nothing: the repeated start begins anew", async () => {
    await startAndDie("before-claim", countingScript());
    expect(await bench.life(KEY)).toEqual({ state: "requested" });

    await bench.start(countingScript());
    await waitFor("the program began", async () => (await countStarts()) === 1);
    await bench.waitForState(KEY, "running");
  });

  test.each(["after-claim", "in-line", "at-the-gate"] as const)(
    "L2: %s has run nothing, and the repeated start finds the attempt lost",
    async (death) => {
      const slot = death === "in-line" ? { slot: "gpu" } : {};
      if (death === "in-line") await bench.start("sleep 300", { stepId: "holder", ...slot });
      await bench.start(countingScript(), slot, dyingAt(death)).catch(() => {});
      await bench.waitForState(KEY, "orphaned");

      expect(await bench.start(countingScript(), slot)).toBe(KEY);
      expect(await bench.ended(KEY)).toMatchObject({ endedBy: "lost", exitCode: null });
      await waitFor("the gate is gone", async () => (await bench.marked(KEY)).length === 0);
      expect(await countStarts()).toBe(0);
    },
  );

  test("L3, L4: while its program runs leaves an orphan, which is dead before it counts as lost", async () => {
    await startAndDie("program-runs", countingScript());
    expect(await countStarts()).toBe(1);
    expect(await bench.marked(KEY)).toHaveLength(1);

    const programs = bench.openPrograms();
    await programs.resume();
    expect(await bench.ended(KEY)).toMatchObject({ endedBy: "lost" });
    expect(await bench.marked(KEY)).toEqual([]);
    expect(await countStarts()).toBe(1);
    expect(bench.events.map((event) => event.data.endedBy)).toContain("lost");
  });

  test("between its program's end and the record of it has lost it", async () => {
    await startAndDie("program-ended", "exit 0");
    await bench.openPrograms().resume();
    expect(await bench.ended(KEY)).toMatchObject({ endedBy: "lost" });
  });

  test("while it announces the end does not matter: the worker goes on with it", async () => {
    const key = await bench.start("exit 4");
    await bench.ended(key);
    await bench.killSupervisor(key);
    bench.events.length = 0;

    await bench.openPrograms().resume();
    expect(bench.events.map((event) => event.data)).toMatchObject([
      { key, endedBy: "exit", exitCode: 4 },
    ]);
  });

  test("L1-L4: at any moment leaves a program that ran once at most and is nowhere alive", async () => {
    const seed = Number(process.env["PROGRAMS_SEED"] ?? Math.floor(Math.random() * 1e9));
    console.log(`seed ${seed} (PROGRAMS_SEED)`);
    let state = seed;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const programs = bench.openPrograms();
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      const file = join(bench.scratch, `starts-${attempt}`);
      const script = `echo $$ >>'${file}'; sleep 0.02; (sleep 300 &) ; exit 0`;
      const started = bench.start(script, { attempt }).catch(() => {});
      await Bun.sleep(random() * 120);
      const key = programKey({ runId: RUN_ID, stepId: "work", attempt });
      if ((await bench.life(key)).state !== "absent") await killIfClaimed(key);
      await started;
      await bench.start(script, { attempt });
      await programs.resume();
      await waitFor(`${key} has ended`, async () => {
        await bench.start(script, { attempt });
        return (await bench.life(key)).state === "ended";
      });
      expect(await bench.marked(key)).toEqual([]);
      const count = (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
      expect(count.length).toBeLessThanOrEqual(1);
    }
  }, 60_000);

  async function killIfClaimed(key: string): Promise<void> {
    if ((await bench.folder(key).readClaim()) !== null) await bench.killSupervisor(key);
  }
});

describe("a worker that is killed", () => {
  const runWorker = (mode: string) => {
    const main = fileURLToPath(new URL("./dying-worker.ts", import.meta.url));
    const args = [mode, bench.dir, bench.baseUrl, RUN_ID, countingScript()];
    return Bun.spawn([process.execPath, main, ...args], { stdout: "pipe", stderr: "ignore" });
  };

  test("L1: between spawn and claim leaves a start that can be repeated, and one program", async () => {
    const worker = runWorker("supervisor-kills-worker");
    await worker.exited;
    expect(worker.signalCode).toBe("SIGKILL");

    await bench.start(countingScript());
    await bench.waitForState(KEY, "running");
    await waitFor("the program began", async () => (await countStarts()) > 0);
    // Whoever else was spawned has had the time to leave again.
    await Bun.sleep(300);
    expect(await countStarts()).toBe(1);
    expect(await bench.marked(KEY)).toHaveLength(1);
  });

  test("while its program runs does not touch it: the next worker finds it alive", async () => {
    const worker = runWorker("stay");
    await bench.waitForState(KEY, "running");
    await waitFor("the program began", async () => (await countStarts()) > 0);
    worker.kill("SIGKILL");
    await worker.exited;

    const programs = bench.openPrograms();
    await programs.resume();
    expect(await bench.start(countingScript())).toBe(KEY);
    expect((await programs.list()).map(({ key, state }) => ({ key, state }))).toEqual([
      { key: KEY, state: "running" },
    ]);
    expect(await countStarts()).toBe(1);
  });
});

describe("a reboot", () => {
  const afterReboot = (table: ProcessTable): ProcessTable => ({
    ...table,
    bootId: "the next boot",
  });

  test("loses what ran, and nothing is signalled that has its pid now", async () => {
    const key = await bench.start("exec sleep 300");
    await bench.waitForState(key, "running");
    const launch = await bench.folder(key).readLaunch();
    await bench.killSupervisor(key);

    // The same pids with the same start marks, in another boot: strangers.
    const programs = bench.openPrograms({ table: afterReboot(bench.deps.table) });
    await programs.resume();
    expect(await bench.ended(key)).toMatchObject({ endedBy: "lost" });
    expect(await bench.isPidAlive(launch?.program.pid ?? 0)).toBeTrue();
    process.kill(launch?.program.pid ?? 0, "SIGKILL");
  });

  test("makes a repeated start of the same attempt find it lost", async () => {
    const key = await bench.start("exec sleep 300");
    await bench.waitForState(key, "running");
    const deps = bench.depsWith({ table: afterReboot(bench.deps.table) });
    await bench.start("exec sleep 300", {}, deps);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "lost" });
  });
});

test("every death that the supervisor can be made to die is tried above", async () => {
  const source = await readFile(import.meta.path, "utf8");
  for (const death of DEATHS) expect(source).toContain(`"${death}"`);
});
