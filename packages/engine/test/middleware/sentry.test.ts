// The SDK's Sentry middleware: what it reports of runs on this engine, to a Sentry on loopback.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentryMiddleware } from "@inngest/middleware-sentry";
import { createStackParser, createTransport, setCurrentClient } from "@sentry/core";
import { nodeStackLineParser, ServerRuntimeClient } from "@sentry/core/server";
import { EngineHarness, type HarnessOptions } from "../engine-harness.ts";

/** What Sentry gets, as far as it matters here. */
interface SentSpan {
  readonly name: string;
  readonly trace_id: string;
  readonly status: string;
  readonly attributes: Readonly<Record<string, { readonly value: unknown }>>;
}

interface SentError {
  readonly tags: Readonly<Record<string, string>>;
  readonly exception: { readonly values: readonly { readonly value: string }[] };
}

let harness: EngineHarness;
let sentry: ReturnType<typeof Bun.serve>;
let client: ServerRuntimeClient;
let path: string;
let spans: SentSpan[];
let errors: SentError[];
let answerStatus: number;
let requestCount: number;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  spans = [];
  errors = [];
  requestCount = 0;
  answerStatus = 200;
  sentry = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      requestCount += 1;
      if (answerStatus === 200) readEnvelope(await request.text());
      return Response.json({}, { status: answerStatus });
    },
  });
  client = new ServerRuntimeClient({
    dsn: `http://key@127.0.0.1:${sentry.port}/1`,
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    tracesSampleRate: 1,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const { status } = await fetch(options.url, {
          method: "POST",
          // Replays and attachments are bytes; there are none here.
          body: String(body),
        });
        return { statusCode: status };
      }),
  });
  setCurrentClient(client);
  client.init();
});

afterEach(async () => {
  await harness.stop();
  await client.close();
  await sentry.stop(true);
  rmSync(path, { recursive: true });
});

/** A line of JSON heads the envelope, and one each of its items. */
function readEnvelope(text: string): void {
  const [, ...lines] = text.split("\n");
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const { type } = JSON.parse(lines[index] ?? "") as { type: string };
    const body: unknown = JSON.parse(lines[index + 1] ?? "");
    // As `type` says.
    if (type === "span") spans.push(...(body as { items: SentSpan[] }).items);
    if (type === "event") errors.push(body as SentError);
  }
}

function tellSpans(): unknown[] {
  return spans.map(({ name, status, attributes }) => {
    const [op, runId] = ["sentry.op", "inngest.run.id"].map((key) => attributes[key]?.value);
    return { op, name, status, runId };
  });
}

function countTraces(): number {
  return new Set(spans.map(({ trace_id: traceId }) => traceId)).size;
}

const functions: HarnessOptions["functions"] = (inngest) => [
  inngest.createFunction(
    { id: "walk", name: "Walk", retries: 1, triggers: [{ event: "go" }] },
    async ({ event, step }) => {
      await step.run("leave", () => "out");
      await step.sleep("rest", "1h");
      const isLost = event.data["isLost"] === true;
      return step.run("arrive", () => {
        if (isLost) throw new Error("no such place");
        return "there";
      });
    },
  ),
];

async function start(): Promise<void> {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    middleware: [sentryMiddleware()],
    retryIntervalMs: 1_000,
    functions,
  });
  await harness.sync();
}

test("each call of a run is a span of one trace, and so are the steps below it", async () => {
  await start();
  const [run] = await harness.runToEnd({ name: "go", data: {} });
  expect(run).toMatchObject({ status: "Completed", output: '"there"' });
  const ok = { status: "ok", runId: run?.id };
  expect(tellSpans()).toEqual([
    { op: "step", name: "leave", ...ok },
    { op: "request", name: "Walk", ...ok },
    { op: "step", name: "arrive", ...ok },
    { op: "request", name: "Walk", ...ok },
  ]);
  expect(countTraces()).toBe(1);
  expect(errors).toEqual([]);
});

test("a run that fails is reported once, after its last attempt, with the run's id", async () => {
  await start();
  const [run] = await harness.runToEnd({ name: "go", data: { isLost: true } });
  expect(run?.status).toBe("Failed");
  const failed = { op: "step", name: "arrive", status: "error", runId: run?.id };
  expect(tellSpans().filter((span) => Bun.deepEquals(span, failed))).toHaveLength(2);
  expect(errors.map(({ exception }) => exception.values[0]?.value)).toEqual(["no such place"]);
  expect(errors[0]?.tags).toMatchObject({
    "inngest.run.id": run?.id,
    "inngest.function.id": "app-walk",
    "inngest.error.source": "run",
  });
});

test("a crash of the engine between two calls leaves both in the run's trace", async () => {
  await start();
  const eventId = await harness.send({ name: "go", data: {} });
  await harness.settle();
  await harness.crashAndRestart();
  await harness.sync();
  await harness.advanceUntil(
    async () => (await harness.runsOf(eventId))[0]?.status === "Completed",
  );
  expect(spans).toHaveLength(4);
  expect(countTraces()).toBe(1);
});

test("a Sentry that refuses everything disturbs no run", async () => {
  answerStatus = 503;
  await start();
  const [run] = await harness.runToEnd({ name: "go", data: {} });
  expect(run).toMatchObject({ status: "Completed", output: '"there"' });
  expect(requestCount).toBeGreaterThan(0);
});
