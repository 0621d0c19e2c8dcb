import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineMessage, WorkerMessage } from "./messages.ts";

type EndedListener = () => void;

/** Engine and SDK worker, each in a process of its own, over a database on a real disk. */
export class BusUnderTest {
  readonly #directory = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-"));
  #onEnded: EndedListener = () => {};
  #processes: Bun.Subprocess[] = [];
  #engineUrl = "";
  /** From spawning the engine to the moment it listens. */
  readyMs = Number.NaN;

  static async start(): Promise<BusUnderTest> {
    const bus = new BusUnderTest();
    await bus.#startEngine();
    await bus.#startWorker();
    return bus;
  }

  get enginePid(): number {
    return this.#processes[0]?.pid ?? 0;
  }

  onRunEnded(listener: EndedListener): void {
    this.#onEnded = listener;
  }

  async send(name: string, count = 1): Promise<void> {
    const events = Array.from({ length: count }, (_, index) => ({ name, data: { index } }));
    const response = await fetch(`${this.#engineUrl}/e/bench`, {
      method: "POST",
      body: JSON.stringify(count === 1 ? events[0] : events),
    });
    if (!response.ok) throw new Error(`event refused: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  async stop(): Promise<void> {
    for (const child of this.#processes.toReversed()) {
      child.kill();
      await child.exited;
    }
    rmSync(this.#directory, { recursive: true });
  }

  async #startEngine(): Promise<void> {
    const startedMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<string>();
    const child = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, "engine-process.ts"), this.#directory],
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: EngineMessage) => {
        if (message.kind === "ready") resolve(message.url);
        else this.#onEnded();
      },
    });
    this.#processes.push(child);
    this.#engineUrl = await promise;
    this.readyMs = performance.now() - startedMs;
  }

  async #startWorker(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const child = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, "worker-process.ts"), this.#engineUrl],
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: WorkerMessage) => resolve(message.url),
    });
    this.#processes.push(child);
    const url = await promise;
    const synced = await fetch(url, { method: "PUT" });
    if (!synced.ok) throw new Error(`sync refused: ${synced.status} ${await synced.text()}`);
  }
}
