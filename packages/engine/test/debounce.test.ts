import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InngestFunction } from "inngest";
import { openDatabase } from "../src/store/database.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

type Options = Omit<InngestFunction.Options, "id" | "triggers">;

let harness: EngineHarness;
let db: Database;
let path: string;
let beganAtMs: number;
/** Which events' runs were called, and how many seconds after the beginning. */
let ran: [name: string, atSeconds: number][];

async function open(functions: HarnessOptions["functions"]): Promise<void> {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    // The time of an engine that went before.
    ...(harness === undefined ? {} : { clock: harness.clock }),
    functions,
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
  });
  await harness.sync();
  await harness.settle();
}

const settled =
  (options: Options): HarnessOptions["functions"] =>
  (inngest) => [
    inngest.createFunction(
      { id: "settled", triggers: [{ event: "go" }, { cron: "0 0 1 1 *" }], ...options },
      async ({ event }) => {
        ran.push([event.data.name, (harness.clock.nowMs() - beganAtMs) / 1_000]);
        return event.data.name;
      },
    ),
  ];

async function start(options: Options): Promise<void> {
  await open(settled(options));
  beganAtMs = harness.clock.nowMs();
}

/** The app is deployed anew, and the engine restarted. */
async function deploy(functions: HarnessOptions["functions"]): Promise<void> {
  await harness.stop();
  await open(functions);
}

