// The engine's process: starts it, kills it, and hands it requests. What an engine that was killed still
// wants to say is heard by nobody.

import type { Hono } from "hono";
import { createUlidSource } from "../../../src/core/ulid.ts";
import { EngineCore } from "../../../src/engine.ts";
import { Access } from "../../../src/http/access/access.ts";
import { createHttpApp } from "../../../src/http/app.ts";
import { Disk, type StatementFate } from "../faults/disk.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface EngineHostOptions {
  readonly world: World;
  readonly random: Random;
  readonly retryIntervalMs: number | null;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly mayGoOn: (statement: string) => StatementFate;
  /** Each commit, before the engine hears of it. */
  readonly onCommit: () => void;
  readonly onRefused: () => void;
  readonly onStarted: () => void;
  readonly onDied: () => void;
}

const ENGINE_URL = "http://engine.test";

interface Life {
  readonly core: EngineCore;
  readonly http: Hono;
}

export class EngineHost {
  readonly disk: Disk;
  readonly #options: EngineHostOptions;
  readonly #createId: () => string;
  /** Requests that were not answered yet: how each is told that the engine is gone. */
  readonly #pending = new Set<(error: Error) => void>();
  #life: Life | null = null;
  /** Grows with each start and each death. */
  #epoch = 0;
  #isStarting = false;

  constructor(options: EngineHostOptions) {
    const { world, random, mayGoOn, onCommit, onRefused } = options;
    this.#options = options;
    const ids = random.fork("ids");
    this.#createId = createUlidSource({ nowMs: () => world.wallMs, random: () => ids.next() });
    this.disk = new Disk({
      mayGoOn: (statement) => {
        const fate = mayGoOn(statement);
        if (fate.startsWith("dies")) this.#noteDeath(`at ${statement.trim().slice(0, 40)}`);
        return fate;
      },
      onCommit,
      onRefused,
    });
  }

  get isUp(): boolean {
    return this.#life !== null;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get core(): EngineCore | null {
    return this.#life?.core ?? null;
  }

  /** Returns false when it died, or was refused by the disk, on its way up. */
  start(): boolean {
    const { world, onStarted } = this.#options;
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#isStarting = true;
    try {
      const core = this.#createCore(epoch);
      this.#isStarting = false;
      if (epoch !== this.#epoch) return false;
      this.#life = { core, http: this.#createHttp(core) };
    } catch (error) {
      this.#isStarting = false;
      world.note(`engine could not start: ${error instanceof Error ? error.message : error}`);
      this.disk.crash();
      this.#epoch += 1;
      return false;
    }
    world.note("engine is up");
    onStarted();
    return true;
  }

  /** Between two turns. */
  kill(): void {
    if (!this.#life) return;
    this.disk.crash();
    this.#noteDeath("between turns");
  }

  /** As a request over the wire: rejects when the engine is down or dies before it has answered. */
  request(path: string, init: RequestInit): Promise<{ status: number; body: string }> {
    const life = this.#life;
    if (!life) return Promise.reject(new Error("Unable to connect: connection refused"));
    const epoch = this.#epoch;
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      const settle = (): boolean => this.#pending.delete(reject) && epoch === this.#epoch;
      const answer = async (): Promise<void> => {
        const response = await life.http.request(`${ENGINE_URL}${path}`, init);
        const body = await response.text();
        if (settle()) resolve({ status: response.status, body });
      };
      answer().catch((error: unknown) => {
        if (settle()) reject(error);
      });
    });
  }

  #noteDeath(where: string): void {
    const { world, onDied } = this.#options;
    world.note(`engine dies ${where}`);
    this.#epoch += 1;
    this.#life = null;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const reject of pending) {
      world.after(0, () => reject(new Error("The socket connection was closed unexpectedly.")));
    }
    // An engine that dies on its way up is started again by whoever started it.
    if (!this.#isStarting) onDied();
  }

  #createCore(epoch: number): EngineCore {
    const { world, random, retryIntervalMs, fetch } = this.#options;
    const isAlive = () => epoch === this.#epoch;
    const jitter = random.fork(`jitter ${epoch}`);
    return new EngineCore({
      storage: { kind: "memory" },
      isDev: true,
      signingKeys: [],
      clock: {
        nowMs: () => world.wallMs,
        wakeAt: (atMs, wake) => world.atWall(atMs, () => isAlive() && wake()),
        wakeAfter: (delayMs, wake) => world.after(delayMs, () => isAlive() && wake()),
        onSetBack: (tell) => world.onSetBack(() => isAlive() && tell()),
      },
      schedule: (flush) => {
        world.after(0, () => isAlive() && flush());
      },
      random: () => jitter.next(),
      createId: this.#createId,
      openDatabase: () => this.disk.open(),
      fetch: (url, init) => (isAlive() ? fetch(url, init) : new Promise(() => {})),
      onLog: ({ level, message, error, reason }) => {
        if (!isAlive()) return;
        world.note(
          `engine ${level}: ${message} ${describe(error ?? reason)} ${error instanceof Error ? error.stack : ""}`,
        );
        if (level === "error" && !isExpected(error))
          world.fail(`the engine logs an error: ${message}`);
      },
      ...(retryIntervalMs === null ? {} : { retryIntervalMs }),
    });
  }

  #createHttp({ commands, reads, realtime, upkeep, metrics }: EngineCore): Hono {
    const { world } = this.#options;
    const nowMs = () => world.wallMs;
    const access = new Access({
      eventKeys: ["key"],
      signingKeys: [],
      isOpen: true,
      allowedHosts: ["engine.test"],
      nowMs,
    });
    const log = () => {};
    const deps = { commands, reads, realtime, upkeep, metrics, access, nowMs, log };
    return createHttpApp({ ...deps, isDev: true, version: "0" });
  }
}

function describe(value: unknown): string {
  if (value === undefined) return "";
  return value instanceof Error ? value.message.slice(0, 120) : String(value);
}

/** A disk that refuses is told to the operator, and is part of the world. */
function isExpected(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "STORAGE_FAILED";
}
