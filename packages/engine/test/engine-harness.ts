// The whole engine with the official SDK, in one process, without a socket and on virtual time: the
// engine's calls go straight to the SDK's handler, and the SDK's requests to the engine's routes.

import type { Database } from "bun:sqlite";
import { Hono } from "hono";
import { type ClientOptions, Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/hono";
import { createUlidSource } from "../src/core/ulid.ts";
import { EngineCore } from "../src/engine.ts";
import { Access } from "../src/http/access/access.ts";
import { createHttpApp } from "../src/http/app.ts";
import type { LogLine } from "../src/runtime/log.ts";
import type { TraceExportOptions } from "../src/runtime/trace-export/trace-exporter.ts";
import type { Storage } from "../src/store/database.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { expectDocumented } from "./http/expect-documented.ts";

const ENGINE_URL = "http://engine.test";
const TURNS_MAX = 20_000;
const STEPS_MAX = 2_000;

export interface HarnessOptions {
  readonly storage?: Storage;
  readonly clock?: VirtualClock;
  /** Given the client, returns the functions of the app. */
  readonly functions: (inngest: Inngest) => readonly InngestFunction.Any[];
  /** An app of another kind, in place of `functions`: another adapter, another SDK. */
  readonly createApp?: (engine: EngineAccess) => AppHandler;
  readonly appName?: string;
  readonly signingKey?: string;
  readonly optimizeParallelism?: boolean;
  readonly checkpointing?: boolean;
  readonly middleware?: NonNullable<ClientOptions["middleware"]>;
  readonly retryIntervalMs?: number;
  readonly openDatabase?: (file: string) => Database;
  readonly traceExport?: TraceExportOptions;
  /** Told of each call that reaches the app. */
  readonly onCall?: (url: string, init: RequestInit) => void;
  /** Told of what the app sends to the engine, and of each call that it has answered. */
  readonly onAppRequest?: (url: string, body: string) => void;
  readonly onAnswer?: (
    call: { readonly url: string; readonly body: string },
    answer: Awaited<ReturnType<Hono["request"]>>,
  ) => void;
  /** For requests to other hosts: a model, say. */
  readonly fetchElsewhere?: (url: string, init: RequestInit) => Promise<Response>;
}

export type AppHandler = (request: Request) => Response | Promise<Response>;

/** How an app reaches the engine. */
export interface EngineAccess {
  readonly baseUrl: string;
  readonly signingKey: string | undefined;
  readonly fetch: typeof fetch;
}

/** Where the engine finds an app of `createApp`. */
export const APP_ORIGIN = "http://app.test";

/** A run as tests look at it. */
export interface RunPicture {
  readonly id: string;
  readonly status: string;
  readonly functionId: string;
  /** JSON. */
  readonly output: string;
}

interface WireRun {
  readonly run_id: string;
  readonly status: string;
  readonly function_id: string;
  readonly output: unknown;
}

const APP_URL = `${APP_ORIGIN}/api/inngest`;

export class EngineHarness {
  readonly clock: VirtualClock;
  readonly inngest: Inngest;
  /** Set to make the app refuse its calls, as one that is down. */
  isAppDown = false;
  /** Set to make the app break the connection after it has done what it was called for. */
  losesAnswers = false;
  /** Calls that reached the app, in order: the step that was asked for, and the attempt. */
  readonly calls: { readonly stepId: string; readonly attempt: number }[] = [];
  readonly logged: string[] = [];
  readonly logLines: LogLine[] = [];
  /** For requests to other hosts, in the place of the one that was given at the start. */
  fetchElsewhere: HarnessOptions["fetchElsewhere"];
  #core: EngineCore;
  #http: Hono;
  readonly #app: AppHandler;
  readonly #createId: () => string;
  readonly #options: HarnessOptions;

  constructor(options: HarnessOptions) {
    this.#options = options;
    this.fetchElsewhere = options.fetchElsewhere;
    this.clock = options.clock ?? new VirtualClock();
    this.#createId = createUlidSource({ nowMs: () => this.clock.nowMs(), random: Math.random });
    const { appName = "app", signingKey, optimizeParallelism, checkpointing } = options;
    const { functions, middleware } = options;
    // Bun's type of fetch asks for a method that the SDK never calls.
    const fetchEngine = ((input: string | URL, init?: RequestInit) => {
      options.onAppRequest?.(String(input), String(init?.body));
      return this.#http.request(new Request(String(input), init));
    }) as typeof fetch;
    this.inngest = new Inngest({
      id: appName,
      baseUrl: ENGINE_URL,
      isDev: signingKey === undefined,
      eventKey: "test-key",
      ...(signingKey === undefined ? {} : { signingKey }),
      ...(optimizeParallelism === undefined ? {} : { optimizeParallelism }),
      ...(checkpointing === undefined ? {} : { checkpointing }),
      ...(middleware === undefined ? {} : { middleware }),
      fetch: fetchEngine,
      logger: silentLogger,
    });
    const access = { baseUrl: ENGINE_URL, signingKey, fetch: fetchEngine };
    this.#app = options.createApp?.(access) ?? serveApp(this.inngest, functions(this.inngest));
    [this.#core, this.#http] = this.#startEngine();
  }

  get reads(): EngineCore["reads"] {
    return this.#core.reads;
  }

  get realtime(): EngineCore["realtime"] {
    return this.#core.realtime;
  }

  get commands(): EngineCore["commands"] {
    return this.#core.commands;
  }

  get http(): Hono {
    return this.#http;
  }

  async sync(): Promise<void> {
    await this.commands.syncApp(APP_URL);
  }

  /** Sends an event through the event API; returns its internal id. */
  async send(event: Record<string, unknown>): Promise<string> {
    const response = await this.request("/e/test-key", {
      method: "POST",
      body: JSON.stringify(event),
    });
    const answer = (await response.json()) as { ids: string[]; error?: string };
    const [id] = answer.ids;
    if (id === undefined) throw new Error(`event refused: ${answer.error}`);
    return id;
  }

  /** Every answer of a documented route is held to what the OpenAPI document says of it. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const { signingKey } = this.#options;
    const headers = new Headers(init.headers);
    if (signingKey !== undefined) headers.set("authorization", `Bearer ${signingKey}`);
    const response = await this.#http.request(`${ENGINE_URL}${path}`, { ...init, headers });
    await expectDocumented({ method: init.method ?? "GET", path }, response);
    return response;
  }

  async runsOf(eventId: string): Promise<readonly RunPicture[]> {
    const response = await this.request(`/v1/events/${eventId}/runs`);
    const { data } = (await response.json()) as { data: WireRun[] };
    return data.map((run) => ({
      id: run.run_id,
      status: run.status,
      functionId: run.function_id,
      output: JSON.stringify(run.output),
    }));
  }

  /** Lets everything happen that happens without time passing. */
  async settle(): Promise<void> {
    let quietTurns = 0;
    for (let turn = 0; turn < TURNS_MAX && quietTurns < 5; turn += 1) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      quietTurns = this.#core.callsInHand === 0 ? quietTurns + 1 : 0;
    }
  }

  /** Lets so much time pass, timer by timer: what happens at one of them happens at its time. */
  async pass(seconds: number): Promise<void> {
    const untilMs = this.clock.nowMs() + seconds * 1_000;
    await this.settle();
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const nextMs = this.clock.nextWakeMs();
      if (nextMs === null || nextMs > untilMs) break;
      this.clock.advanceMs(Math.max(nextMs - this.clock.nowMs(), 0));
      await this.settle();
    }
    this.clock.advanceMs(untilMs - this.clock.nowMs());
    await this.settle();
  }

  /** Moves time on, timer by timer, until the check holds. */
  async advanceUntil(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      await this.settle();
      if (await holds()) return;
      const nextMs = this.clock.nextWakeMs();
      if (nextMs === null) throw new Error("nothing is left to wait for");
      this.clock.advanceMs(Math.max(nextMs - this.clock.nowMs(), 0));
    }
    throw new Error(`it does not hold after ${STEPS_MAX} timers`);
  }

  /** Sends the event and moves time on until all of its runs have ended. */
  async runToEnd(event: Record<string, unknown>): Promise<readonly RunPicture[]> {
    const id = await this.send(event);
    const isOver = ({ status }: RunPicture) => status !== "Running" && status !== "Queued";
    await this.advanceUntil(async () => (await this.runsOf(id)).every(isOver));
    return this.runsOf(id);
  }

  /** The engine dies between two lines of its own; another one opens the same file. */
  async crashAndRestart(): Promise<void> {
    this.#core.close();
    [this.#core, this.#http] = this.#startEngine();
  }

  /** Time passes while no engine runs. */
  async downFor(durationMs: number): Promise<void> {
    this.#core.close();
    this.clock.advanceMs(durationMs);
    [this.#core, this.#http] = this.#startEngine();
  }

  async stop(): Promise<void> {
    this.#core.close();
  }

  #startEngine(): [EngineCore, Hono] {
    const { storage = { kind: "memory" }, signingKey } = this.#options;
    const { retryIntervalMs, openDatabase, traceExport } = this.#options;
    const signingKeys = signingKey === undefined ? [] : [signingKey];
    const core = new EngineCore({
      storage,
      isDev: signingKey === undefined,
      signingKeys,
      clock: this.clock,
      random: () => 0,
      createId: this.#createId,
      fetch: (url, init) => this.#fetchOutside(url, init),
      onLog: (line) => {
        this.logLines.push(line);
        this.logged.push(line.message);
      },
      ...(retryIntervalMs === undefined ? {} : { retryIntervalMs }),
      ...(openDatabase === undefined ? {} : { openDatabase }),
      ...(traceExport === undefined ? {} : { traceExport }),
    });
    const { metrics } = core;
    const isDev = signingKey === undefined;
    const nowMs = () => this.clock.nowMs();
    const access = new Access({
      eventKeys: ["test-key"],
      signingKeys,
      isOpen: isDev,
      allowedHosts: ["engine.test"],
      nowMs,
      onRefusal: (code) => metrics.countRefusal(code),
    });
    const { commands, reads, realtime, upkeep } = core;
    const log = () => {};
    const http = {
      commands,
      reads,
      realtime,
      upkeep,
      metrics,
      access,
      isDev,
      version: "0",
      nowMs,
      log,
    };
    return [core, createHttpApp(http)];
  }

  async #fetchOutside(url: string, init: RequestInit): Promise<Response> {
    if (!url.startsWith(APP_URL)) {
      if (this.fetchElsewhere) return this.fetchElsewhere(url, init);
      throw new Error(`nothing is at ${url}`);
    }
    if (this.isAppDown) throw new Error("Unable to connect: connection refused");
    if (init.method === "POST") this.#note(url, init);
    const { signal: _, ...rest } = init;
    const response = await this.#app(new Request(url, rest));
    if (init.method === "POST") {
      // Bun's types have two classes of this name.
      const copy = response.clone() as unknown as typeof response;
      this.#options.onAnswer?.({ url, body: String(init.body) }, copy);
    }
    if (this.losesAnswers && init.method === "POST") {
      throw new Error("The socket connection was closed unexpectedly.");
    }
    return response;
  }

  #note(url: string, init: RequestInit): void {
    const { ctx } = JSON.parse(String(init.body)) as { ctx: { attempt: number } };
    const stepId = new URL(url).searchParams.get("stepId") ?? "";
    this.calls.push({ stepId, attempt: ctx.attempt });
    this.#options.onCall?.(url, init);
  }
}

function serveApp(client: Inngest, functions: readonly InngestFunction.Any[]): AppHandler {
  const app = new Hono();
  const handler = serve({ client, functions: [...functions], serveOrigin: APP_ORIGIN });
  app.on(["GET", "POST", "PUT"], "/api/inngest", handler);
  return (request) => app.fetch(request);
}

export const silentLogger = {
  info: () => {},
  warn: () => {},
  error: () => {},
  debug: () => {},
  flush: async () => {},
};
