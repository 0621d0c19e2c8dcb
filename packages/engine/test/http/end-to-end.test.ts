// The routes over the whole engine, with functions on the official SDK.

import { afterEach, describe, expect, test } from "bun:test";
import type { Inngest, InngestFunction } from "inngest";
import { EngineHarness, type HarnessOptions } from "../engine-harness.ts";

let engine: EngineHarness;
afterEach(() => engine.stop());

async function start(
  functions: (inngest: Inngest) => readonly InngestFunction.Any[],
  options: Partial<HarnessOptions> = {},
): Promise<void> {
  engine = new EngineHarness({ functions, retryIntervalMs: 1_000, ...options });
  await engine.sync();
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await engine.request(path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  // The shapes are those of the tests of each route.
  return (await response.json()) as T;
}

const post = <T>(path: string, body: object = {}) =>
  ask<T>(path, { method: "POST", body: JSON.stringify(body) });

interface Span {
  readonly name: string;
  readonly status: string;
  readonly stepOp?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly children?: readonly Span[];
}

const traceOf = async (runId: string): Promise<Span> => {
  const path = `/api/v2/runs/${runId}/trace?includeOutput=true`;
  return (await ask<{ data: { rootSpan: Span } }>(path)).data.rootSpan;
};

const outline = ({ name, status, stepOp, children }: Span): unknown[] => [
  name,
  status,
  stepOp,
  ...(children ?? []).map(({ name: child, status: childStatus }) => `${child} ${childStatus}`),
];

describe("the trace of a run", () => {
  test("shows every kind of step, each failed attempt, and the function's own", async () => {
    let stepTries = 0;
    let functionTries = 0;
    await start((inngest) => {
      const child = inngest.createFunction(
        { id: "child", triggers: [{ event: "demo/child" }] },
        async ({ event }) => ({ got: event.data["x"] }),
      );
      const parent = inngest.createFunction(
        { id: "ok", name: "All kinds of steps", triggers: [{ event: "demo/ok" }] },
        async ({ step }) => {
          await step.run("flaky", () => {
            stepTries += 1;
            if (stepTries < 3) throw new Error(`try ${stepTries} fails`);
            return stepTries;
          });
          functionTries += 1;
          if (functionTries === 1) throw new Error("the function fails");
          await step.sleep("nap", "5s");
          const told = await step.waitForEvent("wait", { event: "demo/told", timeout: "3s" });
          return { told, ...(await step.invoke("call", { function: child, data: { x: 3 } })) };
        },
      );
      return [child, parent];
    });
    const [run] = await engine.runToEnd({ name: "demo/ok" });
    const root = await traceOf(run?.id ?? "");
    expect(root.output).toEqual({ data: { told: null, got: 3 } });
    expect((root.children ?? []).map(outline)).toEqual(
      expect.arrayContaining([
        [
          "flaky",
          "COMPLETED",
          "RUN",
          "Attempt 0 FAILED",
          "Attempt 1 FAILED",
          "Attempt 2 COMPLETED",
        ],
        ["nap", "COMPLETED", "SLEEP"],
        ["wait", "COMPLETED", "WAIT_FOR_EVENT"],
        ["call", "COMPLETED", "INVOKE"],
        ["Finalization", "COMPLETED", undefined, "Attempt 0 FAILED", "Attempt 1 COMPLETED"],
      ]),
    );
    const call = root.children?.find(({ name }) => name === "call");
    expect(call).toMatchObject({ input: { data: { x: 3 } }, output: { data: { got: 3 } } });
  });

  test("shows a step that waits for its next try, and one that sleeps", async () => {
    await start((inngest) => [
      inngest.createFunction({ id: "bad", triggers: [{ event: "demo/bad" }] }, async ({ step }) => {
        await step.run("fails", () => {
          throw new Error("no");
        });
      }),
      inngest.createFunction({ id: "nap", triggers: [{ event: "demo/bad" }] }, ({ step }) =>
        step.sleep("nap", "1h"),
      ),
    ]);
    const eventId = await engine.send({ name: "demo/bad" });
    await engine.settle();
    const runs = await engine.runsOf(eventId);
    const traces = await Promise.all(runs.map(({ id }) => traceOf(id)));
    expect(traces.flatMap(({ children }) => children ?? []).map(outline)).toEqual(
      expect.arrayContaining([
        ["fails", "RUNNING", "RUN", "Attempt 0 FAILED", "Attempt 1 QUEUED"],
        ["nap", "RUNNING", "SLEEP"],
      ]),
    );
  });
});

describe("a run", () => {
  const NAP = "/api/v2/apps/app/functions/nap";
  const startNap = () =>
    start((inngest) => [
      inngest.createFunction(
        { id: "nap", triggers: [{ event: "demo/nap" }] },
        async ({ event, step }) => {
          await step.sleep("nap", "1h");
          return event.data["x"];
        },
      ),
    ]);

  test("is started by an invocation, once for a key", async () => {
    await startNap();
    const invocation = { data: { x: 2 }, idempotencyKey: "once" };
    const first = await post<{ data: { runId: string } }>(`${NAP}/invoke`, invocation);
    expect(await post<object>(`${NAP}/invoke`, invocation)).toMatchObject({ data: first.data });
    const { runId } = first.data;
    await engine.advanceUntil(async () => {
      const { data } = await ask<{ data: { status: string } }>(`/api/v2/runs/${runId}`);
      return data.status === "COMPLETED";
    });
    expect(await ask<object>(`${NAP}/runs?includeOutput=true`)).toMatchObject({
      data: [{ id: runId, status: "COMPLETED", output: 2 }],
    });
  });

  test("is cancelled while it sleeps, and then no more", async () => {
    await startNap();
    const eventId = await engine.send({ name: "demo/nap" });
    await engine.settle();
    const [run] = await engine.runsOf(eventId);
    const path = `/api/v2/runs/${run?.id}`;
    await post(`${path}/cancel`);
    expect(await ask<object>(path)).toMatchObject({ data: { status: "CANCELLED" } });
    expect(outline(await traceOf(run?.id ?? ""))).toEqual([
      "nap",
      "CANCELLED",
      undefined,
      "nap CANCELLED",
    ]);
    expect((await engine.request(`${path}/cancel`, { method: "POST" })).status).toBe(409);
  });

  test("is run again with its event, and the event knows both", async () => {
    await startNap();
    const [run] = await engine.runToEnd({ name: "demo/nap", data: { x: 1 } });
    const again = await post<{ data: { runId: string } }>(`/api/v2/runs/${run?.id}/rerun`);
    const { data } = await ask<{ data: { trigger: { eventIds: string[] } } }>(
      `/api/v2/runs/${again.data.runId}`,
    );
    const [eventId] = data.trigger.eventIds;
    expect(await ask<object>(`/api/v2/events/${eventId}/runs`)).toMatchObject({
      data: [{ id: again.data.runId }, { id: run?.id }],
    });
  });
});
