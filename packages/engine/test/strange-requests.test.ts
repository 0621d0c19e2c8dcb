// Whatever is sent to the engine's routes, and whatever an app answers to its calls: never a 500, never a
// stack trace in an answer, never an engine that has stopped to work. FUZZ_SEED=7 repeats a seed,
// FUZZ_RUNS=10000 goes on for longer.

import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EngineHarness } from "./engine-harness.ts";
import { op, RawEngine } from "./raw-engine.ts";
import { almost, strangeBody } from "./strange-json.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 400);
const HOUR_MS = 3_600_000;

const EVENT = {
  name: "go",
  id: "an-id",
  ts: 1_790_000_000_000,
  v: "1",
  user: { id: 1 },
  data: { a: { b: [1, "x", null] }, key: "k" },
};

const FUNCTION = {
  id: "strange-f",
  name: "f",
  triggers: [
    { event: "strange/*", expression: "event.data.a > 1" },
    { cron: "TZ=Europe/Berlin 0 9 * * *", jitter: "30s" },
  ],
  steps: {
    step: {
      id: "step",
      name: "step",
      runtime: { type: "http", url: "http://app.test/x?fnId=f" },
      retries: { attempts: 4 },
    },
  },
  concurrency: [{ limit: 5, key: "event.data.u", scope: "env" }],
  idempotency: "event.data.id",
  rateLimit: { key: "event.data.a", limit: 10, period: "1m" },
  throttle: { key: "event.data.a", limit: 1, period: "5s", burst: 2 },
  debounce: { key: "event.data.a", period: "5s", timeout: "1m" },
  batchEvents: { maxSize: 100, timeout: "5s", key: "event.data.u" },
  priority: { run: "event.data.vip ? 120 : 0" },
  timeouts: { start: "10s", finish: "1m" },
  singleton: { key: "event.data.u", mode: "skip" },
  cancel: [{ event: "x/cancel", if: "event.data.id == async.data.id", timeout: "1h" }],
};

const STEPS = [
  {
    id: "a",
    op: "StepRun",
    name: "a",
    displayName: "a",
    opts: {},
    data: { x: 1 },
    userland: { id: "a" },
  },
  { id: "b", op: "StepError", error: { name: "E", message: "m", stack: "s", cause: null } },
  { id: "c", op: "Sleep", name: "1h" },
  {
    id: "d",
    op: "WaitForEvent",
    name: "e",
    opts: { event: "e", timeout: "1h", if: "async.data.a == 1" },
  },
  {
    id: "e",
    op: "InvokeFunction",
    opts: { function_id: "app-f", payload: { data: {} }, timeout: "1h" },
  },
  { id: "f", op: "StepPlanned", opts: { input: [1] } },
  { id: "g", op: "WaitForSignal", opts: { signal: "s", timeout: "1h", conflict: "fail" } },
  { id: "h", op: "Gateway", opts: { url: "http://x.test", method: "GET", headers: {}, body: "" } },
  {
    id: "i",
    op: "AIGateway",
    opts: { url: "http://x.test", format: "openai-chat", auth_key: "k", body: {} },
  },
  { id: "j", op: "DiscoveryRequest" },
  { id: "k", op: "RunComplete", data: { x: 1 } },
];

const REGISTRATION = {
  url: "http://app.test/x",
  deployType: "ping",
  framework: "hono",
  appName: "strange",
  functions: [FUNCTION, { ...FUNCTION, id: "strange-g" }],
  sdk: "js:v4.24.0",
  v: "0.1",
  appVersion: "1",
};

const CHECKPOINT = {
  run_id: "RUN",
  fn_id: "f",
  qi_id: "RUN:discovery",
  request_id: "1",
  generation_id: 1,
  steps: STEPS,
  ts: 1,
};

const INVOCATION = { data: { a: 1 }, user: {}, idempotencyKey: "k" };

/** Good bodies, by the beginning of the paths that take them. */
const BODIES: readonly (readonly [path: string, bodies: readonly unknown[]])[] = [
  ["/e/", [EVENT, [EVENT, { ...EVENT, name: "strange/x" }]]],
  ["/api/v2/events", [EVENT, [EVENT, EVENT]]],
  ["/fn/register", [REGISTRATION]],
  ["/v1/checkpoint", [CHECKPOINT, { ...CHECKPOINT, steps: STEPS.slice(0, 1) }]],
  [
    "/v0/gql",
    [{ query: "query($id: ID!) { run(runID: $id) { status } }", variables: { id: "RUN" } }],
  ],
  ["/invoke", [INVOCATION]],
  ["/api/v2/apps", [INVOCATION]],
];
const OTHER_BODIES = [
  { fromStep: { stepId: "a", input: [1] } },
  { signal: "s", data: {} },
  INVOCATION,
];

const bodiesOf = (path: string) =>
  BODIES.find(([beginning]) => path.startsWith(beginning))?.[1] ?? OTHER_BODIES;

