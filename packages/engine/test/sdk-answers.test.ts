// What the official SDK, unmodified, really answers, read by `src/protocol/call-response.ts`.

import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { Hono } from "hono";
import { type Context, Inngest, NonRetriableError, openai, RetryAfterError } from "inngest";
import { serve } from "inngest/hono";
import type { CallAnswer, StepOp } from "../src/core/outcome.ts";
import { readCallAnswer } from "../src/protocol/call-response.ts";
import { readStepOps } from "../src/protocol/step-op.ts";

type Handler = (context: Context.Any) => Promise<unknown>;

describe("a function without checkpoints", () => {
  test("answers its first step with what it returned", async () => {
    const { outcome, requestVersion } = await call(({ step }) =>
      step.run({ id: "load", name: "Load it" }, () => ({ a: 1 })),
    );
    expect(requestVersion).toBe(2);
    expect(outcome).toMatchObject({
      kind: "ops",
      ops: [
        {
          kind: "step-done",
          id: sha1("load"),
          displayName: "Load it",
          userland: { id: "load" },
          data: { a: 1 },
          timing: { startedAtMs: expect.any(Number), durationMs: expect.any(Number) },
        },
      ],
    });
  });

  test("answers a step that returned nothing with null", async () => {
    expect(await opsOf(({ step }) => step.run("load", () => {}))).toMatchObject([
      { kind: "step-done", data: null },
    ]);
  });

  test("answers its result when no step is left", async () => {
    expect((await call(async () => "done")).outcome).toEqual({ kind: "finished", output: "done" });
    expect((await call(async () => {})).outcome).toEqual({ kind: "finished", output: null });
  });

  test("plans steps that run side by side", async () => {
    const ops = await opsOf(({ step }) =>
      Promise.all([
        step.run("a", () => 1),
        step.run("b", (n: number) => n, 7),
        step.sleep("c", "1h"),
      ]),
    );
    expect(ops).toMatchObject([
      { kind: "step-planned", id: sha1("a") },
      { kind: "step-planned", id: sha1("b"), input: [7] },
      { kind: "sleep", id: sha1("c"), until: "1h" },
    ]);
  });

  test("marks the members of a race", async () => {
    const ops = await opsOf(({ step, group }) =>
      group.parallel({ mode: "race" }, () =>
        Promise.race([step.run("a", () => 1), step.run("b", () => 2)]),
      ),
    );
    expect(ops).toMatchObject([
      { kind: "step-planned", isRace: true },
      { kind: "step-planned", isRace: true },
    ]);
  });

  test("says how often a step id was used before", async () => {
    const ops = await opsOf(({ step }) =>
      Promise.all([step.sleep("a", "1s"), step.sleep("a", "2s")]),
    );
    expect(ops).toMatchObject([
      { id: sha1("a"), until: "1s" },
      { id: sha1("a:1"), until: "2s", userland: { id: "a", index: 1 } },
    ]);
  });

  test.each([
    ["1h", "1h"],
    ["90s", "1m30s"],
    ["1m30s", ""],
    [0, ""],
    [50, "1s"],
    [1_500, "1s"],
  ])("sleeps %p as %p", async (duration, until) => {
    const ops = await opsOf(({ step }) => step.sleep("nap", duration));
    expect(ops).toMatchObject([{ kind: "sleep", until }]);
  });

  test("sleeps until a date", async () => {
    const ops = await opsOf(({ step }) => step.sleepUntil("nap", new Date(1_795_262_400_000)));
    expect(ops).toMatchObject([{ kind: "sleep", until: "2026-11-21T12:00:00.000Z" }]);
  });

  test("waits for an event, with and without a condition", async () => {
    expect(
      await opsOf(({ step }) =>
        step.waitForEvent("approval", { event: "app/ok", timeout: "1h", match: "data.id" }),
      ),
    ).toMatchObject([
      {
        kind: "wait-for-event",
        eventName: "app/ok",
        timeout: "1h",
        expression: "event.data.id == async.data.id",
      },
    ]);
    const [bare] = await opsOf(({ step }) =>
      step.waitForEvent("approval", { event: "app/ok", timeout: "1h" }),
    );
    expect(bare).not.toHaveProperty("expression");
  });

  test("invokes another function", async () => {
    const client = createClient();
    const other = client.createFunction({ id: "other", triggers: [] }, () => null);
    const ops = await opsOf(({ step }) =>
      step.invoke("call", { function: other, data: { a: 1 }, timeout: "1d" }),
    );
    expect(ops).toMatchObject([
      { kind: "invoke", functionId: "app-other", payload: { data: { a: 1 } }, timeout: "1d" },
    ]);
  });

  test("asks for a model's answer, with the key beside the request", async () => {
    const ops = await opsOf(({ step }) =>
      step.ai.infer("ask", {
        model: openai({ model: "m", apiKey: "sk-secret", baseUrl: "https://models.test/v1/" }),
        body: { messages: [] },
      }),
    );
    expect(ops).toMatchObject([
      {
        kind: "gateway",
        request: {
          shape: "model",
          url: "https://models.test/v1/chat/completions",
          headers: { authorization: "Bearer sk-secret" },
          body: '{"messages":[],"model":"m"}',
        },
      },
    ]);
  });

  test("sends events inside a step that says so", async () => {
    const ops = await opsOf(({ step }) =>
      Promise.all([step.sendEvent("tell", { name: "a/b" }), step.sleep("nap", "1s")]),
    );
    expect(ops).toMatchObject([{ kind: "step-planned" }, { kind: "sleep" }]);
  });

  test.each([
    ["fail", false],
    ["replace", true],
  ] as const)(
    "waits for a signal, and says whether it takes it over: %s",
    async (onConflict, replaces) => {
      const ops = await opsOf(({ step }) =>
        step.waitForSignal("s", { signal: "x", timeout: "1h", onConflict }),
      );
      expect(ops).toMatchObject([
        { kind: "wait-for-signal", signal: "x", timeout: "1h", replaces },
      ]);
    },
  );

  test("leaves a request to the engine", async () => {
    const ops = await opsOf(({ step }) =>
      step.fetch("https://api.test/x?key=secret", {
        method: "PUT",
        headers: { Authorization: "Bearer secret" },
        body: "text",
      }),
    );
    expect(ops).toMatchObject([
      {
        kind: "gateway",
        displayName: "step.fetch: api.test",
        request: {
          shape: "fetch",
          url: "https://api.test/x?key=secret",
          method: "PUT",
          headers: { authorization: "Bearer secret" },
          body: "text",
        },
        shown: { url: "https://api.test/x", method: "PUT", body: "text" },
      },
    ]);
  });
});

