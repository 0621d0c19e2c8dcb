// What apps say of their runs and steps beside the results, as the SDK sends it and as traces show it.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inngest } from "inngest";
import { metadataMiddleware } from "inngest/experimental";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";
import { childOf, traceOf, valuesOf, type WireSpan } from "./trace-view.ts";

let harness: EngineHarness;
afterEach(() => harness.stop());

type Steps = Parameters<Parameters<Inngest["createFunction"]>[1]>[0]["step"];

/** One function that does this, with the SDK's metadata switched on. */
async function start(
  run: (step: Steps, inngest: Inngest, runId: string) => Promise<unknown>,
  options: Partial<HarnessOptions> = {},
): Promise<void> {
  harness = new EngineHarness({
    middleware: [metadataMiddleware()],
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, ({ step, runId }) =>
        run(step, inngest, runId),
      ),
    ],
    ...options,
  });
  await harness.sync();
}

const send = (runId: string, body: unknown) =>
  harness.request(`/v1/runs/${runId}/metadata`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

async function runOnce() {
  const [run] = await harness.runToEnd({ name: "go" });
  if (!run) throw new Error("nothing ran");
  return { run, root: await traceOf(harness, run.id) };
}

describe.each([
  ["with checkpoints", true],
  ["without", false],
])("what a step says of itself, %s", (_, checkpointing) => {
  test("is shown at the step, and each set replaces the one before", async () => {
    await start(
      (step, inngest) =>
        step.run("load", async () => {
          await inngest.metadata.set({ rows: 1, table: "a" });
          await inngest.metadata.set({ rows: 2 });
        }),
      { checkpointing },
    );
    const { root } = await runOnce();
    const load = childOf(root, "load");
    expect(valuesOf(load, "userland.default")).toEqual({ rows: 2 });
    expect(load.metadata.map(({ scope }) => scope)).toContain("step");
    expect(root.metadata).toEqual([]);
  });

  test("stays with the attempt that said it, and the step shows that of its last", async () => {
    let tries = 0;
    await start(
      (step, inngest) =>
        step.run("flaky", async () => {
          tries += 1;
          await inngest.metadata.set({ tries }, "count");
          if (tries < 3) throw new Error("not yet");
        }),
      { checkpointing },
    );
    const flaky = childOf((await runOnce()).root, "flaky");
    expect(flaky.children?.map((attempt) => valuesOf(attempt, "userland.count"))).toEqual([
      { tries: 1 },
      { tries: 2 },
      { tries: 3 },
    ]);
    expect(valuesOf(flaky, "userland.count")).toEqual({ tries: 3 });
  });

  test("may be about its run, and then is shown at the root", async () => {
    await start(
      (step, inngest, runId) =>
        step.run("load", () => inngest.metadata.run(runId).set({ stage: "loaded" })),
      { checkpointing },
    );
    const { root } = await runOnce();
    expect(valuesOf(root, "userland.default")).toEqual({ stage: "loaded" });
    expect(valuesOf(childOf(root, "load"), "userland.default")).toBeUndefined();
  });
});

test("what a function says outside its steps goes to the API, and is shown at the root", async () => {
  await start(async (_step, inngest) => {
    await inngest.metadata.set({ phase: "end" });
  });
  expect(valuesOf((await runOnce()).root, "userland.default")).toEqual({ phase: "end" });
});

test("a run may say something of a step of another, by the id that its author wrote", async () => {
  await start((step) => step.run("load", () => 1));
  const { run } = await runOnce();
  const target = { run_id: run.id, step_id: "load", step_index: 0 };
  const answer = await send(run.id, {
    target,
    metadata: [{ kind: "inngest.score", op: "merge", values: { good: 0.5 } }],
  });
  expect(answer.status).toBe(200);
  const root = await traceOf(harness, run.id);
  expect(valuesOf(childOf(root, "load"), "inngest.score")).toEqual({ good: 0.5 });
});

test("what is said of a step without its attempt is about the one to come, then about the last", async () => {
  let tries = 0;
  await start(async (step) => {
    const flaky = step.run("flaky", () => {
      tries += 1;
      if (tries === 1) throw new Error("not yet");
    });
    await Promise.all([flaky, step.run("other", () => 1)]);
  });
  const eventId = await harness.send({ name: "go" });
  await harness.settle();
  const [run] = await harness.runsOf(eventId);
  const say = (kind: string) =>
    send(run?.id ?? "", {
      target: { run_id: run?.id, step_id: "flaky" },
      metadata: [{ kind, op: "set", values: { said: true } }],
    });
  await say("userland.before");
  await harness.advanceUntil(
    async () => (await harness.runsOf(eventId))[0]?.status === "Completed",
  );
  await say("userland.after");
  const flaky = childOf(await traceOf(harness, run?.id), "flaky");
  const kindsOf = (span?: WireSpan) =>
    span?.metadata.map(({ kind }) => kind).filter((kind) => kind.startsWith("userland"));
  expect(kindsOf(flaky.children?.[0])).toEqual([]);
  expect(kindsOf(flaky.children?.[1])).toEqual(["userland.after", "userland.before"]);
});

test("merge, add and delete change an entry, and one without values left is gone", async () => {
  await start((step) => step.run("load", () => 1));
  const { run } = await runOnce();
  const change = async (op: string, values: object) => {
    await send(run.id, {
      target: { run_id: run.id },
      metadata: [{ kind: "userland.k", op, values }],
    });
    return valuesOf(await traceOf(harness, run.id), "userland.k");
  };
  expect(await change("set", { a: 1 })).toEqual({ a: 1 });
  expect(await change("merge", { b: 2 })).toEqual({ a: 1, b: 2 });
  expect(await change("add", { b: 3, c: 1 })).toEqual({ a: 1, b: 5, c: 1 });
  expect(await change("delete", { a: null, c: null })).toEqual({ b: 5 });
  expect(await change("delete", { b: null })).toBeUndefined();
});

const GOOD = { kind: "userland.a", op: "set", values: { a: 1 } };

test.each([
  ["no list", { target: {}, metadata: {} }],
  ["an empty list", { target: {}, metadata: [] }],
  ["no kind", { target: {}, metadata: [{ op: "set", values: {} }] }],
  ["an unknown op", { target: {}, metadata: [{ kind: "userland.a", op: "sett", values: {} }] }],
  ["values that are a list", { metadata: [{ kind: "userland.a", op: "set", values: [1] }] }],
  ["another run's target", { target: { run_id: "other" }, metadata: [GOOD] }],
  ["a span id that is none", { target: { span_id: "x" }, metadata: [GOOD] }],
  ["an attempt that is none", { target: { step_id: "load", step_attempt: -2 }, metadata: [GOOD] }],
  ["no JSON", "{"],
])("metadata with %s is refused", async (_, body) => {
  await start((step) => step.run("load", () => 1));
  const { run } = await runOnce();
  const answer = await send(run.id, body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: expect.any(String), status: 400 });
});

