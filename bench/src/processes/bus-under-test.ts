import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildUnderTest } from "./child-under-test.ts";
import type { EngineMessage, EngineSettings, WorkerMessage } from "./messages.ts";

/** `null` stores nothing: see `null-engine-process.ts`. */
const ENGINES = { embedded: "engine-process.ts", null: "null-engine-process.ts" } as const;

/** `stub` answers as the SDK would, `witness` writes down what it does: see their files. */
const WORKERS = {
  sdk: "worker-process.ts",
  stub: "stub-worker-process.ts",
  witness: "witness-worker-process.ts",
} as const;

export interface BusOptions {
  readonly engine: keyof typeof ENGINES;
  readonly worker: keyof typeof WORKERS;
  readonly settings?: EngineSettings;
}

export interface BenchEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Resumed = Extract<WorkerMessage, { kind: "resumed" }>;
type Witnessed = Extract<WorkerMessage, { kind: "called" | "stepped" }>;

/** Engine and worker, each in a process of its own, over a database on a real disk. */
export class BusUnderTest {
  readonly directory = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-"));
  readonly #options: BusOptions;
  #onEnded: () => void = () => {};
  #onResumed: (message: Resumed) => void = () => {};
  #onWitnessed: (message: Witnessed) => void = () => {};
  #onComplaint: (text: string) => void = console.error;
  #engine: ChildUnderTest<EngineMessage> | null = null;
  #worker: ChildUnderTest<WorkerMessage> | null = null;
  #engineUrl = "";
  #workerUrl = "";
  /** From spawning the engine to the moment it listens. */
  readyMs = Number.NaN;

  private constructor(options: BusOptions) {
    this.#options = options;
    process.on("exit", this.#removeDirectory);
  }

  static async start(options: BusOptions): Promise<BusUnderTest> {
    const bus = new BusUnderTest(options);
    try {
      await bus.startEngine();
      await bus.startWorker();
      await bus.registerWorker();
      return bus;
    } catch (error) {
      await bus.stop();
      throw error;
    }
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

  onWitnessed(listener: (message: Witnessed) => void): void {
    this.#onWitnessed = listener;
  }

  /** What the engine logs as an error; printed otherwise. */
  onComplaint(listener: (text: string) => void): void {
    this.#onComplaint = listener;
  }

  /** One event or a list of them. Resolves with their ids when the engine has acknowledged. */
  async send(events: BenchEvent | readonly BenchEvent[]): Promise<readonly string[]> {
    const init = { method: "POST", body: JSON.stringify(events) };
    const response = await fetch(`${this.#engineUrl}/e/bench`, init);
    if (!response.ok) throw new Error(`event refused: ${response.status} ${await response.text()}`);
    const { ids } = (await response.json()) as { readonly ids: readonly string[] };
    return ids;
  }

  async killEngine(): Promise<void> {
    await this.#engine?.kill();
  }

  async killWorker(): Promise<void> {
    await this.#worker?.kill();
  }

  async stopEngine(): Promise<void> {
    await this.#engine?.stop();
  }

  /** Ends both processes and removes the folder, unless somebody wants to look at it. */
  async stop({ keepsDirectory = false } = {}): Promise<void> {
    await this.#worker?.stop();
    await this.stopEngine();
    process.off("exit", this.#removeDirectory);
    if (!keepsDirectory) this.#removeDirectory();
  }

  /** On the port that it had before, so that the worker finds it again. Rejects when it is killed meanwhile. */
  async startEngine(): Promise<void> {
    const startedMs = performance.now();
    const { engine, settings = {} } = this.#options;
    this.#engine = new ChildUnderTest<EngineMessage>({
      program: ENGINES[engine],
      args: [this.directory, portOf(this.#engineUrl), JSON.stringify(settings)],
      onMessage: (message) => {
        if (message.kind === "ended") this.#onEnded();
        else this.#onComplaint(message.text);
      },
    });
    this.#engineUrl = await this.#engine.ready;
    this.readyMs = performance.now() - startedMs;
  }

  /** On the port that it had before, so that the engine finds it again. */
  async startWorker(): Promise<void> {
    this.#worker = new ChildUnderTest<WorkerMessage>({
      program: WORKERS[this.#options.worker],
      args: [this.#engineUrl, portOf(this.#workerUrl), this.directory],
      env: { ...process.env, NODE_ENV: "production" },
      onMessage: (message) => {
        if (message.kind === "resumed") this.#onResumed(message);
        else this.#onWitnessed(message);
      },
    });
    this.#workerUrl = await this.#worker.ready;
  }

  /** Tells the engine of the worker's functions. */
  async registerWorker(): Promise<void> {
    const synced = await fetch(this.#workerUrl, { method: "PUT" });
    if (!synced.ok) throw new Error(`sync refused: ${synced.status} ${await synced.text()}`);
  }

  readonly #removeDirectory = (): void => {
    rmSync(this.directory, { recursive: true, force: true });
  };
}

/** "0" for a process that has not been there yet: it takes a free one. */
function portOf(url: string): string {
  return url === "" ? "0" : new URL(url).port;
}
