import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InngestFunction } from "inngest";
import { openDatabase } from "../src/store/database.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

type Options = Omit<InngestFunction.Options, "id" | "triggers">;

interface Named {
  readonly data: { readonly name: string };
}

interface Batch {
  readonly names: readonly string[];
  readonly first: string;
  readonly atSeconds: number;
}

let harness: EngineHarness;
let db: Database;
let path: string;
let beganAtMs: number;
/** What each run was given, at its first call. */
let ran: Batch[];

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

const gathering =
  (options: Options): HarnessOptions["functions"] =>
  (inngest) => [
    inngest.createFunction(
      { id: "gather", triggers: [{ event: "go" }], ...options },
      async ({ event, events, step }) => {
        const names = events.map((one: Named) => one.data.name);
        await step.run("look", () => {
          const atSeconds = (harness.clock.nowMs() - beganAtMs) / 1_000;
          ran.push({ names, first: event.data.name, atSeconds });
        });
        await step.sleep("nap", "1s");
        return names;
      },
    ),
  ];

async function start(options: Options): Promise<void> {
  await open(gathering(options));
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

/** The batches that have become runs, by the names of their events. */
const batches = () => ran.map(({ names }) => names.join(" "));

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  ran = [];
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

const THREE = { maxSize: 3, timeout: "10s" } as const;

describe("batchEvents", () => {
  test("starts one run with all events when there are enough, without waiting", async () => {
    await start({ batchEvents: THREE });
    for (const name of ["a", "b", "c", "d"]) await send(name);
    expect(ran).toEqual([{ names: ["a", "b", "c"], first: "a", atSeconds: 0 }]);
    await harness.pass(60);
    expect(ran[1]).toEqual({ names: ["d"], first: "d", atSeconds: 10 });
    expect(ran).toHaveLength(2);
  });

  test("starts it when its time is over, counted from the first event", async () => {
    await start({ batchEvents: THREE });
    await send("a");
    await harness.pass(6);
    await send("b");
    await harness.pass(3.999);
    expect(ran).toEqual([]);
    await harness.pass(0.001);
    expect(ran).toEqual([{ names: ["a", "b"], first: "a", atSeconds: 10 }]);
  });

  test("fills several batches from one request, in order", async () => {
    await start({ batchEvents: THREE });
    const events = Array.from({ length: 7 }, (_, index) => ({
      name: "go",
      data: { name: `${index}` },
    }));
    await harness.request("/e/test-key", { method: "POST", body: JSON.stringify(events) });
    await harness.pass(60);
    expect(batches()).toEqual(["0 1 2", "3 4 5", "6"]);
  });

  test("starts it when it has 10 MiB, and the SDK fetches what a call cannot carry", async () => {
    await start({ batchEvents: { maxSize: 100, timeout: "10s" } });
    // The most that one event may have, so that the 21st is above.
    const filling = "x".repeat(520_000);
    const names = Array.from({ length: 21 }, (_, index) => `${index}`);
    for (const name of names.slice(1)) await send(name, { data: { name, filling } });
    expect(ran).toEqual([]);
    const id = await send("0", { data: { name: "0", filling } });
    await harness.pass(2);
    expect(ran.map((batch) => batch.names)).toEqual([[...names.slice(1), "0"]]);
    expect(await harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
  });

  test("fills a batch for each key; events that lack the key are batched together", async () => {
    await start({ batchEvents: { ...THREE, key: "event.data.key" } });
    for (const name of ["a1", "b1", "a2", "a3"]) await send(name);
    await send("none", { data: { name: "none" } });
    await send("false", { data: { name: "false", key: false } });
    expect(batches()).toEqual(["a1 a2 a3"]);
    await harness.pass(60);
    expect(batches().toSorted()).toEqual(["a1 a2 a3", "b1", "none false"]);
  });

  test("lets an event go alone, at once, of which its condition is not true or makes no sense", async () => {
    await start({ batchEvents: { ...THREE, if: "event.data.size < 5" } });
    await send("small", { data: { name: "small", size: 1 } });
    await send("large", { data: { name: "large", size: 9 } });
    await send("odd", { data: { name: "odd", size: "many" } });
    expect(batches()).toEqual(["large", "odd"]);
    await harness.pass(10);
    expect(batches()).toEqual(["large", "odd", "small"]);
  });

  test("does not wait for events of the future", async () => {
    await start({ batchEvents: THREE });
    await send("later", { ts: beganAtMs + 3_600_000 });
    await harness.pass(10);
    expect(batches()).toEqual(["later"]);
  });

  test("goes on after restarts in the middle", async () => {
    await start({ batchEvents: THREE });
    await send("a");
    await harness.crashAndRestart();
    await send("b");
    await harness.crashAndRestart();
    await harness.settle();
    await send("c");
    await harness.crashAndRestart();
    const d = await send("d");
    await harness.pass(9);
    await harness.crashAndRestart();
    await harness.pass(3);
    expect(batches()).toEqual(["a b c", "d"]);
    expect(await harness.runsOf(d)).toMatchObject([{ status: "Completed", output: '["d"]' }]);
  });

  test("starts its run once after downtime, at once", async () => {
    await start({ batchEvents: THREE });
    await send("a");
    await send("b");
    await harness.downFor(3_600_000);
    await harness.settle();
    expect(ran).toEqual([{ names: ["a", "b"], first: "a", atSeconds: 3_600 }]);
    await harness.crashAndRestart();
    await harness.pass(60);
    expect(ran).toHaveLength(1);
  });

  test("loses nothing when the batch fills up in the very moment in which its time is over", async () => {
    await start({ batchEvents: THREE });
    await send("a");
    await send("b");
    const accept = (name: string) =>
      harness.commands.acceptEvents([{ name: "go", data: { name }, user: {} }]);
    harness.clock.advanceMs(9_999);
    const filled = [accept("c"), accept("d")];
    harness.clock.advanceMs(1);
    await Promise.all(filled);
    await harness.settle();
    expect(batches()).toEqual(["a b c"]);
    harness.clock.advanceMs(9_999);
    await accept("e");
    await harness.settle();
    expect(batches()).toEqual(["a b c", "d"]);
    await harness.pass(60);
    expect(batches()).toEqual(["a b c", "d", "e"]);
  });

  test("takes each event id once, in an open batch and after its run", async () => {
    await start({ batchEvents: { ...THREE, key: "event.data.key" } });
    await send("a1", { id: "one" });
    await send("a2", { id: "one" });
    await send("b", { id: "one" });
    await send("a3", { id: "two" });
    await harness.crashAndRestart();
    await harness.pass(20);
    const query = "SELECT DISTINCT key.run_id FROM event_keys AS key JOIN runs ON id = key.run_id";
    expect(db.query(query).all()).toHaveLength(1);
    expect(db.query("SELECT DISTINCT run_id FROM event_keys").all()).toHaveLength(1);
    await send("a4", { id: "two" });
    await harness.pass(60);
    expect(batches()).toEqual(["a1 a3"]);
    await harness.pass(86_400);
    await send("a5", { id: "two" });
    await harness.pass(60);
    expect(batches()).toEqual(["a1 a3", "a5"]);
  });
});

describe("a batch's run", () => {
  test("is that of each of its events, in every list, and can be rerun as a whole", async () => {
    await start({ batchEvents: THREE });
    const ids = [await send("a"), await send("b"), await send("c")];
    await harness.pass(2);
    const [run] = await harness.runsOf(ids[0] ?? "");
    const runId = run?.id ?? "";
    for (const id of ids) {
      expect((await harness.runsOf(id)).map((found) => found.id)).toEqual([runId]);
      expect(await json(`/api/v2/events/${id}/runs`)).toMatchObject({ data: [{ id: runId }] });
    }
    const trigger = { eventIds: ids };
    expect(await json(`/api/v2/runs/${runId}`)).toMatchObject({ data: { trigger } });
    expect(await json("/api/v2/runs")).toMatchObject({ data: [{ id: runId, trigger }] });
    expect(await json(`/v0/runs/${runId}/batch`)).toMatchObject(
      ids.map((id) => expect.objectContaining({ id })) as never,
    );

    const rerunId = await harness.commands.rerun(runId);
    await harness.pass(2);
    expect(batches()).toEqual(["a b c", "a b c"]);
    expect((await harness.runsOf(ids[2] ?? "")).map(({ id }) => id)).toEqual([rerunId, runId]);
    expect(await json(`/api/v2/runs/${rerunId}`)).toMatchObject({ data: { trigger } });
  });

  test("pages through the runs of an event", async () => {
    await start({ batchEvents: THREE });
    const id = await send("a");
    await harness.pass(12);
    const [run] = await harness.runsOf(id);
    const runIds = [run?.id, await harness.commands.rerun(run?.id ?? "")].reverse();
    const page = { limit: 1, withOutput: false };
    const first = harness.reads.loadRunsOfEvent(id, { ...page, after: null });
    const second = harness.reads.loadRunsOfEvent(id, { ...page, after: runIds[0] ?? null });
    expect([...first, ...second].map((found) => found.id)).toEqual(runIds as string[]);
  });

  test("tells of all its events when it ends, well or badly", async () => {
    const ends: unknown[] = [];
    await open((inngest) => [
      inngest.createFunction(
        {
          id: "gather",
          retries: 0,
          batchEvents: { ...THREE, maxSize: 2 },
          triggers: [{ event: "go" }],
          onFailure: ({ event }) => ends.push(["onFailure", endOf(event.data)]),
        },
        ({ event }) => {
          if (event.data.name === "bad") throw new Error("bad");
        },
      ),
      inngest.createFunction(
        { id: "watch", triggers: [{ event: "inngest/function.finished" }] },
        ({ event }) => ends.push(["finished", endOf(event.data)]),
      ),
    ]);
    for (const name of ["a", "b", "bad", "c"]) await send(name);
    await harness.settle();
    expect(ends.toSorted()).toEqual([
      ["finished", ["a", "a", "b"]],
      ["finished", ["bad", "bad", "c"]],
      ["onFailure", ["bad", "bad", "c"]],
    ]);
  });

  test("is not told of its own end, whatever else is in the batch", async () => {
    await open((inngest) => [
      inngest.createFunction(
        {
          id: "gather",
          batchEvents: { ...THREE, maxSize: 2 },
          triggers: [{ event: "go" }, { event: "inngest/function.finished" }],
        },
        ({ events }) =>
          ran.push({
            names: events.map((one: { name: string }) => one.name),
            first: "",
            atSeconds: 0,
          }),
      ),
      inngest.createFunction({ id: "other", triggers: [{ event: "other" }] }, () => 1),
    ]);
    await send("a");
    await harness.send({ name: "other" });
    await harness.pass(3_600);
    expect(batches()).toEqual(["go inngest/function.finished"]);
  });

  test("has no timeouts, but the run of a single event beside it has", async () => {
    await start({
      batchEvents: { maxSize: 2, timeout: "10s", if: "event.data.name != 'single'" },
      timeouts: { start: "5s", finish: "500ms" as "1s" },
      throttle: { limit: 6, period: "1m" },
    });
    const tooSlow = await send("single");
    const batched = [await send("a"), await send("b")];
    const tooLate = await send("single");
    await harness.pass(30);
    for (const id of [tooSlow, tooLate]) {
      expect(await harness.runsOf(id)).toMatchObject([{ status: "Cancelled" }]);
    }
    for (const id of batched) {
      expect(await harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
    }
    expect(batches()).toEqual(["single", "a b"]);
  });

  test("is not rate limited, but throttled and held to its concurrency by its first event's keys", async () => {
    await start({
      batchEvents: { ...THREE, maxSize: 2, key: "event.data.key" },
      rateLimit: { limit: 1, period: "1h" },
      throttle: { limit: 6, period: "1m", key: "event.data.key" },
      concurrency: { limit: 1, key: "event.data.key" },
    });
    for (const name of ["a1", "a2", "b1", "b2", "a3", "a4"]) await send(name);
    await harness.pass(60);
    expect(ran.map(({ names, atSeconds }) => [names.join(" "), atSeconds])).toEqual([
      ["a1 a2", 0],
      ["b1 b2", 0],
      ["a3 a4", 10],
    ]);
  });
});

function endOf({ event, events = [] }: { event: Named; events?: readonly Named[] }): string[] {
  return [event.data.name, ...events.map(({ data }) => data.name)];
}

async function json(url: string): Promise<unknown> {
  return (await harness.request(url)).json();
}

describe("an invocation of a batched function", () => {
  const invoking =
    (options: Options): HarnessOptions["functions"] =>
    (inngest) => {
      const [child] = gathering(options)(inngest);
      if (!child) throw new Error("there is one");
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "call" }] },
        ({ event, step }) =>
          step.invoke("child", { function: child, data: event.data }).catch(String),
      );
      return [child, parent];
    };

  async function call(name: string): Promise<string> {
    const id = await harness.send({ name: "call", data: { name } });
    await harness.settle();
    return id;
  }

  test("is in the batch, and each invoker is answered by its run", async () => {
    await open(invoking({ batchEvents: THREE }));
    const calls = [await call("x"), await call("y")];
    await send("a");
    await harness.crashAndRestart();
    await harness.pass(2);
    for (const id of calls) {
      expect(await harness.runsOf(id)).toMatchObject([{ output: '["x","y","a"]' }]);
    }
  });

  test("is answered when its function has a problem by then, or is gone", async () => {
    await open(invoking({ batchEvents: THREE }));
    const id = await call("x");
    await deploy(invoking({ batchEvents: { ...THREE, maxSize: 1 } }));
    await harness.pass(10);
    expect((await harness.runsOf(id))[0]?.output).toContain(
      "The function cannot run here: The maxSize 1",
    );
  });

  test("by a person or a program starts at once, alone", async () => {
    await open(invoking({ batchEvents: THREE }));
    await send("a");
    const asked = { slug: "app-gather", data: { name: "asked" }, idempotencyKey: "key" };
    const runId = await harness.commands.invoke(asked);
    expect(await harness.commands.invoke(asked)).toBe(runId);
    await harness.settle();
    expect(batches()).toEqual(["asked"]);
    await harness.pass(10);
    expect(batches()).toEqual(["asked", "a"]);
  });
});

