// Pausing functions and resuming them, by the API and with the real SDK. The invariants are those of
// `src/runtime/apps/function-pauses.ts`.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { referenceFunction } from "inngest";
import { EngineHarness } from "./engine-harness.ts";

let engine: EngineHarness;
let path: string;
const ran: string[] = [];

beforeEach(async () => {
  ran.length = 0;
  path = mkdtempSync(join(tmpdir(), "engine-"));
  engine = new EngineHarness({
    storage: { kind: "directory", path },
    functions: (inngest) => [
      inngest.createFunction(
        { id: "main", triggers: [{ event: "go" }], concurrency: 1 },
        async ({ step, event }) => {
          await step.run("first", () => ran.push(`${event.data.n} first`));
          await step.sleep("nap", "1h");
          return step.run("second", () => ran.push(`${event.data.n} second`));
        },
      ),
      inngest.createFunction({ id: "other", triggers: [{ event: "go" }] }, () => "other"),
      inngest.createFunction({ id: "timed", triggers: [{ cron: "*/10 * * * *" }] }, () => "timed"),
      inngest.createFunction(
        { id: "calmed", triggers: [{ event: "type" }], debounce: { period: "10s" } },
        () => "calmed",
      ),
      inngest.createFunction(
        {
          id: "grouped",
          triggers: [{ event: "item" }],
          batchEvents: { maxSize: 10, timeout: "10s" },
        },
        ({ events }) => events.length,
      ),
      inngest.createFunction({ id: "parent", triggers: [{ event: "call" }] }, ({ step }) =>
        step
          .invoke("child", { function: referenceFunction({ functionId: "main" }), data: {} })
          .catch((error: Error) => error.message),
      ),
    ],
  });
  await engine.sync();
});
afterEach(async () => {
  await engine.stop();
  rmSync(path, { recursive: true });
});

async function ask(verb: "pause" | "resume", fn = "main", body: object = {}): Promise<void> {
  const init = { method: "POST", body: JSON.stringify(body) };
  const response = await engine.request(`/api/v2/apps/app/functions/${fn}/${verb}`, init);
  expect(response.status).toBe(200);
}

const send = (n: number) => engine.send({ name: "go", data: { n } });

async function statusOf(eventId: string, slug = "app-main"): Promise<string | undefined> {
  const functions = engine.reads.loadFunctions();
  const id = functions.find(({ config }) => config.slug === slug)?.id;
  return (await engine.runsOf(eventId)).find(({ functionId }) => functionId === id)?.status;
}

const HOUR_MS = 3_600_000;

async function passHours(count: number): Promise<void> {
  const untilMs = engine.clock.nowMs() + count * HOUR_MS;
  await engine.advanceUntil(() => engine.clock.nowMs() >= untilMs);
}

function cronRuns(): readonly string[] {
  const fn = engine.reads.loadFunctions().find(({ config }) => config.slug === "app-timed");
  return engine.reads
    .loadRuns({
      timeField: "queuedAt",
      fromMs: null,
      untilMs: null,
      order: "ASC",
      statuses: null,
      functionIds: [fn?.id ?? ""],
      after: null,
      limit: 100,
      withOutput: false,
    })
    .map(({ status }) => status);
}

