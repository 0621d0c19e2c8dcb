// The engine with an app of handwritten answers: for what the official SDK says seldom or never, and for
// what has to happen between two lines of the engine. Nothing in it waits for a socket or for real time.

import type { Database } from "bun:sqlite";
import type { FunctionConfig } from "../src/core/function-config.ts";
import type { Retention } from "../src/core/retention.ts";
import { EngineCore } from "../src/engine.ts";
import type { Registration } from "../src/protocol/registration.ts";
import type { EndedRunNotice } from "../src/runtime/effects.ts";
import type { Storage } from "../src/store/database.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";

export const APP_URL = "http://app.test/api/inngest";

/** One call as it reached the app. */
export interface RawCall {
  readonly url: string;
  readonly runId: string;
  readonly itemId: string;
  readonly generationId: number;
  /** `step` for the function itself. */
  readonly stepId: string;
  readonly attempt: number;
  readonly steps: Readonly<Record<string, unknown>>;
}

export interface RawAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawEngineOptions {
  /** Throws to break the connection. */
  readonly answer: (call: RawCall) => RawAnswer | Promise<RawAnswer>;
  readonly functions?: readonly Partial<FunctionConfig>[];
  readonly storage?: Storage;
  readonly clock?: VirtualClock;
  readonly retention?: Retention;
  readonly openDatabase?: (file: string) => Database;
  readonly fetchElsewhere?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told of each in-band sync that the engine asks for; none is answered. */
  readonly onSync?: (url: string) => void;
}

export class RawEngine {
  readonly clock: VirtualClock;
  readonly core: EngineCore;
  readonly calls: RawCall[] = [];
  readonly ended: EndedRunNotice[] = [];
  readonly logged: string[] = [];
  readonly #options: RawEngineOptions;

  constructor(options: RawEngineOptions) {
    this.#options = options;
    this.clock = options.clock ?? new VirtualClock();
    this.core = new EngineCore({
      storage: options.storage ?? { kind: "memory" },
      isDev: true,
      signingKeys: [],
      clock: this.clock,
      random: () => 0,
      fetch: (url, init) => this.#fetch(url, init),
      onLog: ({ level, message, ...rest }) =>
        this.logged.push(`${level}: ${message} ${Bun.inspect(rest)}`),
      onRunEnded: (notice) => this.ended.push(notice),
      ...(options.retention ? { retention: options.retention } : {}),
      ...(options.openDatabase ? { openDatabase: options.openDatabase } : {}),
    });
  }

  get commands(): EngineCore["commands"] {
    return this.core.commands;
  }

  async register(changes: Partial<Registration> = {}): Promise<void> {
    const functions = (this.#options.functions ?? [{}]).map(createConfig);
    await this.commands.register({ ...registration(functions), ...changes });
  }

  async send(name = "go", data: Record<string, unknown> = {}): Promise<string> {
    const [id = ""] = await this.commands.acceptEvents([{ name, data, user: {} }]);
    return id;
  }

  runsOf(eventId: string) {
    return this.core.reads.loadRunsOfEvent(eventId, { after: null, limit: 10, withOutput: true });
  }

  /** Lets everything happen that happens without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  }

  stop(): void {
    this.core.close();
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { answer, fetchElsewhere } = this.#options;
    if (!url.startsWith("http://app.") && fetchElsewhere) return fetchElsewhere(url, init);
    if (init.method !== "POST") {
      this.#options.onSync?.(url);
      throw new Error("Unable to connect");
    }
    const call = readCall(url, String(init.body));
    this.calls.push(call);
    const { status = 206, body, headers = {} } = await answer(call);
    return new Response(JSON.stringify(body), {
      status,
      headers: { "x-inngest-sdk": "raw", "x-inngest-req-version": "2", ...headers },
    });
  }
}

export function createConfig(changes: Partial<FunctionConfig>): FunctionConfig {
  return {
    slug: "app-f",
    name: "f",
    triggers: [{ kind: "event", event: "go" }],
    url: APP_URL,
    attemptsMax: 4,
    concurrency: [],
    ...changes,
  };
}

export function registration(functions: readonly FunctionConfig[]): Registration {
  return {
    appName: "app",
    url: APP_URL,
    framework: "raw",
    sdkLanguage: "raw",
    sdkVersion: "1",
    functions,
    checksum: JSON.stringify(functions),
  };
}

/** Ops as the wire has them. */
export const op = {
  done: (id: string, data: unknown = id) => ({ op: "StepRun", id, data }),
  planned: (id: string) => ({ op: "StepPlanned", id }),
  failed: (id: string) => ({ op: "StepError", id, error: { name: "Error", message: "no" } }),
  sleep: (id: string, duration: string) => ({ op: "Sleep", id, name: duration }),
  wait: (id: string, event: string, timeout = "1h") => ({
    op: "WaitForEvent",
    id,
    name: event,
    opts: { timeout },
  }),
  invoke: (id: string, functionId: string, timeout?: string) => ({
    op: "InvokeFunction",
    id,
    opts: { function_id: functionId, payload: { data: {} }, timeout },
  }),
  model: (id: string) => ({
    op: "AIGateway",
    id,
    opts: { url: "http://model.test/v1", format: "openai-chat", auth_key: "key", body: {} },
  }),
  complete: (data: unknown = "done") => ({ op: "RunComplete", id: "complete", data }),
} as const;

function readCall(url: string, body: string): RawCall {
  // The engine wrote it, in the shape of section 1.3 of the protocol notes.
  const { ctx, steps } = JSON.parse(body) as {
    ctx: { run_id: string; job_id: string; generation_id: number; attempt: number };
    steps: Record<string, unknown>;
  };
  return {
    url,
    runId: ctx.run_id,
    itemId: ctx.job_id,
    generationId: ctx.generation_id,
    stepId: new URL(url).searchParams.get("stepId") ?? "",
    attempt: ctx.attempt,
    steps,
  };
}
