// The HTTP face over a real store in memory. What routes ask of the engine is recorded, not carried out;
// `end-to-end.test.ts` runs them with the whole engine.

import type { Hono } from "hono";
import type { RunEnding, StepRecord } from "../../src/core/change.ts";
import type { FunctionConfig } from "../../src/core/function-config.ts";
import { createUlidSource } from "../../src/core/ulid.ts";
import { Access, type AccessOptions } from "../../src/http/access/access.ts";
import { createHttpApp } from "../../src/http/app.ts";
import type { HttpDeps } from "../../src/http/deps.ts";
import type { Realtime } from "../../src/http/realtime/realtime.ts";
import { RealtimeTokens } from "../../src/protocol/realtime/token.ts";
import type { EngineCommands } from "../../src/runtime/commands.ts";
import type { LogLine } from "../../src/runtime/log.ts";
import { EngineMetrics } from "../../src/runtime/metrics/engine-metrics.ts";
import { RealtimeHub } from "../../src/runtime/realtime/hub.ts";
import { Upkeep } from "../../src/runtime/upkeep/upkeep.ts";
import { openDatabase } from "../../src/store/database.ts";
import { EngineStore } from "../../src/store/engine-store.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createReadStore } from "../../src/store/read-store.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { expectDocumented } from "./expect-documented.ts";

export const START_MS = Date.UTC(2026, 10, 21, 2);
export const EVENT_KEY = "an-event-key";
export const SIGNING_KEY = "signkey-prod-0123456789abcdef0123456789abcdef";

export interface RunSeed {
  readonly functionId?: string;
  readonly eventInternalId?: string;
  readonly queuedAtMs?: number;
  readonly rerunOf?: string;
  readonly startedAtMs?: number;
  readonly ending?: Pick<RunEnding, "status" | "outputJson"> & { readonly endedAtMs?: number };
}

/** What a command came with; the last entry is the latest. */
export interface AskedCommand {
  readonly command: keyof EngineCommands;
  readonly input: unknown;
}

export class HttpFixture {
  nowMs = START_MS;
  readonly db = openDatabase(":memory:");
  readonly store: EngineStore;
  readonly asked: AskedCommand[] = [];
  readonly logged: LogLine[] = [];
  /** Of the hub alone. */
  readonly clock = new VirtualClock(START_MS);
  readonly realtime: Realtime;
  readonly access: Access;
  readonly app: Hono;
  /** Queue items that are being carried out. */
  readonly inHand = new Set<string>();
  /** Set to make the next commands fail. */
  failure: Error | null = null;
  readonly #createId = createUlidSource({ nowMs: () => this.nowMs, random: Math.random });

  constructor(
    access: Partial<AccessOptions> = {},
    options: Pick<Partial<HttpDeps>, "isDev" | "servePage"> = {},
  ) {
    migrate(this.db);
    this.store = new EngineStore(this.db);
    const nowMs = () => this.nowMs;
    this.access = new Access({
      eventKeys: [EVENT_KEY],
      signingKeys: [],
      isOpen: true,
      allowedHosts: [],
      nowMs,
      ...access,
    });
    const hub = new RealtimeHub({ clock: this.clock, log: (line) => this.logged.push(line) });
    this.realtime = { hub, tokens: new RealtimeTokens(access.signingKeys ?? []) };
    this.app = createHttpApp({
      commands: this.#recordingCommands(),
      reads: createReadStore(this.db),
      upkeep: new Upkeep({ store: this.store, clock: new VirtualClock(), files: null }),
      metrics: new EngineMetrics(),
      access: this.access,
      realtime: this.realtime,
      isDev: true,
      version: "1.2.3",
      nowMs,
      log: (line) => this.logged.push(line),
      ...options,
    });
  }

  close(): void {
    this.db.close();
  }

  /** Every answer of a documented route is held to what the OpenAPI document says of it. */
  async request(path: string, init?: RequestInit): Promise<Response> {
    const response = await this.app.request(path, init);
    await expectDocumented({ method: init?.method ?? "GET", path }, response);
    return response;
  }

  async get(path: string): Promise<unknown> {
    const response = await this.request(path);
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    return response.json();
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.request(path, { method: "POST", headers, ...(text && { body: text }) });
  }

