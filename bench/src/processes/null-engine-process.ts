// The null engine: drives the same worker over the same protocol, checkpoints included, and stores and
// decides nothing. What it reaches is the ceiling that the SDK and HTTP set to any engine on this machine.
// `bun null-engine-process.ts`, in place of `engine-process.ts`.

import { endWithParent } from "./end-with-parent.ts";
import type { EngineMessage } from "./messages.ts";

const tell = (message: EngineMessage) => process.send?.(message);
endWithParent();
const urlsByEvent = new Map<string, string>();
let runCount = 0;

interface Op {
  readonly id: string;
  readonly op: string;
  readonly data?: unknown;
}

type SentEvents = { name: string } | readonly { name: string }[];

interface Registration {
  readonly functions: readonly RegisteredFunction[];
}

interface RegisteredFunction {
  readonly triggers: readonly { readonly event: string }[];
  readonly steps: Readonly<Record<string, { readonly runtime: { readonly url: string } }>>;
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/v1/checkpoint/")) {
      await request.json();
      return Response.json({});
    }
    if (pathname.startsWith("/e/")) return accept((await request.json()) as SentEvents);
    if (pathname === "/fn/register") return register((await request.json()) as Registration);
    return new Response("not found", { status: 404 });
  },
});
tell({ kind: "ready", url: `http://127.0.0.1:${server.port}` });
process.on("SIGTERM", () => process.exit(0));

function register({ functions }: Registration): Response {
  for (const { triggers, steps } of functions) {
    for (const { event } of triggers) urlsByEvent.set(event, steps["step"]?.runtime.url ?? "");
  }
  return Response.json({ ok: true, modified: true });
}

function accept(body: SentEvents): Response {
  const events = [body].flat();
  const ids = events.map((event) => {
    runCount += 1;
    const id = `run-${runCount}`;
    void run(id, event);
    return id;
  });
  return Response.json({ ids, status: 200 });
}

/** Calls until the run is complete, with the steps that the answers brought. */
async function run(runId: string, event: { name: string }): Promise<void> {
  const steps: Record<string, unknown> = {};
  const url = urlsByEvent.get(event.name) ?? "";
  for (;;) {
    const ops = await call(url, runId, { event: { ...event, id: runId, ts: 1 }, steps });
    if (ops.some(({ op }) => op === "RunComplete")) break;
    for (const { id, data } of ops) steps[id] = { data };
  }
  tell({ kind: "ended", runId, status: "COMPLETED" });
}

async function call(
  url: string,
  runId: string,
  { event, steps }: { readonly event: object; readonly steps: Readonly<Record<string, unknown>> },
): Promise<readonly Op[]> {
  const stack = Object.keys(steps);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-run-id": runId },
    body: JSON.stringify({
      event,
      events: [event],
      steps,
      version: stack.length === 0 ? -1 : 2,
      use_api: false,
      ctx: {
        fn_id: "00000000-0000-0000-0000-000000000000",
        run_id: runId,
        qi_id: runId,
        job_id: runId,
        request_id: runId,
        generation_id: 1,
        env: "",
        step_id: "step",
        attempt: 0,
        max_attempts: 5,
        disable_immediate_execution: false,
        use_api: false,
        stack: { stack, current: stack.length },
      },
    }),
  });
  const answer: unknown = await response.json();
  if (response.status === 206) return answer as readonly Op[];
  if (response.status === 200) return [{ id: "complete", op: "RunComplete" }];
  throw new Error(`the worker answered ${response.status}: ${JSON.stringify(answer)}`);
}