describe("a function that registers anew while its batch is open", () => {
  test("fills it up when its option is the same", async () => {
    await start({ batchEvents: THREE });
    await send("a");
    await deploy(gathering({ batchEvents: THREE, retries: 1 }));
    await send("b");
    await send("c");
    expect(batches()).toEqual(["a b c"]);
  });

  test.each<[string, Options]>([
    ["is gone", {}],
    ["has another size", { batchEvents: { maxSize: 2, timeout: "10s" } }],
    ["has another key", { batchEvents: { ...THREE, key: "event.data.name" } }],
  ])("starts its run at once when its option %s", async (_, options) => {
    await start({ batchEvents: THREE });
    const ids = [await send("a"), await send("b")];
    await deploy(gathering(options));
    expect(batches()).toEqual(["a b"]);
    await harness.pass(60);
    for (const id of ids) expect(await harness.runsOf(id)).toHaveLength(1);
  });

  test("starts a failing run for it when it has a problem by then", async () => {
    await start({ batchEvents: THREE });
    const id = await send("a");
    await deploy(gathering({ batchEvents: THREE, singleton: { mode: "skip" } }));
    await harness.pass(10);
    expect(await harness.runsOf(id)).toMatchObject([
      { status: "Failed", output: expect.stringContaining("cannot be combined with singleton") },
    ]);
  });

  test("and is gone starts its run in time, which the app then refuses", async () => {
    await start({ batchEvents: THREE, retries: 0 });
    const id = await send("a");
    await deploy((inngest) => [
      inngest.createFunction({ id: "other", triggers: [{ event: "x" }] }, () => 1),
    ]);
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Failed");
    expect(ran).toEqual([]);
  });
});