describe("a failure", () => {
  const boom = (error: Error): Handler => {
    return ({ step }) =>
      step.run("load", () => {
        throw error;
      });
  };

  test("in a step may be tried again", async () => {
    expect(await opsOf(boom(new TypeError("no")))).toMatchObject([
      { kind: "step-error", error: { name: "TypeError", message: "no" }, mayRetry: true },
    ]);
  });

  test("in a step on the last attempt may not", async () => {
    const { outcome } = await call(boom(new Error("no")), { attempt: 3, max_attempts: 4 });
    expect(outcome).toMatchObject({ ops: [{ kind: "step-error", mayRetry: false }] });
  });

  test("that no retry can mend is not tried again", async () => {
    expect(await opsOf(boom(new NonRetriableError("never")))).toMatchObject([
      { kind: "step-error", error: { name: "NonRetriableError" }, mayRetry: false },
    ]);
  });

  test("that names its time is tried again then", async () => {
    const { outcome } = await call(boom(new RetryAfterError("later", "2m")));
    expect(outcome).toMatchObject({ retryAfterMs: 120_000, ops: [{ mayRetry: true }] });
  });

  test.each<[string, Error, Record<string, unknown>]>([
    [
      "is tried again",
      new Error("no"),
      { mayRetry: true, error: { name: "Error", message: "no" } },
    ],
    [
      "is final",
      new NonRetriableError("never"),
      { mayRetry: false, error: { name: "NonRetriableError" } },
    ],
    ["waits", new RetryAfterError("later", 90_000), { mayRetry: true, retryAfterMs: 90_000 }],
  ])("of the function itself %s as its error asks", async (_, error, expected) => {
    const { outcome } = await call(async () => {
      throw error;
    });
    expect(outcome).toMatchObject({ kind: "failed", ...expected });
  });

  test("of a call for a function that the worker lacks may be tried again", async () => {
    const { outcome } = await call(async () => null, {}, "app-gone");
    expect(outcome).toMatchObject({
      kind: "failed",
      mayRetry: true,
      error: { message: expect.stringContaining('"app-gone" was not found') },
    });
  });
});

