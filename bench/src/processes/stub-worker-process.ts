// A worker without the SDK: it answers as the SDK would and computes nothing, so that what is measured is
// the engine. `bun stub-worker-process.ts ENGINE_URL [PORT]`.

import { endWithParent } from "./end-with-parent.ts";
import { preciseNowMs, type WorkerMessage } from "./messages.ts";

const STEPS = 10;

interface Call {
  readonly event: { readonly data: { readonly key: string; readonly wakeAt?: string } };
  readonly steps: Readonly<Record<string, unknown>>;
  readonly ctx: {
    readonly run_id: string;
    readonly fn_id: string;
    readonly qi_id: string;
    readonly request_id: string;
    readonly generation_id: number;
  };
}

/** Null: the function fails for good. */
type Answer = readonly object[] | null | Promise<readonly object[]>;

const [engineUrl = "", port = "0"] = process.argv.slice(2);
const tell = (message: WorkerMessage) => process.send?.(message);
endWithParent();
const complete = { id: "complete", op: "RunComplete", data: null };

/** Flow control that each event has to pass and that holds nothing back. */
const flowControl = {
  concurrency: [{ limit: 100_000, key: "event.data.key" }],
  throttle: { limit: 1_000_000, period: "1s", burst: 1_000_000, key: "event.data.key" },
  priority: { run: "0" },
};

const functions: Readonly<Record<string, { options?: object; answer: (call: Call) => Answer }>> = {
  "checkpointed-steps": { options: flowControl, answer: checkpointSteps },
  "plain-steps": {
    options: flowControl,
    answer: ({ steps }) => nextStep(Object.keys(steps).length),
  },
  wait: { answer: waitForEvent },
  sleep: { answer: sleep },
  "one-step": { answer: () => [stepRun(0), complete] },
  failing: { answer: () => null },
};

/** As the SDK does by default: one call, and each step told of while it goes on. */
async function checkpointSteps({ ctx }: Call): Promise<readonly object[]> {
  const { run_id, fn_id, qi_id, request_id, generation_id } = ctx;
  for (let index = 0; index < STEPS; index += 1) {
    const steps = [stepRun(index)];
    const body = JSON.stringify({ run_id, fn_id, qi_id, request_id, generation_id, steps });
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    const response = await fetch(`${engineUrl}/v1/checkpoint/${run_id}/async`, init);
    if (!response.ok) throw new Error(`checkpoint refused: ${await response.text()}`);
    await response.arrayBuffer();
  }
  return [complete];
}

/** As with `checkpointing: false`: one call for each step. */
function nextStep(doneCount: number): readonly object[] {
  return doneCount === STEPS ? [complete] : [stepRun(doneCount)];
}

function stepRun(index: number): object {
  const id = `step-${index}`;
  return { id, op: "StepRun", name: id, displayName: id, data: index, opts: {} };
}

function waitForEvent({ event, steps }: Call): readonly object[] {
  if (Object.keys(steps).length > 0) return resume(event.data.key);
  const opts = { timeout: "7d", if: "async.data.key == event.data.key" };
  return [{ id: "wait", op: "WaitForEvent", name: "bench/resume", displayName: "wait", opts }];
}

function sleep({ event, steps }: Call): readonly object[] {
  if (Object.keys(steps).length > 0) return resume(event.data.key);
  return [{ id: "sleep", op: "Sleep", name: event.data.wakeAt, displayName: "sleep", opts: {} }];
}

function resume(key: string): readonly object[] {
  tell({ kind: "resumed", key, atMs: preciseNowMs() });
  return [complete];
}

const headers = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  idleTimeout: 0,
  async fetch(request) {
    // A stopping engine may ask, too.
    if (request.method === "PUT")
      return register().catch((error) => new Response(`${error}`, { status: 500 }));
    const id = new URL(request.url).searchParams.get("fnId")?.replace("stub-", "") ?? "";
    const call = (await request.json()) as Call;
    const ops = await functions[id]?.answer(call);
    if (ops) return Response.json(ops, { status: 206, headers });
    const error = { name: "Error", message: "as it was told to", __serialized: true };
    return Response.json(error, {
      status: 400,
      headers: { ...headers, "x-inngest-no-retry": "true" },
    });
  },
});
const url = `http://127.0.0.1:${server.port}/api/inngest`;

async function register(): Promise<Response> {
  return fetch(`${engineUrl}/fn/register`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({
      url,
      appName: "stub",
      deployType: "ping",
      framework: "bun",
      sdk: "js:v4.24.0",
      v: "0.1",
      functions: Object.entries(functions).map(([id, { options = {} }]) => ({
        id: `stub-${id}`,
        name: id,
        triggers: [{ event: `bench/${id}` }],
        steps: {
          step: {
            id: "step",
            name: "step",
            runtime: { type: "http", url: `${url}?fnId=stub-${id}&stepId=step` },
            retries: { attempts: 4 },
          },
        },
        ...options,
      })),
    }),
  });
}

tell({ kind: "ready", url });
