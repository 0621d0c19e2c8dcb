import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readClaim } from "../src/record/claim.ts";
import { loopPlaces } from "../src/record/loop-places.ts";
import { openLoopRecord } from "../src/record/loop-record.ts";
import { LOOP_ID, somePrd } from "./some-facts.ts";
import { PROJECT } from "./things-with-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loops-at-once-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const APPENDING = new URL("./append-process.ts", import.meta.url);
const CLAIMING = new URL("./claim-process.ts", import.meta.url);

function start(main: URL, args: readonly string[]) {
  return Bun.spawn([process.execPath, fileURLToPath(main), folder, ...args], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
}
type Started = ReturnType<typeof start>;

/** Lets all go at the same moment; what each has printed after “ready”. */
async function letGo(processes: readonly Started[]): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    processes.map(async (one) => {
      const printed: string[] = [];
      const decoder = new TextDecoder();
      for await (const bytes of one.stdout) {
        printed.push(decoder.decode(bytes, { stream: true }));
        if (printed.join("").startsWith("ready\n")) await one.stdin.end();
      }
      await one.exited;
      return printed.join("").split("\n").slice(1, -1);
    }),
  );
}

describe("processes at once", () => {
  test("A2: of those that append the same fact each in its own words, one hears that its counts", async () => {
    const places = loopPlaces(folder, LOOP_ID);
    const record = openLoopRecord(places);
    await record.storePrd(somePrd({ id: "A" }));
    const names = ["one", "two", "three"];
    const counted = await letGo(names.map((name) => start(APPENDING, [LOOP_ID, name, "40"])));

    const facts = await record.facts();
    expect(facts).toHaveLength(40);
    for (const fact of facts) {
      const winner = fact.kind === "implemented" ? fact.problem : null;
      const heard = names.filter((_, index) => counted[index]?.includes(fact.key));
      expect(heard).toEqual([winner ?? ""]);
    }
    // Not one line was torn or glued to another.
    const lines = (await readFile(places.journal, "utf8")).trimEnd().split("\n");
    for (const line of lines) expect(JSON.parse(line).kind).toBe("implemented");
  }, 30_000);

  test("A3: some that are killed at any moment take nothing from the one that goes on", async () => {
    const record = openLoopRecord(loopPlaces(folder, LOOP_ID));
    await record.storePrd(somePrd({ id: "A" }));
    const names = ["one", "two"];
    const victims = new Map(names.map((name) => [name, start(APPENDING, [LOOP_ID, name, "5000"])]));
    const survivor = start(APPENDING, [LOOP_ID, "three", "60"]);
    const going = letGo([...victims.values(), survivor]);
    await Promise.all([survivor.exited, killWhileWriting(victims)]);
    await going;

    const facts = await record.facts();
    const attempts = facts.map((fact) => (fact.kind === "implemented" ? fact.attempt : 0));
    expect(new Set(attempts).size).toBe(attempts.length);
    expect(attempts.filter((attempt) => attempt <= 60)).toHaveLength(60);
  }, 30_000);

  test("a project is held by one loop at any moment, and left free and clean at the end", async () => {
    const loops = ["one", "two", "three"];
    const counted = await letGo(loops.map((loop) => start(CLAIMING, [loop, "40"])));

    // None has failed: the file that only the holder makes was never there before.
    expect(counted).toEqual([["done"], ["done"], ["done"]]);
    expect(await readClaim(folder, PROJECT)).toBeNull();
    const [project = ""] = await readdir(join(folder, "projects"));
    expect(await readdir(join(folder, "projects", project))).toEqual(["claim"]);
  }, 30_000);
});

/** As soon as each has written something, so that they die in the midst of it. */
async function killWhileWriting(processes: ReadonlyMap<string, Started>): Promise<void> {
  const { journal } = loopPlaces(folder, LOOP_ID);
  for (const [name, started] of processes) {
    while (!(await readFile(journal, "utf8").catch(() => "")).includes(`"problem":"${name}"`)) {
      expect(started.exitCode).toBeNull();
      await Bun.sleep(5);
    }
    started.kill("SIGKILL");
    await started.exited;
  }
}