describe("a paused function", () => {
  test("starts no run of an event, which is recorded as skipped and starts other functions (U1)", async () => {
    await ask("pause");
    const id = await send(1);
    await engine.settle();
    expect(await statusOf(id)).toBe("Skipped");
    expect(await statusOf(id, "app-other")).toBe("Completed");
    expect(ran).toEqual([]);
  });

  test("starts runs of later events once it is resumed; those of before can be run again", async () => {
    await ask("pause");
    const missed = await send(1);
    await ask("resume");
    await send(2);
    await engine.settle();
    expect(ran).toEqual(["2 first"]);

    const [run] = (await engine.runsOf(missed)).filter(({ status }) => status === "Skipped");
    const response = await engine.request(`/api/v2/runs/${run?.id}/rerun`, { method: "POST" });
    expect(response.status).toBe(200);
    await engine.settle();
    expect(ran).toEqual(["2 first", "1 first"]);
  });

  test("skips its schedule while it is paused, and catches nothing up", async () => {
    await ask("pause", "timed");
    await passHours(1);
    const missed = cronRuns();
    expect(missed.length).toBeGreaterThanOrEqual(6);
    expect(new Set(missed)).toEqual(new Set(["SKIPPED"]));
    await ask("resume", "timed");
    await engine.settle();
    expect(cronRuns()).toEqual(missed);
    await engine.advanceUntil(() => cronRuns().includes("COMPLETED"));
    expect(cronRuns()).toHaveLength(missed.length + 1);
  });

  test.each([
    ["type", "calmed", '"calmed"'],
    ["item", "grouped", "1"],
  ])("skips what was held of %p when its time comes", async (name, fn, output) => {
    const id = await engine.send({ name });
    await engine.settle();
    await ask("pause", fn);
    engine.clock.advanceMs(60_000);
    await engine.settle();
    expect(await statusOf(id, `app-${fn}`)).toBe("Skipped");

    await ask("resume", fn);
    const [run] = await engine.runsOf(id);
    await engine.request(`/api/v2/runs/${run?.id}/rerun`, { method: "POST" });
    await engine.settle();
    expect((await engine.runsOf(id))[0]).toMatchObject({ status: "Completed", output });
  });

  test("can be neither invoked nor run again, and says so", async () => {
    const id = await send(1);
    await engine.settle();
    const [run] = (await engine.runsOf(id)).filter(({ status }) => status === "Running");
    await ask("pause");
    const paths = [`/api/v2/runs/${run?.id}/rerun`, "/api/v2/apps/app/functions/main/invoke"];
    for (const asked of paths) {
      const response = await engine.request(asked, { method: "POST" });
      expect(response.status).toBe(409);
      expect(await response.json()).toEqual({
        errors: [{ code: "function_paused", message: 'Function "app-main" is paused. Resume it.' }],
      });
    }
  });

  test("fails the step that invokes it", async () => {
    await ask("pause");
    const [run] = await engine.runToEnd({ name: "call" });
    expect(run).toMatchObject({ status: "Completed", output: '"invoked function is paused"' });
  });

  test("stays paused over a restart and a sync (U3)", async () => {
    await ask("pause");
    await engine.crashAndRestart();
    // So that the sync writes the function anew: one that changes nothing writes nothing.
    await engine.commands.removeApp("http://app.test/api/inngest");
    await engine.sync();
    const id = await send(1);
    await engine.settle();
    expect(await statusOf(id)).toBe("Skipped");
    const response = await engine.request("/api/v2/apps/app/functions/main");
    expect(await response.json()).toMatchObject({
      data: { pause: { pausedAt: expect.any(String), holdsRuns: true } },
    });
    await ask("resume");
    const after = await engine.request("/api/v2/apps/app/functions/main");
    expect(JSON.stringify(await after.json())).not.toContain("pause");
  });
});

test("an event id that a paused function has skipped runs nothing when it comes again", async () => {
  await ask("pause");
  await engine.send({ name: "go", id: "once", data: { n: 1 } });
  await ask("resume");
  await engine.send({ name: "go", id: "once", data: { n: 1 } });
  await engine.settle();
  expect(ran).toEqual([]);
});

describe("the runs of a function that is paused", () => {
  test("wait until it is resumed, over restarts, and then go on (U2)", async () => {
    const id = await send(1);
    await engine.settle();
    await ask("pause");
    await passHours(2);
    expect(ran).toEqual(["1 first"]);
    expect(await statusOf(id)).toBe("Running");
    await engine.crashAndRestart();
    await passHours(1);
    expect(ran).toEqual(["1 first"]);

    await ask("resume");
    await engine.settle();
    expect(ran).toEqual(["1 first", "1 second"]);
    expect(await statusOf(id)).toBe("Completed");
  });

  test("that wait to be tried again are tried when they are due, not before", async () => {
    const id = await send(1);
    await engine.settle();
    await ask("pause");
    await ask("resume");
    await engine.settle();
    expect(ran).toEqual(["1 first"]);
    await engine.advanceUntil(async () => (await statusOf(id)) === "Completed");
  });

  test("hold no place within a concurrency limit", async () => {
    await send(1);
    await engine.settle();
    await ask("pause");
    await passHours(2);
    await ask("resume");
    await send(2);
    await engine.settle();
    expect(ran).toEqual(["1 first", "1 second", "2 first"]);
  });

  test("go on when that is asked for, also of one that was held before", async () => {
    const id = await send(1);
    await engine.settle();
    await ask("pause");
    await passHours(2);
    await ask("pause", "main", { runs: "CONTINUE" });
    await engine.settle();
    expect(await statusOf(id)).toBe("Completed");
    expect(await statusOf(await send(2))).toBe("Skipped");
  });

  test("are cancelled when that is asked for", async () => {
    const id = await send(1);
    await engine.settle();
    await ask("pause", "main", { runs: "CANCEL" });
    await engine.advanceUntil(async () => (await statusOf(id)) === "Cancelled");
    expect(await statusOf(id, "app-other")).toBe("Completed");
  });
});

test.each([
  ["pause", "main", { runs: "STOP" }, 400],
  ["pause", "nobody", {}, 404],
  ["resume", "nobody", {}, 404],
])("%s of %p with %p is refused with %p", async (verb, fn, body, status) => {
  const init = { method: "POST", body: JSON.stringify(body) };
  const response = await engine.request(`/api/v2/apps/app/functions/${fn}/${verb}`, init);
  expect(response.status).toBe(status);
});
