// The app that the engine calls: functions that are plans, carried out by the fake SDK in world time. It
// knows nothing of faults but its own death.

import type { FunctionSpec } from "../plan/function-spec.ts";
import type { EventData } from "../plan/plan.ts";
import type { Random } from "../world/random.ts";
import type { World } from "../world/world.ts";
import { type FoundStep, throwsNow } from "./execution.ts";
import { answerCall, invokeData, type StepResult } from "./sdk.ts";
import type { WireAnswer, WireCall, WireOp } from "./wire.ts";
import type { Witness } from "./witness.ts";

export interface FakeAppOptions {
  readonly world: World;
  readonly random: Random;
  readonly witness: Witness;
  readonly appName: string;
  readonly findFunction: (slug: string) => FunctionSpec | undefined;
  /** A request to the engine over an unreliable wire. */
  readonly request: (
    path: string,
    init: {
      readonly method: string;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    },
  ) => Promise<{ readonly status: number; readonly body: string }>;
}

/** As the SDK tries to send checkpoints and events. */
const TRIES_MAX = 5;
const FIRST_PAUSE_MS = 100;

/** A call that is being carried out; the app's death ends it in the middle. */
export interface Work {
  isDead: boolean;
}

export class FakeApp {
  readonly #options: FakeAppOptions;

  constructor(options: FakeAppOptions) {
    this.#options = options;
  }

  /** Never resolves when the app dies meanwhile. */
  async call(received: WireCall, work: Work): Promise<WireAnswer> {
    const { world, appName, findFunction } = this.#options;
    const call = received.usesApi ? await this.#fetchState(received) : received;
    const spec = findFunction(call.functionSlug);
    if (!spec) throw new Error(`the app has no function ${call.functionSlug}`);
    const { plan, requestVersion, checkpointing } = spec;
    return answerCall(
      call,
      { plan, appName, requestVersion, checkpointing },
      {
        nowMs: () => world.wallMs,
        sleep: (durationMs) => this.#sleep(durationMs, work),
        runStep: (step) => this.#runStep(step, call, work),
        checkpoint: (ops) => this.#checkpoint(ops, call, work),
      },
    );
  }

  async #sleep(durationMs: number, work: Work): Promise<void> {
    await this.#options.world.sleep(durationMs);
    if (work.isDead) await new Promise(() => {});
  }

  async #runStep(step: FoundStep, call: WireCall, work: Work): Promise<StepResult> {
    const { action } = step;
    if (action.kind === "send") return this.#sendEvents(step, call, work);
    if (action.kind !== "run") throw new Error(`a ${action.kind} has no code to run`);
    await this.#sleep(action.durationMs, work);
    const hasFailed = throwsNow(action, call.context.attempt);
    const number = this.#note(step, call, hasFailed);
    if (hasFailed) {
      return { kind: "failed", message: `${action.id} failed #${number}`, failing: action.failing };
    }
    const padding = action.padBytes === 0 ? {} : { padding: "x".repeat(action.padBytes) };
    return { kind: "done", data: { number, ...padding } };
  }

  async #sendEvents(step: FoundStep, call: WireCall, work: Work): Promise<StepResult> {
    const { action } = step;
    if (action.kind !== "send") throw new Error("only events are sent");
    const { random, world } = this.#options;
    const data: EventData = invokeData(call.event.data);
    const events = action.eventNames.map((name) => ({ name, data }));
    const entropy = Uint8Array.from({ length: 10 }, () => random.between(0, 255)).toBase64();
    const headers = { "x-inngest-event-id-seed": `${world.wallMs},${entropy}` };
    const init = { method: "POST", body: JSON.stringify(events), headers };
    const answer = await this.#tryAgain(() => this.#options.request("/e/key", init), work);
    const number = this.#note(step, call, answer === null);
    if (!answer) {
      return {
        kind: "failed",
        message: `${action.id} failed #${number}`,
        failing: { kind: "plain" },
      };
    }
    const { ids } = JSON.parse(answer.body) as { ids: string[] };
    return { kind: "done", data: { number, ids } };
  }

  #note({ hash, action, seen }: FoundStep, call: WireCall, hasFailed: boolean): number {
    const { world, witness } = this.#options;
    const runId = call.context.run_id;
    const number = witness.add({ runId, stepHash: hash, hasFailed, seen });
    world.note(`app ran ${action.id} of ${runId} as #${number}${hasFailed ? ", failing" : ""}`);
    return number;
  }

  async #checkpoint(
    ops: readonly WireOp[],
    { context }: WireCall,
    work: Work,
  ): Promise<"stored" | "stale" | "failed"> {
    const { run_id, fn_id, qi_id, request_id, generation_id } = context;
    const body = JSON.stringify({ run_id, fn_id, qi_id, request_id, generation_id, steps: ops });
    const path = `/v1/checkpoint/${run_id}/async`;
    const init = { method: "POST", body };
    const answer = await this.#tryAgain(() => this.#options.request(path, init), work, [409]);
    if (!answer) return "failed";
    return answer.status === 409 ? "stale" : "stored";
  }

  /** Null when it was in vain; statuses in `final` are answers, too. */
  async #tryAgain(
    request: () => Promise<{ readonly status: number; readonly body: string }>,
    work: Work,
    final: readonly number[] = [],
  ): Promise<{ readonly status: number; readonly body: string } | null> {
    const { random } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await request().catch(() => null);
      if (work.isDead) await new Promise(() => {});
      if (answer && (answer.status === 200 || final.includes(answer.status))) return answer;
      if (attempt >= TRIES_MAX) return null;
      await this.#sleep(
        FIRST_PAUSE_MS * 2 ** (attempt - 1) + random.between(0, FIRST_PAUSE_MS),
        work,
      );
    }
  }

  /** The state was too large for the call: protocol notes, section 1.3. */
  async #fetchState(call: WireCall): Promise<WireCall> {
    const path = `/v0/runs/${call.context.run_id}/actions`;
    const { status, body } = await this.#options.request(path, { method: "GET" });
    if (status !== 200) throw new Error(`the state cannot be fetched: ${status}`);
    const steps = JSON.parse(body) as Record<string, unknown>;
    const { stack } = call.context.stack;
    // Where the call has no stack, the SDK takes the order of what it got.
    const order = stack.length > 0 ? stack : Object.keys(steps);
    return { ...call, steps, context: { ...call.context, stack: { stack: order } } };
  }
}