describe("a function with checkpoints", () => {
  test("sends each step while it runs and ends with RunComplete", async () => {
    const checkpoints: unknown[] = [];
    const answer = await call(
      async ({ step }) => {
        const a: number = await step.run("a", () => 1);
        await step.run("b", () => undefined);
        return a + 1;
      },
      { fn_id: "f", qi_id: "q" },
      "app-fn",
      (body) => checkpoints.push(JSON.parse(body)),
    );
    expect(answer.outcome).toMatchObject({
      kind: "ops",
      ops: [{ kind: "run-complete", id: sha1("complete"), data: 2 }],
    });
    expect(checkpoints).toMatchObject([{ qi_id: "q", fn_id: "f" }, { qi_id: "q" }]);
    expect(checkpoints.map(readCheckpointed)).toMatchObject([
      [{ kind: "step-done", id: sha1("a"), data: 1 }],
      [{ kind: "step-done", id: sha1("b"), data: null }],
    ]);
  });
});

function readCheckpointed(body: unknown): unknown {
  // The caller has just matched it: a checkpoint's body is an object with `steps`.
  const reading = readStepOps((body as { steps: unknown }).steps, { mayRetry: true });
  return reading.ok ? reading.ops : reading.problem;
}

function createClient(onCheckpoint?: (body: string) => void): Inngest {
  const silent = { info() {}, warn() {}, error() {}, debug() {}, flush: async () => {} };
  const answerApi = async (_url: unknown, init?: RequestInit) => {
    onCheckpoint?.(String(init?.body));
    return Response.json({ ok: true });
  };
  return new Inngest({
    id: "app",
    isDev: true,
    baseUrl: "http://engine.test",
    logger: silent,
    internalLogger: silent,
    fetch: Object.assign(answerApi, { preconnect() {} }),
  });
}

async function opsOf(handler: Handler): Promise<readonly StepOp[]> {
  const { outcome } = await call(handler);
  if (outcome.kind !== "ops") throw new Error(`The SDK answered ${JSON.stringify(outcome)}`);
  return outcome.ops;
}

async function call(
  handler: Handler,
  context: Record<string, unknown> = {},
  functionId = "app-fn",
  onCheckpoint?: (body: string) => void,
): Promise<CallAnswer> {
  const client = createClient(onCheckpoint);
  const fn = client.createFunction({ id: "fn", triggers: [{ event: "app/go" }] }, handler);
  const app = new Hono().all("/api/inngest", serve({ client, functions: [fn] }));
  const event = { id: "e1", name: "app/go", data: {}, user: {}, ts: 1_795_262_400_000 };
  const answer = await app.request(`/api/inngest?fnId=${functionId}&stepId=step`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      version: 2,
      event,
      events: [event],
      steps: {},
      ctx: {
        run_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        attempt: 0,
        max_attempts: 4,
        stack: { stack: [], current: 0 },
        ...context,
      },
    }),
  });
  const { status, headers } = answer;
  return readCallAnswer({ status, headers, body: await answer.text(), nowMs: Date.now() });
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