async function send(name: string, event: Record<string, unknown> = {}): Promise<string> {
  const id = await harness.send({ name: "go", data: { name, key: name[0] }, ...event });
  await harness.settle();
  return id;
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  ran = [];
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("debounce", () => {
  test("runs once, with the last event, when none has come for the period", async () => {
    await start({ debounce: { period: "10s" } });
    const first = await send("a1");
    await harness.pass(6);
    const second = await send("a2");
    await harness.pass(9.999);
    expect(ran).toEqual([]);
    await harness.pass(0.001);
    expect(ran).toEqual([["a2", 16]]);
    expect(await harness.runsOf(first)).toEqual([]);
    expect(await harness.runsOf(second)).toMatchObject([{ status: "Completed" }]);
    await send("a3");
    await harness.pass(60);
    expect(ran).toEqual([
      ["a2", 16],
      ["a3", 26],
    ]);
  });

  test("waits for each key by itself; events that lack the key wait together", async () => {
    await start({ debounce: { period: "10s", key: "event.data.key" } });
    await send("a1");
    await send("b1");
    await send("none1", { data: { name: "none1" } });
    await harness.pass(5);
    await send("a2");
    await send("none2", { data: { name: "none2" } });
    await send("false", { data: { name: "false", key: false } });
    await harness.pass(10);
    expect(ran.toSorted()).toEqual([
      ["a2", 15],
      ["b1", 10],
      ["false", 15],
    ]);
  });

  test("tells keys apart that are long", async () => {
    await start({ debounce: { period: "10s", key: "event.data.key" } });
    const long = "x".repeat(100_000);
    await send("long", { data: { name: "long", key: `${long}1` } });
    await send("other", { data: { name: "other", key: `${long}2` } });
    await send("longer", { data: { name: "longer", key: `${long}1` } });
    await harness.pass(10);
    expect(ran.map(([name]) => name).toSorted()).toEqual(["longer", "other"]);
  });

  test("lets events wait together for which the key cannot be computed", async () => {
    await start({ debounce: { period: "10s", key: "event.data.key < 1" } });
    await send("text", { data: { name: "text", key: "a" } });
    await send("another", { data: { name: "another", key: "b" } });
    await send("number", { data: { name: "number", key: 0 } });
    await harness.pass(10);
    expect(ran.map(([name]) => name).toSorted()).toEqual(["another", "number"]);
  });

  test("waits no longer than its timeout, and then begins anew", async () => {
    await start({ debounce: { period: "10s", timeout: "25s" } });
    for (const name of ["a1", "a2", "a3", "a4", "a5", "a6"]) {
      await send(name);
      await harness.pass(6);
    }
    expect(ran).toEqual([["a5", 25]]);
    await harness.pass(60);
    expect(ran).toEqual([
      ["a5", 25],
      ["a6", 40],
    ]);
  });

  test("prefers the newest event by its ts; an older one that comes late changes nothing", async () => {
    await start({ debounce: { period: "10s" } });
    await send("newer", { ts: beganAtMs });
    await harness.pass(6);
    await send("older", { ts: beganAtMs - 1 });
    await harness.pass(4);
    expect(ran).toEqual([["newer", 10]]);
    await harness.pass(60);
    expect(ran).toHaveLength(1);
  });

  test("starts a run for the future when the newest event is of the future", async () => {
    await start({ debounce: { period: "10s" } });
    await send("later", { ts: beganAtMs + 60_000 });
    await send("now");
    await harness.pass(59);
    expect(ran).toEqual([]);
    await harness.pass(1);
    expect(ran).toEqual([["later", 60]]);
  });

  test("goes on after a restart in the middle", async () => {
    await start({ debounce: { period: "10s", timeout: "25s" } });
    await send("a1");
    await harness.pass(9);
    await send("a2");
    await harness.crashAndRestart();
    await harness.pass(9);
    await send("a3");
    await harness.crashAndRestart();
    await harness.pass(6.999);
    expect(ran).toEqual([]);
    await harness.pass(0.001);
    expect(ran).toEqual([["a3", 25]]);
  });

  test("starts its run once after downtime, at once", async () => {
    await start({ debounce: { period: "10s" } });
    await send("a1");
    await send("a2");
    await harness.downFor(3_600_000);
    await harness.settle();
    expect(ran).toEqual([["a2", 3_600]]);
    await harness.crashAndRestart();
    await harness.pass(3_600);
    expect(ran).toHaveLength(1);
  });

  test("loses nothing when an event comes in the very moment in which it is due", async () => {
    await start({ debounce: { period: "10s" } });
    const accept = (name: string) =>
      harness.commands.acceptEvents([{ name: "go", data: { name }, user: {} }]);
    await send("a1");
    // All in one turn, so that neither knows of the other by way of the disk.
    harness.clock.advanceMs(9_000);
    const before = accept("a2");
    harness.clock.advanceMs(1_000);
    await before;
    await harness.settle();
    expect(ran).toEqual([]);
    harness.clock.advanceMs(9_000);
    await accept("a3");
    await harness.settle();
    expect(ran).toEqual([["a2", 19]]);
    await harness.pass(10);
    expect(ran).toEqual([
      ["a2", 19],
      ["a3", 29],
    ]);
  });

  test("keeps a run that it started when its app is down", async () => {
    await start({ debounce: { period: "10s" } });
    harness.isAppDown = true;
    const id = await send("a");
    await harness.pass(10);
    harness.isAppDown = false;
    await harness.advanceUntil(() => ran.length === 1);
    expect(await harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
  });

  test("starts an event id once, and is not disturbed by one that has started its run", async () => {
    await start({ debounce: { period: "10s" } });
    await send("a1", { id: "one" });
    await send("a2", { id: "one" });
    await harness.pass(10);
    await send("b");
    await harness.pass(5);
    await send("again", { id: "one" });
    await harness.pass(5);
    expect(ran).toEqual([
      ["a2", 10],
      ["b", 20],
    ]);
  });
});

test("one event id starts one run, also when it is held for two keys", async () => {
  await start({ debounce: { period: "10s", key: "event.data.key" } });
  await send("a", { id: "one" });
  await send("b", { id: "one" });
  await harness.pass(10);
  expect(ran).toHaveLength(1);
});

describe("debounce with other flow control", () => {
  test("comes after the rate limit: what that stops takes nobody's place, and the run is not asked again", async () => {
    await start({ debounce: { period: "10s" }, rateLimit: { limit: 1, period: "1m" } });
    await send("a1");
    await send("a2");
    await harness.pass(10);
    expect(ran).toEqual([["a1", 10]]);
  });

  test("comes before the singleton", async () => {
    await start({ debounce: { period: "10s" }, singleton: { mode: "skip" }, throttle: SLOW });
    await send("a");
    await harness.pass(10);
    await send("b");
    await harness.pass(10);
    const third = await send("c");
    await harness.pass(10);
    expect(await harness.runsOf(third)).toMatchObject([{ status: "Skipped" }]);
    await harness.pass(60);
    expect(ran).toEqual([
      ["a", 10],
      ["b", 70],
    ]);
  });

  test("holds a schedule's event as any other", async () => {
    await start({ debounce: { period: "7d" } });
    const newYearMs = Date.UTC(new Date(beganAtMs).getUTCFullYear() + 1, 0, 1);
    harness.clock.advanceMs(newYearMs - harness.clock.nowMs());
    await harness.settle();
    expect(ran).toEqual([]);
    harness.clock.advanceMs(7 * 86_400_000);
    await harness.settle();
    expect(ran).toHaveLength(1);
  });
});

const SLOW = { limit: 1, period: "1m" } as const;

describe("an invocation of a debounced function", () => {
  const invoking =
    (
      debounce: NonNullable<Options["debounce"]>,
      options: Options = {},
    ): HarnessOptions["functions"] =>
    (inngest) => {
      const [child] = settled({ debounce, ...options })(inngest);
      if (!child) throw new Error("there is one");
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "call" }] },
        ({ event, step }) =>
          step.invoke("child", { function: child, data: event.data }).catch(String),
      );
      return [child, parent];
    };
  const tenSeconds = invoking({ period: "10s" });

  async function call(name: string): Promise<string> {
    const id = await harness.send({ name: "call", data: { name } });
    await harness.settle();
    return id;
  }

  test("is answered by the run that comes of it; one that was replaced is told so at once", async () => {
    await open(tenSeconds);
    const first = await call("first");
    await harness.pass(5);
    const second = await call("second");
    expect(await harness.runsOf(first)).toMatchObject([
      { status: "Completed", output: expect.stringContaining("a newer event took the place") },
    ]);
    expect(await harness.runsOf(second)).toMatchObject([{ status: "Running" }]);
    await harness.crashAndRestart();
    await harness.pass(10);
    expect(await harness.runsOf(second)).toMatchObject([{ output: '"second"' }]);
  });

  test("is told when a newer event is there already", async () => {
    await open(tenSeconds);
    await send("later", { ts: harness.clock.nowMs() + 1_000 });
    const [run] = await harness.runToEnd({ name: "call", data: { name: "late" } });
    expect(run?.output).toContain("a newer event is there already");
  });

  test("is told when a singleton skips the run that would come of it", async () => {
    await open(invoking({ period: "10s" }, { singleton: { mode: "skip" }, throttle: SLOW }));
    await send("first");
    await harness.pass(10);
    await send("waits for the throttle");
    await harness.pass(10);
    const id = await call("skipped");
    await harness.pass(10);
    expect((await harness.runsOf(id))[0]?.output).toContain("invoked function was skipped");
  });

  test("is told when its event is no longer kept", async () => {
    await open(tenSeconds);
    const id = await call("first");
    db.query("DELETE FROM events WHERE name = 'inngest/function.invoked'").run();
    await harness.pass(10);
    expect((await harness.runsOf(id))[0]?.output).toContain("its event is no longer kept");
  });

  test("is answered when its function has a problem by then", async () => {
    await open(tenSeconds);
    const id = await call("first");
    await deploy(invoking({ period: "10s", key: "event.data.(" }));
    await harness.pass(10);
    const [run] = await harness.runsOf(id);
    expect(run?.output).toContain("The function cannot run here: The key of its debounce");
  });

  test("by a person or a program starts at once, because it is answered with the run's id", async () => {
    await open(tenSeconds);
    beganAtMs = harness.clock.nowMs();
    await send("held");
    await harness.commands.invoke({ slug: "app-settled", data: { name: "asked" } });
    await harness.settle();
    expect(ran).toEqual([["asked", 0]]);
    await harness.pass(10);
    expect(ran).toEqual([
      ["asked", 0],
      ["held", 10],
    ]);
  });
});

