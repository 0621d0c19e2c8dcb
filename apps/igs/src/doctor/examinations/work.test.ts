// Runs and loops, on the real embedded engine with the real SDK.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { LOOP_ID, makeLoop } from "../../testing/some-loop.ts";
import { rootOf, runOf, spanOf } from "../../testing/trace.ts";
import { isTooLarge, stepOutput } from "./step-output.ts";
import { stuckLoops } from "./stuck-loops.ts";

let bus: PlantedBus;
let engine: RunningEngine;
let api: InngestApi;
beforeEach(async () => {
  bus = await PlantedBus.create();
  const port = Number(bus.env["BUS_ENGINE_PORT"]);
  const storage = { kind: "memory" } as const;
  engine = await startEngine({ host: "127.0.0.1", port, storage, isDev: true, eventKeys: [] });
  api = createInngestApi({ baseUrl: engine.url });
});
afterEach(async () => {
  await engine.stop(0);
  await bus[Symbol.asyncDispose]();
});

/** A function that returns as many bytes as its event says. */
async function serveLoader(): Promise<Bun.Server<undefined>> {
  const client = new Inngest({ id: "files", isDev: true, baseUrl: engine.url });
  const load = client.createFunction(
    { id: "load-file", triggers: [{ event: "file/load" }], retries: 0 },
    async ({ event, step }) => {
      await step.run("measure", () => 1);
      await step.run("read-all", () => "x".repeat(event.data.sizeBytes));
      return "done";
    },
  );
  const fetch = serve({ client, functions: [load] });
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch });
  const registered = await globalThis.fetch(`${server.url.origin}/api/inngest`, { method: "PUT" });
  expect(registered.status).toBe(200);
  return server;
}

async function runLoader(sizeBytes: number): Promise<string> {
  const [eventId = ""] = await api.sendEvents([{ name: "file/load", data: { sizeBytes } }]);
  for (;;) {
    const [run] = await api.getEventRuns(eventId);
    if (run?.endedAt !== undefined) return run.id;
    await Bun.sleep(10);
  }
}

describe("what steps return", () => {
  test("is too much for an engine: the step is named, until its function goes well again", async () => {
    const server = await serveLoader();
    expect((await bus.examine(stepOutput)).well).toHaveLength(1);

    const runId = await runLoader(5 * 1024 * 1024);
    expect((await bus.examine(stepOutput)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringMatching(
          /^load-file failed: Step "read-all" returned more than 4194304 bytes/,
        ),
        cure: `igs run ${runId}`,
        hint: expect.stringContaining("reference"),
      },
    ]);

    await runLoader(10);
    expect((await bus.examine(stepOutput)).findings).toEqual([]);
    await server.stop(true);
  }, 20_000);

  test("is named by the trace where the error doesn't name it", async () => {
    const [queuedAt, id] = ["2026-11-24T10:00:00.000Z", "01RUN"];
    const message = "The function run exceeded the state size limit of 33554432 bytes.";
    const output = { error: { name: "InngestErrStateOverflowed", message } };
    const run = runOf({ id, queuedAt, status: "FAILED", output });
    const root = rootOf("FAILED", [spanOf({ name: "read-all", status: "FAILED" })]);
    const connection = (await bus.scene()).connection();
    const planted: InngestApi = {
      ...connection.api,
      listRuns: async ({ status } = {}) => ({
        items: status?.includes("FAILED") ? [run] : [],
        cursor: undefined,
      }),
      getTrace: async () => root,
    };
    const scene = { connection: () => ({ ...connection, api: planted }) };
    expect((await bus.examine(stepOutput, scene)).findings).toMatchObject([
      { problem: `fn failed at its step read-all: ${message}`, cure: `igs run ${id}` },
    ]);
  });

  test("is told from other errors, on Inngest's own server, too", () => {
    const state = "The function run exceeded the state size limit of 33554432 bytes.";
    expect(isTooLarge({ name: "InngestErrStateOverflowed", message: state })).toBe(true);
    expect(isTooLarge({ name: "Error", message: "output_too_large" })).toBe(true);
    expect(isTooLarge({ name: "Error", message: "the pot is too large" })).toBe(false);
  });
});

describe("loops", () => {
  const loopsFolder = () => join(bus.home, "bus/dev/loops");

  test("that are over, or none, are no matter", async () => {
    expect((await bus.examine(stuckLoops)).unused).toHaveLength(1);
  });

  test("that stand still lead to igs loop diagnose", async () => {
    await makeLoop(loopsFolder());
    expect((await bus.examine(stuckLoops)).findings).toMatchObject([
      {
        severity: "warning",
        problem: expect.stringContaining("No worker answers"),
        cure: `igs loop diagnose ${LOOP_ID}`,
      },
    ]);
  });

  test("are not checked without an engine: it knows what goes on", async () => {
    await makeLoop(loopsFolder());
    await engine.stop(0);
    expect((await bus.examine(stuckLoops)).unchecked[0]?.reason).toContain("no engine answers");
  });
});
