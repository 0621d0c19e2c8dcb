import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineMessage, WorkerMessage } from "./messages.ts";

export interface BusOptions {
  /** `null` stores nothing: see `null-engine-process.ts`. */
  readonly engine: "embedded" | "null";
  /** `stub` answers as the SDK would: see `stub-worker-process.ts`. */
  readonly worker: "sdk" | "stub";
}

export interface BenchEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Resumed = Extract<WorkerMessage, { kind: "resumed" }>;

/** Engine and worker, each in a process of its own, over a database on a real disk. */
export class BusUnderTest {
  readonly directory = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-"));
  readonly #options: BusOptions;
  #onEnded: () => void = () => {};
  #onResumed: (message: Resumed) => void = () => {};
  #engine: Bun.Subprocess | null = null;
  #worker: Bun.Subprocess | null = null;
  #engineUrl = "";
  /** From spawning the engine to the moment it listens. */
  readyMs = Number.NaN;

  private constructor(options: BusOptions) {
    this.#options = options;
  }

  static async start(options: BusOptions): Promise<BusUnderTest> {
    const bus = new BusUnderTest(options);
    await bus.startEngine();
    await bus.#startWorker();
    return bus;
  }

  get enginePid(): number {
    return this.#engine?.pid ?? 0;
  }

  get engineUrl(): string {
    return this.#engineUrl;
  }

  onRunEnded(listener: () => void): void {
    this.#onEnded = listener;
  }

  onResumed(listener: (message: Resumed) => void): void {
    this.#onResumed = listener;
  }

  /** One event or a list of them. Resolves when the engine has acknowledged. */
  async send(events: BenchEvent | readonly BenchEvent[]): Promise<void> {
    const init = { method: "POST", body: JSON.stringify(events) };
    const response = await fetch(`${this.#engineUrl}/e/bench`, init);
    if (!response.ok) throw new Error(`event refused: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  async kill(): Promise<void> {
    this.#engine?.kill("SIGKILL");
    await this.#engine?.exited;
  }

  async stopEngine(): Promise<void> {
    this.#engine?.kill();
    await this.#engine?.exited;
  }

  async stop(): Promise<void> {
    this.#worker?.kill();
    await this.#worker?.exited;
    await this.stopEngine();
    rmSync(this.directory, { recursive: true });
  }

  /** On the port that it had before, so that the worker finds it again. */
  async startEngine(): Promise<void> {
    const startedMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<string>();
    const program = `${this.#options.engine === "null" ? "null-" : ""}engine-process.ts`;
    const port = this.#engineUrl === "" ? "0" : new URL(this.#engineUrl).port;
    this.#engine = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, program), this.directory, port],
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: EngineMessage) => {
        if (message.kind === "ready") resolve(message.url);
        else this.#onEnded();
      },
    });
    this.#engineUrl = await promise;
    this.readyMs = performance.now() - startedMs;
  }

  async #startWorker(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const program =
      this.#options.worker === "stub" ? "stub-worker-process.ts" : "worker-process.ts";
    this.#worker = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, program), this.#engineUrl],
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: WorkerMessage) => {
        if (message.kind === "ready") resolve(message.url);
        else this.#onResumed(message);
      },
    });
    const synced = await fetch(await promise, { method: "PUT" });
    if (!synced.ok) throw new Error(`sync refused: ${synced.status} ${await synced.text()}`);
  }
}
