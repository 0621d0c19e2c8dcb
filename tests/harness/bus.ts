// Engine and worker as processes of their own, as a person starts them, on free ports, with home, state
// and vault of one test. Each can be killed and started again.

import { join } from "node:path";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import type { ChildProcess } from "./child-process.ts";
import { findFreePort } from "./free-port.ts";
import { checkout, type Ended, igsArgv, runIgs } from "./igs.ts";
import { ProgramRecords } from "./program-records.ts";
import { Scratch } from "./scratch.ts";
import { VaultView } from "./vault-view.ts";
import { waitFor } from "./wait-for.ts";

const workerScript = join(checkout, "apps/system-bus/src/serve.ts");

const READY_MAX_MS = 20_000;
const LAST_LINES = 25;

export interface BusOptions {
  /** Settings of the worker, by their variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further flags of `igs engine`. */
  readonly engineFlags?: readonly string[];
  /** Put before the worker's command line, such as what gives it a file system of its own. */
  readonly workerPrefix?: readonly string[];
  /** Called before anything is started; returns further settings. */
  readonly prepare?: (scratch: Scratch) => Promise<Readonly<Record<string, string>>>;
}

export class Bus implements AsyncDisposable {
  readonly scratch: Scratch;
  readonly api: InngestApi;
  readonly vault: VaultView;
  readonly programs: ProgramRecords;
  readonly enginePort = findFreePort();
  readonly workerPort = findFreePort();
  readonly #options: BusOptions;
  #settings: Readonly<Record<string, string>> = {};
  #engine: ChildProcess | null = null;
  #worker: ChildProcess | null = null;

  private constructor(scratch: Scratch, options: BusOptions) {
    this.scratch = scratch;
    this.#options = options;
    this.api = createInngestApi({ baseUrl: this.engineUrl });
    this.vault = new VaultView(scratch.path("vault"));
    this.programs = new ProgramRecords(scratch.path("bus", "dev", "programs"));
  }

  /** Engine and worker run, and the engine knows the worker's functions. */
  static async start(options: BusOptions = {}): Promise<Bus> {
    const scratch = await Scratch.create();
    const bus = new Bus(scratch, options);
    try {
      const prepared = await options.prepare?.(scratch);
      bus.#settings = { ...options.settings, ...prepared };
      await bus.startEngine();
      await bus.startWorker();
      return bus;
    } catch (error) {
      await bus[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  }

  get engineUrl(): string {
    return `http://127.0.0.1:${this.enginePort}`;
  }

  get workerUrl(): string {
    return `http://127.0.0.1:${this.workerPort}`;
  }

  get engine(): ChildProcess {
    if (!this.#engine) throw new Error("the engine was not started");
    return this.#engine;
  }

  get worker(): ChildProcess {
    if (!this.#worker) throw new Error("the worker was not started");
    return this.#worker;
  }

  /** What worker and command line get. */
  get env(): Record<string, string> {
    return {
      ...this.scratch.env,
      NODE_ENV: "development",
      BUS_ENGINE: "embedded",
      BUS_ENGINE_PORT: String(this.enginePort),
      BUS_WORKER_PORT: String(this.workerPort),
      INNGEST_BASE_URL: this.engineUrl,
      INNGEST_DEV: "1",
      SUMMARY_BY: "extractive",
      ...this.#settings,
    };
  }

  async startEngine(): Promise<void> {
    const { engineFlags = [] } = this.#options;
    this.#engine = this.scratch.spawn(
      [
        ...igsArgv("engine", "--json", "--dev"),
        ...["--host", "127.0.0.1", "--port", String(this.enginePort)],
        ...["--data", this.scratch.path("engine"), "--sdk-url", `${this.workerUrl}/api/inngest`],
        ...engineFlags,
      ],
      { env: this.env },
    );
    await this.#engine.waitForLine(/^\{"ok":true/, READY_MAX_MS);
  }

  /** `env`: what it finds other than before. */
  async startWorker(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { workerPrefix = [] } = this.#options;
    this.#worker = this.scratch.spawn(
      [...workerPrefix, process.execPath, "--no-env-file", workerScript],
      { env: { ...this.env, ...env } },
    );
    await this.waitFor("the worker's functions to be registered", () => this.#isRegistered(), {
      maxMs: READY_MAX_MS,
    });
  }

  /** SIGKILL to both at the same moment. */
  async killBoth(): Promise<void> {
    await Promise.all([this.engine.kill(), this.worker.kill()]);
  }

  /** Runs `igs` to its end. */
  igs(...args: readonly string[]): Promise<Ended> {
    return runIgs(this.scratch, this.env, args);
  }

  /** `waitFor`, and the last words of both parts when it was in vain. */
  waitFor: typeof waitFor = (what, look, options) =>
    waitFor(what, look, { describe: () => this.lastWords(), ...options });

  lastWords(): string {
    const tail = (child: ChildProcess | null) =>
      (child?.output ?? "(not started)").split("\n").slice(-LAST_LINES).join("\n");
    return `── engine\n${tail(this.#engine)}\n── worker\n${tail(this.#worker)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The worker first: it hands its steps back to an engine that still listens.
    this.scratch.atEnd(async () => this.#engine?.end());
    this.scratch.atEnd(async () => this.#worker?.end());
    await this.scratch[Symbol.asyncDispose]();
  }

  async #isRegistered(): Promise<boolean> {
    if (this.worker.hasEnded) throw new Error(`the worker ended:\n${this.worker.output}`);
    const answer = await fetch(`${this.workerUrl}/`).catch(() => null);
    if (!answer?.ok) return false;
    const { functions: servedCount } = (await answer.json()) as { functions: number };
    const registered = await this.api.listFunctions().catch(() => []);
    return registered.length >= servedCount;
  }
}
