// The fake SDK answers as the official one does: random plans run on the engine with the official SDK, and
// each of its calls is put to the fake as well. Both have to send the same checkpoints and give the same
// answer. CONFORMANCE_SEEDS=500 tries more plans.

import { expect, test } from "bun:test";
import type { Hono } from "hono";
import { parseDurationMs } from "../../src/core/duration.ts";
import { EngineHarness } from "../engine-harness.ts";
import { createOfficialFunction, runStep } from "./app/official-app.ts";
import { answerCall } from "./app/sdk.ts";
import { readCall, type WireAnswer, type WireError, type WireOp } from "./app/wire.ts";
import { createFunctions, goEvent, WAKE_EVENTS } from "./plan/create-functions.ts";
import type { FunctionSpec } from "./plan/function-spec.ts";
import { stepsOf } from "./plan/plan.ts";
import { Random } from "./world/random.ts";

const SEED_COUNT = Number(process.env["CONFORMANCE_SEEDS"] ?? 40);
const ROUNDS_MAX = 400;

interface Exchange {
  readonly url: string;
  readonly body: string;
  readonly answer: Awaited<ReturnType<Hono["request"]>>;
}

test.each(Array.from({ length: SEED_COUNT }, (_, index) => index + 1))(
  "seed %p: the fake SDK answers as the official one",
  async (seed) => {
    const random = new Random(seed);
    const specs = createFunctions(random.fork("functions"));
    const { exchanges, checkpoints } = await runOfficially(specs, random);
    expect(exchanges.length).toBeGreaterThan(0);
    for (const exchange of exchanges) {
      const official = await readAnswer(exchange.answer);
      const generationId = readCall(exchange.url, exchange.body).context.generation_id ?? 0;
      const officialCheckpoints = checkpoints.get(generationId) ?? [];
      const fake = await askFake(exchange, specs, [...officialCheckpoints.flat(), ...official.ops]);
      expect({ call: exchange.body.slice(0, 400), ...fake }).toEqual({
        call: exchange.body.slice(0, 400),
        checkpoints: officialCheckpoints.map((ops) => ops.map(comparable)),
        answer: official.answer,
      });
    }
  },
  60_000,
);

/** All calls of the functions' runs, with the checkpoints that came in them. */
async function runOfficially(specs: readonly FunctionSpec[], random: Random) {
  const exchanges: Exchange[] = [];
  const checkpoints = new Map<number, WireOp[][]>();
  const harness = new EngineHarness({
    appName: "sim",
    retryIntervalMs: 1_000,
    functions: (inngest) => specs.map((spec) => createOfficialFunction(inngest, spec)),
    onAppRequest: (url, body) => {
      if (!url.includes("/v1/checkpoint/")) return;
      const { generation_id, steps } = JSON.parse(body) as {
        generation_id: number;
        steps: WireOp[];
      };
      checkpoints.set(generation_id, [...(checkpoints.get(generation_id) ?? []), steps]);
    },
    onAnswer: (call, answer) => exchanges.push({ ...call, answer }),
  });
  await harness.sync();
  const data = () => ({ k: random.pick(["a", "b"]), n: random.between(0, 9), p: 0 });
  const signals = specs
    .flatMap(({ plan }) => stepsOf(plan))
    .flatMap(({ kind, id }) => (kind === "signal" ? [id] : []));
  const ids = [];
  for (const { index } of specs)
    ids.push(await harness.send({ name: goEvent(index), data: data() }));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await harness.settle();
    const runs = (await Promise.all(ids.map((id) => harness.runsOf(id)))).flat();
    if (runs.every(({ status }) => status !== "Running" && status !== "Queued")) break;
    const nextMs = harness.clock.nextWakeMs();
    if (nextMs !== null) harness.clock.advanceMs(Math.max(nextMs - harness.clock.nowMs(), 0));
    const [signal] = signals;
    if (signal !== undefined && random.chance(0.1)) {
      const body = JSON.stringify({ signal: random.pick(signals), data: { number: round } });
      await harness.request("/v1/signals", { method: "POST", body });
    }
    if (random.chance(0.2)) await harness.send({ name: random.pick(WAKE_EVENTS), data: data() });
  }
  await harness.stop();
  return { exchanges, checkpoints };
}

/** `officialOps` tell what the steps returned that reach out of the app. */
async function askFake(
  { url, body }: Exchange,
  specs: readonly FunctionSpec[],
  officialOps: readonly WireOp[],
) {
  const call = readCall(url, body);
  const spec = specs.find(({ slug }) => slug === call.functionSlug);
  if (!spec) throw new Error(`there is no function ${call.functionSlug}`);
  const checkpoints: unknown[][] = [];
  const answer = await answerCall(
    call,
    { ...spec, appName: "sim" },
    {
      nowMs: () => 0,
      sleep: () => Promise.resolve(),
      checkpoint: (ops) => {
        checkpoints.push(ops.map(comparable));
        return Promise.resolve("stored");
      },
      runStep: async ({ action, hash }) => {
        if (action.kind !== "run") {
          return { kind: "done", data: officialOps.find(({ id }) => id === hash)?.data };
        }
        try {
          return { kind: "done", data: runStep(action, call.context.attempt) };
        } catch (error) {
          return { kind: "failed", message: (error as Error).message, failing: action.failing };
        }
      },
    },
  );
  return { checkpoints, answer: comparableAnswer(answer) };
}

async function readAnswer(response: Exchange["answer"]) {
  const body = await response.text();
  const headers = Object.fromEntries(response.headers.entries());
  const ops = response.status === 206 ? (JSON.parse(body) as WireOp[]) : [];
  return { ops, answer: comparableAnswer({ status: response.status, headers, body }) };
}

const COMPARED_HEADERS = ["x-inngest-no-retry", "retry-after", "x-inngest-req-version"];

function comparableAnswer({ status, headers, body }: WireAnswer) {
  const read: unknown = JSON.parse(body);
  return {
    status,
    headers: COMPARED_HEADERS.map((name) => headers[name] ?? null),
    body:
      status === 206
        ? inAnyOrder((read as WireOp[]).map(comparable))
        : status >= 400
          ? (read as WireError).message
          : read,
  };
}

/** Groups within groups are found in an order that is the SDK's own; what has run keeps its order. */
function inAnyOrder<T extends { readonly id: string; readonly op: string }>(
  ops: readonly T[],
): T[] {
  const hasRun = ops.some(({ op }) => op === "StepRun" || op === "RunComplete");
  return hasRun ? [...ops] : ops.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the engine makes something of: the rest is for traces, or the SDK's own. */
function comparable({ id, op, opts, name, displayName, userland, data, error }: WireOp) {
  const { timeout, ...rest } = opts ?? {};
  const given =
    timeout === undefined ? rest : { ...rest, timeout: parseDurationMs(String(timeout)) };
  const failed = error !== undefined;
  return {
    id,
    op,
    opts: JSON.parse(JSON.stringify(given)) as unknown,
    ...(op === "Sleep" && { durationMs: parseDurationMs(name ?? "") }),
    ...(op === "WaitForEvent" && { name }),
    displayName: displayName ?? null,
    userland: userland ?? null,
    data: failed ? null : (data ?? null),
    error: error?.message ?? null,
  };
}