test("metadata of a run that nobody knows is refused, and so is too much of it", async () => {
  await start((step) => step.run("load", () => 1));
  const { run } = await runOnce();
  const large = { kind: "userland.a", op: "set", values: { text: "x".repeat(70_000) } };
  expect((await send("01M7XX6RHXFQ11CGAZ6E55S500", { metadata: [large] })).status).toBe(404);
  const answer = await send(run.id, {
    metadata: [{ kind: "userland.b", op: "set", values: { kept: 1 } }, large],
  });
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain("65536 bytes");
  expect((await traceOf(harness, run.id)).metadata).toEqual([]);
});

test("a step that says too much of itself succeeds, and its trace says what was left out", async () => {
  await start((step, inngest) =>
    step.run("load", async () => {
      await inngest.metadata.set({ text: "x".repeat(70_000) }, "huge");
      await inngest.metadata.set({ rows: 1 }, "small");
      return "done";
    }),
  );
  const { run, root } = await runOnce();
  expect(run.output).toBe('"done"');
  const load = childOf(root, "load");
  expect(valuesOf(load, "userland.huge")).toBeUndefined();
  expect(valuesOf(load, "userland.small")).toEqual({ rows: 1 });
  expect(JSON.stringify(valuesOf(load, "inngest.warnings"))).toContain(
    "userland.huge is too large",
  );
});

test("a run keeps at most 1 MB of metadata", async () => {
  await start(async (step) => {
    for (let index = 0; index < 20; index += 1) await step.run(`s${index}`, () => 1);
  });
  const { run } = await runOnce();
  const values = { text: "x".repeat(60_000) };
  const statuses: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const metadata = [{ kind: "userland.a", op: "set", values }];
    const target = { run_id: run.id, step_id: `s${index}` };
    statuses.push((await send(run.id, { target, metadata })).status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(17);
  expect(statuses.at(-1)).toBe(413);
});

test("the tokens of a wrapped model are the step's metadata, with their price where it is known", async () => {
  await start(async (step) => {
    await step.ai.wrap("ask", async () => ({
      model: "gpt-5.4-nano-2026-03-17",
      usage: { prompt_tokens: 1_000_000, completion_tokens: 2_000_000, total_tokens: 3_000_000 },
    }));
    await step.ai.wrap("count", async () => 7);
  });
  const { root } = await runOnce();
  expect(valuesOf(childOf(root, "ask"), "inngest.ai")).toEqual({
    response_model: "gpt-5.4-nano-2026-03-17",
    input_tokens: 1_000_000,
    output_tokens: 2_000_000,
    total_tokens: 3_000_000,
    estimated_cost: 2.7,
  });
  expect(valuesOf(childOf(root, "count"), "inngest.ai")).toBeUndefined();
});

test("the tokens of a model that the engine asks are the step's metadata", async () => {
  await start(
    (step) =>
      step.ai.infer("ask", {
        model: {
          url: "http://model.test/v1/chat/completions",
          authKey: "secret-key",
          format: "openai-chat",
          onCall() {},
          options: { model: "home-made" },
        } as never,
        body: { model: "home-made", messages: [] } as never,
      }),
    {
      fetchElsewhere: async () =>
        Response.json({ model: "home-made-2", usage: { prompt_tokens: 5, completion_tokens: 7 } }),
    },
  );
  const ask = childOf((await runOnce()).root, "ask");
  expect(valuesOf(ask, "inngest.ai")).toEqual({
    request_model: "home-made",
    response_model: "home-made-2",
    input_tokens: 5,
    output_tokens: 7,
    latency_ms: 0,
  });
  expect(valuesOf(ask, "inngest.http")).toEqual({ response_status: "200" });
});

test("metadata is there after a crash as it was before", async () => {
  const path = mkdtempSync(join(tmpdir(), "metadata-"));
  try {
    await start(
      async (step, inngest) => {
        await step.run("load", () => inngest.metadata.set({ rows: 1 }));
        await step.sleep("nap", "1h");
      },
      { storage: { kind: "directory", path } },
    );
    const eventId = await harness.send({ name: "go" });
    await harness.settle();
    await harness.crashAndRestart();
    await harness.advanceUntil(async () =>
      (await harness.runsOf(eventId)).every(({ status }) => status === "Completed"),
    );
    const [run] = await harness.runsOf(eventId);
    const load = childOf(await traceOf(harness, run?.id), "load");
    expect(valuesOf(load, "userland.default")).toEqual({ rows: 1 });
  } finally {
    rmSync(path, { recursive: true });
  }
});
