// What happened in the worker, outside all that is durable: each step that is carried out leaves a line in a
// file, which no SIGKILL takes back, and returns a token of its own with the tokens that the function had been
// given by then. So one sees afterwards which execution's result was stored, and which results were used.

import { AsyncLocalStorage } from "node:async_hooks";
import { openSync, writeSync } from "node:fs";
import type { Context } from "inngest";
import type { WorkerMessage } from "../../processes/messages.ts";

/** In the folder of the bus. */
export const WITNESS_FILE = "witness.jsonl";

/** One execution of a step, as it began. */
export interface Execution {
  readonly functionId: string;
  readonly runId: string;
  readonly stepId: string;
  /** No other execution has it. */
  readonly token: string;
  /** The tokens of the steps before, as the function was given them. */
  readonly seen: readonly string[];
  /** When the call that this is a part of reached the function: it may have waited for the worker. */
  readonly calledAtMs: number;
  /** Of that call: higher than that of any call that the engine made before it. */
  readonly generation: number;
}

/** What a step returns. */
interface Mark<T> {
  readonly token: string;
  readonly seen: readonly string[];
  readonly value: T;
}

/** What a function returns. */
export interface Result {
  readonly value: unknown;
  readonly seen: readonly string[];
}

export interface KillEventData {
  /** Every event has another. */
  readonly n: number;
  /** The request that it came with. */
  readonly request: string;
  readonly key?: string;
  readonly sizeBytes?: number;
}

type Tell = (message: Extract<WorkerMessage, { kind: "called" | "stepped" }>) => void;

export class Witness {
  readonly #file: number;
  readonly #tell: Tell;
  readonly #generation = new AsyncLocalStorage<number>();
  #tokenCount = 0;

  constructor(file: string, tell: Tell) {
    this.#file = openSync(file, "a");
    this.#tell = tell;
  }

  /** Lets `answer` answer a call. Only its request says which generation it is of. */
  hear(request: Request, answer: (request: Request) => Promise<Response>): Promise<Response> {
    const generation = Number(request.headers.get("x-inngest-generation-id"));
    return this.#generation.run(generation, () => answer(request));
  }

  /** For one call of a function. */
  attend(functionId: string, context: Context.Any): Scene {
    this.#tell({ kind: "called" });
    return new Scene(this, functionId, context);
  }

  get generation(): number {
    const generation = this.#generation.getStore();
    if (!generation) throw new Error("a function was called without a generation");
    return generation;
  }

  createToken(): string {
    this.#tokenCount += 1;
    return `${process.pid}.${performance.timeOrigin}.${this.#tokenCount}`;
  }

  record(execution: Execution, n: number | undefined): void {
    writeSync(this.#file, `${JSON.stringify(execution)}\n`);
    const { functionId, stepId } = execution;
    this.#tell({ kind: "stepped", functionId, stepId, n });
  }
}

/** One call of a function, with what it has been given so far. */
export class Scene {
  readonly step: Context.Any["step"];
  readonly data: KillEventData;
  /** Of the batch, where there is one. */
  readonly numbers: readonly number[];
  readonly attempt: number;
  readonly #witness: Witness;
  readonly #functionId: string;
  readonly #runId: string;
  readonly #calledAtMs = Date.now();
  readonly #generation: number;
  readonly #seen: string[] = [];

  constructor(
    witness: Witness,
    functionId: string,
    { event, events, runId, step, attempt }: Context.Any,
  ) {
    this.#witness = witness;
    this.#functionId = functionId;
    this.#generation = witness.generation;
    this.#runId = runId;
    this.step = step;
    this.attempt = attempt;
    // The campaign's own client has sent them; a schedule's event and a failure's have no number.
    this.data = event.data as KillEventData;
    this.numbers = events.map(({ data }) => (data as KillEventData).n);
  }

  /** Carries out a step, on record. */
  async run<T>(stepId: string, work: () => T | Promise<T>): Promise<T> {
    const carryOut = async (): Promise<Mark<T>> => {
      const token = this.#witness.createToken();
      const seen = [...this.#seen];
      this.#record(stepId, token, seen);
      return { token, seen, value: await work() };
    };
    // The SDK's type says what JSON makes of it, and no value here is changed by that.
    const mark = (await this.step.run(stepId, carryOut)) as Mark<T>;
    this.#seen.push(mark.token);
    return mark.value;
  }

  conclude(value: unknown): Result {
    return { value, seen: this.#seen };
  }

  #record(stepId: string, token: string, seen: readonly string[]): void {
    const call = { calledAtMs: this.#calledAtMs, generation: this.#generation };
    const step = { functionId: this.#functionId, runId: this.#runId, stepId };
    this.#witness.record({ ...step, token, seen, ...call }, this.data.n);
  }
}
