// What a trace shows of the calls behind its attempts: how long they waited, and how they were answered.

import { afterEach, describe, expect, test } from "bun:test";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";
import { childOf, traceOf, valuesOf } from "./trace-view.ts";

let harness: EngineHarness;
afterEach(() => harness.stop());

async function start(options: HarnessOptions): Promise<void> {
  harness = new EngineHarness(options);
  await harness.sync();
}

const WORK_MS = 500;

describe("the time in the queue", () => {
  test("is that from when a call was due until it began, behind another's work", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", concurrency: 1, triggers: [{ event: "go" }] },
          ({ step }) => step.run("work", () => harness.clock.advanceMs(WORK_MS)),
        ),
      ],
    });
    const ids = [await harness.send({ name: "go" }), await harness.send({ name: "go" })];
    await harness.settle();
    const waits: unknown[] = [];
    for (const id of ids) {
      const [run] = await harness.runsOf(id);
      const work = childOf(await traceOf(harness, run?.id), "work");
      waits.push(valuesOf(work, "inngest.timing")?.["queue_delay_ms"]);
    }
    expect(waits).toEqual(["0", String(WORK_MS)]);
  });

  test("is no step's that the same call ran later (T4)", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("first", () => 1);
          await step.run("second", () => 1);
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    const root = await traceOf(harness, run?.id);
    const [first, second] = [childOf(root, "first"), childOf(root, "second")];
    expect(valuesOf(first, "inngest.timing")).toEqual({ queue_delay_ms: "0" });
    expect(valuesOf(second, "inngest.timing")).toBeUndefined();
    expect(second.queuedAt).toBe(second.startedAt ?? "");
    const requestIds = [first, second].map(
      (span) => valuesOf(span, "inngest.http")?.["request_id"],
    );
    expect(requestIds[0]).toMatch(/^\d+$/);
    expect(requestIds[1]).toBe(requestIds[0]);
  });

  test("of a retry begins when its pause is over, not with the failure", async () => {
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, ({ step }) =>
          step.run("flaky", () => {
            tries += 1;
            if (tries === 1) throw new Error("not yet");
          }),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    const flaky = childOf(await traceOf(harness, run?.id), "flaky");
    const waits = flaky.children?.map((span) => valuesOf(span, "inngest.timing"));
    expect(waits).toMatchObject([{ queue_delay_ms: "0" }, { queue_delay_ms: "0" }]);
  });

  test("counts what an app that was down made its calls wait", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, ({ step }) =>
          step.run("load", () => 1),
        ),
      ],
    });
    harness.isAppDown = true;
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(60_000);
    harness.isAppDown = false;
    await harness.sync();
    await harness.settle();
    const [run] = await harness.runsOf(id);
    const load = childOf(await traceOf(harness, run?.id), "load");
    expect(Number(valuesOf(load, "inngest.timing")?.["queue_delay_ms"])).toBeGreaterThanOrEqual(
      60_000,
    );
  });
});

describe("an attempt that failed", () => {
  test("shows its request, the answer's status and how long the answer took", async () => {
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async () => {
          tries += 1;
          harness.clock.advanceMs(WORK_MS);
          if (tries === 1) throw new Error("not yet");
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    const attempts = childOf(await traceOf(harness, run?.id), "Finalization").children ?? [];
    expect(attempts.map((attempt) => valuesOf(attempt, "inngest.http.timing"))).toEqual([
      {
        server_processing_ms: String(WORK_MS),
        content_transfer_ms: "0",
        total_ms: String(WORK_MS),
      },
      {
        server_processing_ms: String(WORK_MS),
        content_transfer_ms: "0",
        total_ms: String(WORK_MS),
      },
    ]);
    const statuses = attempts.map((span) => valuesOf(span, "inngest.http")?.["response_status"]);
    expect(statuses).toEqual(["500", "206"]);
  });

  test("by a model shows the model's status", async () => {
    let asked = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, ({ step }) =>
          step.ai.infer("ask", {
            model: {
              url: "http://model.test/v1",
              authKey: "k",
              format: "openai-chat",
              onCall() {},
              options: { model: "m" },
            } as never,
            body: {} as never,
          }),
        ),
      ],
      fetchElsewhere: async () => {
        asked += 1;
        harness.clock.advanceMs(WORK_MS);
        return asked === 1 ? new Response("busy", { status: 503 }) : Response.json({});
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    const ask = childOf(await traceOf(harness, run?.id), "ask");
    expect(ask.children?.map((span) => valuesOf(span, "inngest.http"))).toEqual([
      { response_status: "503" },
      { response_status: "200" },
    ]);
    expect(valuesOf(ask.children?.[0] ?? ask, "inngest.http.timing")).toMatchObject({
      server_processing_ms: String(WORK_MS),
    });
  });
});

test("calls of a run carry the ids of its trace: of the run, and of the step that is called", async () => {
  const headers: { stepId: string; traceparent: string }[] = [];
  await start({
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
        await Promise.all([step.run("a", () => 1), step.run("b", () => 1)]);
      }),
    ],
    onCall: (url, init) => {
      const stepId = new URL(url).searchParams.get("stepId") ?? "";
      headers.push({ stepId, traceparent: new Headers(init.headers).get("traceparent") ?? "" });
    },
  });
  const [run] = await harness.runToEnd({ name: "go" });
  const root = await traceOf(harness, run?.id);
  const parents = new Map(
    headers.map(({ stepId, traceparent }) => [stepId, traceparent.split("-")[2] ?? ""]),
  );
  expect(parents.get("step")).toBe(root.id);
  expect(new Set(parents.values())).toEqual(
    new Set([root.id, childOf(root, "a").id, childOf(root, "b").id]),
  );
  expect(new Set(headers.map(({ traceparent }) => traceparent.split("-")[1])).size).toBe(1);
});