/** What identifiers in paths and values in queries may look like. */
const WORDS = fc.oneof(
  fc.constantFrom("RUN", "EVENT", "app-f", "app", "test-key", "strange-f"),
  fc.constantFrom(
    "",
    "x",
    "%",
    "%zz",
    "%00",
    "..",
    "%2e%2e%2f",
    "a b",
    "💥",
    "'; DROP TABLE runs; --",
  ),
  fc.constantFrom("0", "-1", "1e9", "2026-11-21T00:00:00Z", "true", "null", "COMPLETED", "a,b,,"),
  fc.string({ maxLength: 20 }),
  fc.constant("y".repeat(3_000)),
);
const QUERY_NAMES = [
  "limit",
  "cursor",
  "name",
  "status",
  "from",
  "until",
  "function_id",
  "functionId",
  "appId",
  "includeOutput",
  "include_internal",
  "received_after",
  "received_before",
  "url",
  "next",
  "order",
];

/** A line of a stack, or a place in our sources. */
const STACK = /\n\s+at |\.ts:\d+|node_modules/;

/** Some work is done in bites, with pauses in between. */
async function whileTimePasses<T>(engine: EngineHarness, work: Promise<T>): Promise<T> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  for (let turn = 0; !isOver; turn += 1) {
    await new Promise(setImmediate);
    if (turn > TURNS_WITHOUT_TIME) engine.clock.advanceMs(1_000);
  }
  return work;
}

const TURNS_WITHOUT_TIME = 20;

let harness: EngineHarness | undefined;
let raw: RawEngine | undefined;
afterEach(async () => {
  await harness?.stop();
  raw?.stop();
  harness = undefined;
  raw = undefined;
});

test(`no request is answered with a 500 or a stack trace, and the engine goes on (seed ${SEED})`, async () => {
  const engine = new EngineHarness({
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.run("a", () => 1);
        return "done";
      }),
    ],
  });
  harness = engine;
  await engine.sync();
  const eventId = await engine.send({ name: "go" });
  await engine.settle();
  const [run] = await engine.runsOf(eventId);
  const known = { RUN: run?.id ?? "", EVENT: eventId };

  const routes = engine.http.routes.filter(({ method }) => method !== "ALL");
  // Half of all requests go to the few routes that take bodies.
  const takers = routes.filter(({ method }) => method === "POST");
  const request = fc.oneof(fc.constantFrom(...routes), fc.constantFrom(...takers)).chain((route) =>
    fc.record({
      route: fc.constant(route),
      words: fc.array(WORDS, { minLength: 3, maxLength: 3 }),
      query: fc.array(fc.tuple(fc.constantFrom(...QUERY_NAMES), WORDS), { maxLength: 3 }),
      body: strangeBody(bodiesOf(route.path)),
      isRaw: fc.boolean(),
    }),
  );
  const fill = (text: string) => text.replaceAll("RUN", known.RUN).replaceAll("EVENT", known.EVENT);
  const property = fc.asyncProperty(request, async ({ route, words, query, body, isRaw }) => {
    let index = 0;
    // A lone surrogate can't be written in a path.
    const encode = (word: string) =>
      isRaw ? word.replaceAll(/[?#/\s]/g, "") : encodeURIComponent(word.toWellFormed());
    const path = route.path.replaceAll(/:\w+/g, () => encode(words[index++] ?? ""));
    const search = new URLSearchParams();
    for (const [name, value] of query) search.append(name, fill(value.toWellFormed()));
    const { method } = route;
    const hasBody = method !== "GET" && method !== "HEAD";
    const asked = engine.request(`${fill(path)}?${search}`, {
      method,
      ...(hasBody ? { body: fill(body) } : {}),
    });
    const response = await whileTimePasses(engine, asked);
    const text = await response.text();
    expect({ path, status: response.status, isOurFault: response.status >= 500 }).toMatchObject({
      isOurFault: false,
    });
    expect(text).not.toMatch(STACK);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });

  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  await engine.settle();
  await engine.sync();
  const [last] = await engine.runToEnd({ name: "go", id: "the-last-one" });
  expect(last).toMatchObject({ status: "Completed", output: '"done"' });
}, 120_000);

describe("whatever an app answers", () => {
  test(`its run ends, and others with it (seed ${SEED})`, async () => {
    const answers = fc.record({
      status: fc.constantFrom(200, 201, 202, 204, 206, 206, 206, 302, 400, 401, 404, 500, 503),
      body: fc.oneof(
        almost([STEPS.slice(0, 3), ...STEPS.map((step) => [step]), { status: 200, body: "1" }]),
        fc.constantFrom("", "<html>", null),
      ),
      headers: fc.dictionary(
        fc.constantFrom(
          "retry-after",
          "x-inngest-no-retry",
          "x-inngest-req-version",
          "x-inngest-sdk",
          "content-type",
        ),
        fc.constantFrom("", "true", "false", "-1", "2", "99999999999", "Tue, 1 Jan 2030", "x"),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { maxLength: 4 }), async (list) => {
        let index = 0;
        const engine = new RawEngine({
          answer: () => {
            const next = list[index++];
            return next ? { ...next, headers: next.headers } : { body: [op.complete()] };
          },
          fetchElsewhere: async () => Response.json({ ok: true }),
        });
        raw = engine;
        await engine.register({});
        await engine.send();
        for (let hour = 0; hour < 200 && engine.ended.length === 0; hour += 1) {
          await engine.settle();
          engine.clock.advanceMs(hour < 20 ? HOUR_MS : 50 * HOUR_MS);
        }
        await engine.settle();
        expect({ ended: engine.ended.length > 0, logged: engine.logged }).toEqual({
          ended: true,
          logged: [],
        });
        engine.stop();
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 4), endOnFailure: true },
    );
  }, 120_000);
});
