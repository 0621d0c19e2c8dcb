import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OTHER_RUN_ID, ProgramBench, waitFor } from "./program-bench.ts";

let bench: ProgramBench;
let journal: string;
beforeEach(async () => {
  bench = await ProgramBench.open({ slots: { gpu: 1, pair: 2 } });
  journal = join(bench.scratch, "journal");
});
afterEach(() => bench.close());

const lines = async () =>
  (await readFile(journal, "utf8").catch(() => "")).split("\n").filter(Boolean);
/** Notes when it begins and ends, and lives until a file with its name appears. */
const untilReleased = (name: string) =>
  `echo ${name} begins >>'${journal}'; while [ ! -e '${bench.scratch}/${name}.go' ]; do sleep 0.05; done; echo ${name} ends >>'${journal}'`;
const release = (name: string) => Bun.write(join(bench.scratch, `${name}.go`), "");
const startInLine = async (name: string, slot = "gpu") => {
  const key = await bench.start(untilReleased(name), { stepId: name, slot });
  await waitFor(`${name} stands in line`, async () => {
    const listed = (await bench.openPrograms().list()).find((status) => status.key === key);
    return listed?.state === "running" || (listed?.slot?.aheadCount ?? 99) < 99;
  });
  return key;
};

describe("a slot for one", () => {
  test("S1: is given first come, first served, and to one at a time", async () => {
    const names = ["a", "b", "c", "d"];
    const keys: string[] = [];
    for (const name of names) {
      keys.push(await startInLine(name));
      await waitForTicket(keys.length);
    }
    for (const name of names) {
      await waitFor(`${name} begins`, async () => (await lines()).includes(`${name} begins`));
      await release(name);
    }
    for (const key of keys) await bench.ended(key);
    expect(await lines()).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  async function waitForTicket(count: number): Promise<void> {
    const waiting = async () =>
      (await bench.openPrograms().list()).filter((status) => status.state === "waiting");
    await waitFor(`${count} have tickets`, async () => {
      const places = (await waiting()).map((status) => status.slot?.aheadCount ?? -1);
      return places.sort().join() === Array.from({ length: count - 1 }, (_, i) => i + 1).join();
    });
  }

  test("starts the clock of the wall limit when it is given", async () => {
    const holder = await startInLine("holder");
    await bench.waitForState(holder, "running");
    const key = await bench.start("sleep 0.5; echo done", {
      ...{ stepId: "late", slot: "gpu", wallClockMaxMs: 1_200 },
    });
    await Bun.sleep(1_500);
    expect((await bench.life(key)).state).toBe("waiting");
    await release("holder");
    expect(await bench.ended(key)).toMatchObject({ endedBy: "exit", exitCode: 0 });
  });

  test("S2: is not given on while a program lives whose supervisor was killed", async () => {
    const script = `trap '' TERM; echo holder begins >>'${journal}'; while :; do sleep 0.05; done`;
    const holder = await bench.start(script, { stepId: "holder", slot: "gpu" });
    await waitFor("the holder begins", async () => (await lines()).length === 1);
    const holderPids = await bench.marked(holder);
    const living = `ps -o stat= -p ${holderPids.join(",")} | grep -v Z >&2`;
    const next = await bench.start(`${living}; exit 0`, {
      ...{ stepId: "next", slot: "gpu", runId: OTHER_RUN_ID },
    });

    await bench.killSupervisor(holder);
    expect(await bench.ended(next)).toMatchObject({ endedBy: "exit", exitCode: 0 });
    // What the next program saw of the last one: nothing.
    expect(await bench.stderr(next)).toBe("");
    expect(await bench.ended(holder)).toMatchObject({ endedBy: "lost" });
    expect(await bench.marked(holder)).toEqual([]);
  });

  test("S3: passes over one in line whose supervisor was killed", async () => {
    const holder = await startInLine("holder");
    const second = await startInLine("second");
    const third = await startInLine("third");
    await bench.killSupervisor(second);
    await release("holder");
    await bench.ended(holder);
    await waitFor("the third begins", async () => (await lines()).includes("third begins"));
    await release("third");
    await bench.ended(third);
    expect(await bench.ended(second)).toMatchObject({ endedBy: "lost" });
    expect(await lines()).not.toContain("second begins");
  });
});

describe("slots", () => {
  test("for two are held by two at once, and the third waits", async () => {
    const first = await startInLine("first", "pair");
    const second = await startInLine("second", "pair");
    await bench.waitForState(first, "running");
    await bench.waitForState(second, "running");
    const third = await startInLine("third", "pair");
    await Bun.sleep(500);
    expect((await bench.life(third)).state).toBe("waiting");
    await release("second");
    await bench.waitForState(third, "running");
    await release("first");
    await release("third");
    await bench.ended(third);
  });

  test("of other names, and programs without one, are not in each other's way", async () => {
    const gpu = await startInLine("gpu-holder");
    await bench.waitForState(gpu, "running");
    const pair = await bench.start("echo x", { stepId: "pair", slot: "pair" });
    const free = await bench.start("echo x", { stepId: "free" });
    expect(await bench.ended(pair)).toMatchObject({ endedBy: "exit" });
    expect(await bench.ended(free)).toMatchObject({ endedBy: "exit" });
    await release("gpu-holder");
    await bench.ended(gpu);
  });
});
