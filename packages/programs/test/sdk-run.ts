// Drives one run of a function through the official SDK's own request handler, as an engine does: call,
// store what came back, call again. It keeps to what every Inngest server has: step results, retries
// of a step, `waitForEvent` that sees only what comes after it was stored.

import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import type { SentEvent } from "./program-bench.ts";

interface StepOp {
  readonly id: string;
  readonly op: string;
  /** Of a wait: the event's name. */
  readonly name: string;
  readonly displayName?: string;
  readonly data?: unknown;
  readonly error?: { readonly message: string };
  readonly opts?: { readonly if?: string; readonly timeout?: string };
}

export interface Wait {
  /** The step's name. */
  readonly name: string;
  readonly event: string;
  readonly opts: NonNullable<StepOp["opts"]>;
  /** How many of the bench's events had come when it was stored. */
  readonly fromIndex: number;
}

export type RunEnd =
  | { readonly kind: "finished"; readonly output: unknown }
  | { readonly kind: "failed"; readonly message: string };

export interface SdkRunOptions {
  readonly runId: string;
  readonly events: readonly SentEvent[];
  readonly createFunction: (client: Inngest) => InngestFunction.Any;
}

const CALLS_MAX = 200;

export class SdkRun {
  readonly stepNames: string[] = [];
  readonly waits: Wait[] = [];
  readonly #options: SdkRunOptions;
  readonly #handle: (request: Request) => Promise<Response>;
  readonly #steps: Record<string, unknown> = {};
  readonly #stack: string[] = [];
  #waiting: Wait | null = null;
  #hasTimedOut = false;

  constructor(options: SdkRunOptions) {
    this.#options = options;
    const client = new Inngest({
      ...{ id: "bench", isDev: true, baseUrl: "http://127.0.0.1:9" },
      ...{ eventKey: "bench-event-key", internalLogger: silent, logger: silent },
    });
    this.#handle = serve({ client, functions: [options.createFunction(client)] });
  }

  /** Lets the wait that is under way run out, as an engine does when its timeout has come. */
  timeOut(): void {
    this.#hasTimedOut = true;
  }

  get waiting(): Wait | null {
    return this.#waiting;
  }

  /** Goes on until the function has ended. Every call is a new request: nothing is kept open. */
  async finish(): Promise<RunEnd> {
    let attempt = 0;
    for (let call = 0; call < CALLS_MAX; call += 1) {
      const response = await this.#call(attempt);
      // What the SDK answers: the steps' ops, the function's output, or an error with its message.
      const body = (await response.json()) as readonly StepOp[] & { readonly message: string };
      if (response.status === 200) return { kind: "finished", output: body };
      if (response.status !== 206) {
        if (response.headers.get("x-inngest-no-retry") === "true") {
          return { kind: "failed", message: body.message };
        }
        attempt += 1;
        continue;
      }
      const end = await this.#store(body);
      if (end === "retry") attempt += 1;
      else if (end !== null) return end;
      else attempt = 0;
    }
    throw new Error(`the run has not ended after ${CALLS_MAX} calls`);
  }

  #call(attempt: number): Promise<Response> {
    const event = {
      id: "01K3ZJ4T1Q8X5V7N2M6B9C0D3H",
      name: "bench/begin",
      data: {},
      user: {},
      ts: 1,
    };
    return this.#handle(
      new Request("http://127.0.0.1:3111/api/inngest?fnId=bench-work&stepId=step", {
        method: "POST",
        headers: {
          host: "127.0.0.1:3111",
          "content-type": "application/json",
          "x-inngest-server-kind": "dev",
        },
        body: JSON.stringify({
          ...{ event, events: [event], steps: this.#steps, version: 2, use_api: false },
          ctx: {
            ...{ run_id: this.#options.runId, attempt, max_attempts: 5, env: "", step_id: "step" },
            stack: { stack: this.#stack, current: this.#stack.length },
            ...{ disable_immediate_execution: false, use_api: false, qi_id: "q" },
          },
        }),
      }),
    );
  }

  async #store(ops: readonly StepOp[]): Promise<RunEnd | "retry" | null> {
    for (const op of ops) {
      if (op.op === "StepError") return "retry";
      const name = op.displayName ?? op.id;
      if (op.op === "WaitForEvent") this.#save(op.id, await this.#wait(op, name));
      else if (op.op === "StepRun") this.#save(op.id, { data: op.data ?? null });
      else if (op.op === "StepFailed") this.#save(op.id, { error: op.error });
      else if (op.op === "RunComplete") return { kind: "finished", output: op.data };
      else throw new Error(`an op that no program needs: ${op.op}`);
      this.stepNames.push(name);
    }
    return null;
  }

  #save(id: string, value: unknown): void {
    this.#steps[id] = value;
    this.#stack.push(id);
  }

  async #wait(op: StepOp, name: string): Promise<unknown> {
    const { events } = this.#options;
    const wait = { name, event: op.name, opts: op.opts ?? {}, fromIndex: events.length };
    this.waits.push(wait);
    this.#waiting = wait;
    for (;;) {
      const found = events.slice(wait.fromIndex).find((event) => matches(wait, event));
      if (found !== undefined || this.#hasTimedOut) {
        this.#hasTimedOut = false;
        this.#waiting = null;
        return found ?? null;
      }
      await Bun.sleep(10);
    }
  }
}

function matches({ event: name, opts }: Wait, event: SentEvent): boolean {
  const [, key] = /^async\.data\.key == "([^"]+)"$/.exec(opts.if ?? "") ?? [];
  if (key === undefined) throw new Error(`not the expression that a program waits for: ${opts.if}`);
  return event.name === name && event.data.key === key;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
