// What the engine tells of itself while runs go on, with the official SDK on virtual time.

import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inngest } from "inngest";
import type { Frame } from "../../src/runtime/realtime/hub.ts";
import { openDatabase } from "../../src/store/database.ts";
import { EngineHarness, type HarnessOptions } from "../engine-harness.ts";

interface Told {
  readonly kind: string;
  readonly channel: string;
  readonly topic: string;
  readonly run_id?: string;
  readonly fn_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let engine: EngineHarness;
let told: Told[];
let path: string;
beforeEach(() => {
  told = [];
  path = mkdtempSync(join(tmpdir(), "engine-"));
});
afterEach(async () => {
  await engine.stop();
  rmSync(path, { recursive: true });
});

const TOPICS = ["$run", "$step", "$event"];

/** Listens at the hub: what sockets would be sent. */
function listen(channel: string, topics = TOPICS): () => void {
  return engine.realtime.hub.subscribe(
    {
      waitingBytes: 0,
      deliver: (frames: readonly Frame[]) => told.push(...frames.map((it) => JSON.parse(`${it}`))),
      keepAlive: () => {},
      close: () => {},
    },
    topics.map((name) => ({ channel, name })),
  );
}

const outline = () =>
  told.map(({ kind, data }) =>
    kind === "event" ? `event ${data["name"]}` : `${kind} ${data["name"] ?? ""} ${data["status"]}`,
  );

async function start(options: Partial<HarnessOptions> = {}): Promise<void> {
  engine = new EngineHarness({
    retryIntervalMs: 1_000,
    storage: { kind: "directory", path },
    functions: (inngest) => [greet(inngest)],
    ...options,
  });
  await engine.sync();
}

function greet(inngest: Inngest) {
  let tries = 0;
  return inngest.createFunction(
    { id: "greet", triggers: [{ event: "greet" }] },
    async ({ step }) => {
      const name = await step.run("find-name", () => {
        tries += 1;
        if (tries === 1) throw new Error("not yet");
        return "Ada";
      });
      await step.sleep("nap", "30s");
      return { greeting: `hello ${name}` };
    },
  );
}

describe("to those who listen to all runs", () => {
  test("the engine tells of events, runs and steps, in the order in which they happened", async () => {
    await start();
    listen("$engine");
    await engine.runToEnd({ name: "greet" });
    expect(outline()).toEqual([
      "event greet",
      "run  QUEUED",
      "run  RUNNING",
      "step find-name ATTEMPT_FAILED",
      "step find-name COMPLETED",
      "step nap OPEN",
      "step  COMPLETED",
      "run  COMPLETED",
      "event inngest/function.finished",
    ]);
  });

  test("it tells which run, function and event, and no results", async () => {
    await start();
    listen("$engine", ["$run"]);
    const [run] = await engine.runToEnd({ name: "greet" });
    const ended = told.at(-1);
    expect(ended).toMatchObject({
      kind: "run",
      channel: "$engine",
      topic: "$run",
      run_id: run?.id,
      fn_id: run?.functionId,
    });
    expect(Object.keys(ended?.data ?? {})).toEqual(["runId", "functionId", "eventId", "status"]);
  });

  test("only the topics that they asked for are sent", async () => {
    await start();
    listen("$engine", ["$event"]);
    await engine.runToEnd({ name: "greet" });
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(["event"]));
  });

  test("a cancelled run and a skipped one are told", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "one", triggers: [{ event: "one" }], singleton: { mode: "skip" } },
          ({ step }) => step.sleep("nap", "30s"),
        ),
      ],
    });
    listen("$engine", ["$run"]);
    const eventId = await engine.send({ name: "one" });
    await engine.settle();
    await engine.send({ name: "one" });
    const [run] = await engine.runsOf(eventId);
    await engine.commands.cancelRun(run?.id ?? "");
    await engine.settle();
    expect(outline()).toEqual(["run  QUEUED", "run  RUNNING", "run  SKIPPED", "run  CANCELLED"]);
  });
});

describe("to those who listen to one run", () => {
  async function startAndListen(functions?: HarnessOptions["functions"]): Promise<string> {
    await start(functions ? { functions } : {});
    const eventId = await engine.send({ name: "greet" });
    await engine.settle();
    const [run] = await engine.runsOf(eventId);
    listen(run?.id ?? "");
    // Another run of the same function, of which they hear nothing.
    await engine.send({ name: "greet" });
    await engine.advanceUntil(async () =>
      ["Completed", "Failed"].includes((await engine.runsOf(eventId))[0]?.status ?? ""),
    );
    await engine.settle();
    return run?.id ?? "";
  }

  test("its steps and its result are told, and nothing of others", async () => {
    const runId = await startAndListen();
    expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set([runId]));
    expect(told.at(-1)).toMatchObject({
      kind: "run",
      data: { status: "COMPLETED", output: { greeting: "hello Ada" } },
    });
  });

  test("a failed one's error is told", async () => {
    await startAndListen((inngest) => [
      inngest.createFunction(
        { id: "greet", triggers: [{ event: "greet" }], retries: 1 },
        async () => {
          throw new TypeError("no greeting");
        },
      ),
    ]);
    expect(told.at(-1)?.data).toMatchObject({
      status: "FAILED",
      error: { name: "TypeError", message: "no greeting" },
    });
  });

  test("a result of more than 512 KB is left for them to ask for", async () => {
    await startAndListen((inngest) => [
      inngest.createFunction({ id: "greet", triggers: [{ event: "greet" }] }, async ({ step }) => {
        await step.sleep("nap", "30s");
        return "x".repeat(600_000);
      }),
    ]);
    expect(told.at(-1)?.data).toMatchObject({ status: "COMPLETED" });
    expect(told.at(-1)?.data).not.toHaveProperty("output");
  });
});

test("what the disk refused is not told", async () => {
  let db: Database | undefined;
  await start({
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
  });
  listen("$engine");
  const pages = db?.query<{ page_count: number }, []>("PRAGMA page_count").get();
  db?.exec(`PRAGMA max_page_count = ${(pages?.page_count ?? 0) + 2}`);
  const data = { large: "x".repeat(200_000) };
  const events = [{}, data].map((it) => ({ name: "greet", data: it, user: {} }));
  // The first of them was written when the second found no room.
  await expect(engine.commands.acceptEvents(events)).rejects.toThrow("could not be written");
  await engine.settle();
  expect(told).toEqual([]);
  db?.exec("PRAGMA max_page_count = 1000000");
  await engine.send({ name: "greet" });
  await engine.settle();
  expect(outline().slice(0, 2)).toEqual(["event greet", "run  QUEUED"]);
});

test("after a crash those who listen again are told how the run goes on", async () => {
  await start();
  const eventId = await engine.send({ name: "greet" });
  await engine.settle();
  await engine.crashAndRestart();
  listen("$engine");
  await engine.advanceUntil(async () => (await engine.runsOf(eventId))[0]?.status === "Completed");
  await engine.settle();
  expect(outline()).toContain("run  COMPLETED");
});

test("nothing is told, and no timer is set, once they have left", async () => {
  await start();
  const leave = listen("$engine");
  leave();
  await engine.runToEnd({ name: "greet" });
  expect(told).toEqual([]);
});