  addApp(name = "demo"): string {
    this.store.apps.putApp({
      id: `app-${name}`,
      name,
      url: `http://127.0.0.1:3111/${name}`,
      framework: "hono",
      sdkLanguage: "js",
      sdkVersion: "4.24.0",
      checksum: "sum",
      createdAtMs: START_MS,
      syncedAtMs: START_MS,
    });
    return `app-${name}`;
  }

  addFunction(config: Partial<FunctionConfig> & { readonly slug: string }, app = "demo"): string {
    const id = `function-${config.slug}`;
    this.store.apps.putFunction(id, `app-${app}`, {
      name: config.slug,
      triggers: [{ kind: "event", event: "demo/ok" }],
      url: `http://127.0.0.1:3111/${app}?fnId=${config.slug}&stepId=step`,
      attemptsMax: 5,
      concurrency: [],
      ...config,
    });
    return id;
  }

  addEvent(name: string, data: Record<string, unknown> = {}, id?: string): string {
    const internalId = this.#createId();
    this.store.events.insert({
      internalId,
      id: id ?? internalId,
      name,
      data,
      user: {},
      tsMs: this.nowMs,
      receivedAtMs: this.nowMs,
    });
    return internalId;
  }

  addRun(seed: RunSeed = {}): string {
    const { functionId = "function-demo-ok", queuedAtMs = this.nowMs, ending } = seed;
    this.nowMs = Math.max(this.nowMs, queuedAtMs);
    const id = this.#createId();
    this.store.runs.insert({
      id,
      functionId,
      appId: "app-demo",
      eventInternalId: seed.eventInternalId ?? "01M7XX8G26Z39M6Y05EC7VAHVT",
      queuedAtMs,
      slotsJson: "[]",
      batchId: null,
      rank: null,
      correlationId: null,
      rerunOf: seed.rerunOf ?? null,
    });
    if (seed.startedAtMs !== undefined) this.store.runs.start(id, seed.startedAtMs);
    if (ending) {
      const endedAtMs = ending.endedAtMs ?? this.nowMs;
      this.store.runs.end(id, { ...ending, error: null, endedAtMs });
    }
    return id;
  }

  addStep(runId: string, step: Partial<StepRecord> & { readonly stepId: string }): void {
    const { lastPosition } = this.store.steps.loadKnown(runId);
    const defaults = {
      name: step.stepId,
      kind: "run",
      status: "completed",
      isRace: false,
      inputJson: null,
      valueJson: null,
      attempt: 0,
      queuedAtMs: this.nowMs,
      startedAtMs: this.nowMs,
      endedAtMs: this.nowMs,
    } as const;
    this.store.steps.insert(runId, { ...defaults, ...step }, lastPosition + 1);
  }

  #recordingCommands(): EngineCommands {
    const record = <T>(command: keyof EngineCommands, input: unknown, answer: T): Promise<T> => {
      this.asked.push({ command, input });
      return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
    };
    return {
      acceptEvents: (events, options) =>
        record(
          "acceptEvents",
          { events, options },
          events.map(() => this.#createId()),
        ),
      register: (input) => record("register", input, { isModified: true, appId: "app-id" }),
      syncApp: (url, appName) =>
        record("syncApp", { url, appName }, { isModified: true, appId: "app-id" }),
      removeApp: (input) => record("removeApp", input, undefined),
      checkpoint: (input) => record("checkpoint", input, undefined),
      keepAppSpans: (input) => record("keepAppSpans", input, 0),
      updateMetadata: (input) => record("updateMetadata", input, undefined),
      cancelRun: (input) => record("cancelRun", input, undefined),
      cancelRuns: (input) =>
        record("cancelRuns", input, {
          ...input,
          id: "01M7XX8TM7D9ZZM0CYMRMSQJC8",
          createdAtMs: this.nowMs,
          position: "",
          cancelledCount: 0,
          endedAtMs: null,
        }),
      pauseFunction: (functionId, runs) => record("pauseFunction", { functionId, runs }, undefined),
      resumeFunction: (input) => record("resumeFunction", input, undefined),
      isInHand: (itemId) => this.inHand.has(itemId),
      removeCancellation: (input) => record("removeCancellation", input, undefined),
      rerun: (runId, from) =>
        record("rerun", from ? { runId, from } : runId, "01M7XX8TM7D9ZZM0CYMRMSQJC8"),
      invoke: (input) => record("invoke", input, "01M7XX8TYAS6FSXCQY8RMKASH4"),
      sendSignal: (input) => record("sendSignal", input, "01M7XX8TM7D9ZZM0CYMRMSQJC8"),
    };
  }
}