describe("a function that registers anew while it holds an event", () => {
  test("has it in time when its option is the same", async () => {
    await start({ debounce: { period: "10s" } });
    await send("a");
    await deploy(settled({ debounce: { period: "10s" }, retries: 1 }));
    expect(ran).toEqual([]);
    await harness.pass(10);
    expect(ran).toEqual([["a", 10]]);
  });

  test.each<[string, Options]>([
    ["is gone", {}],
    ["has another period", { debounce: { period: "1h" } }],
    ["has another key", { debounce: { period: "10s", key: "event.data.name" } }],
  ])("has it at once, and only once, when its option %s", async (_, options) => {
    await start({ debounce: { period: "10s" } });
    const id = await send("a");
    await deploy(settled(options));
    await harness.settle();
    expect(ran).toEqual([["a", 0]]);
    await harness.pass(3_600);
    expect(await harness.runsOf(id)).toHaveLength(1);
  });

  test("starts a failing run for it when it has a problem by then, and the event can be rerun", async () => {
    await start({ debounce: { period: "10s" } });
    const id = await send("a");
    await deploy(settled({ debounce: { period: "1h" }, priority: BAD }));
    expect(await harness.runsOf(id)).toEqual([]);
    await harness.pass(10);
    const [failed] = await harness.runsOf(id);
    expect(failed).toMatchObject({
      status: "Failed",
      output: expect.stringContaining("The function cannot run here: Its priority"),
    });
    await deploy(settled({ debounce: { period: "10s" } }));
    await harness.commands.rerun(failed?.id ?? "");
    await harness.settle();
    expect(ran).toEqual([["a", 10]]);
  });

  test("and is gone starts its run in time, which the app then refuses", async () => {
    await start({ debounce: { period: "10s" }, retries: 0 });
    const id = await send("a");
    await deploy((inngest) => [
      inngest.createFunction({ id: "other", triggers: [{ event: "x" }] }, () => 1),
    ]);
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Failed");
    expect(ran).toEqual([]);
  });
});

const BAD = { run: "event.data.(" };
