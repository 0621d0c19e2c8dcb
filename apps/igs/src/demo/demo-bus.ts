// An engine and a worker as processes of their own, as `igs start` would have them, on ports and in
// folders of the demo. Their output goes to files: it outlives the demo when the bus is kept.

import { open } from "node:fs/promises";
import { join } from "node:path";
import type { InngestApi } from "@system-bus/inngest-api";
import { checkoutFolder } from "../checkout.ts";
import { systemClock } from "../clock.ts";
import { CliError } from "../output/failure.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { bunArgv } from "../supervisor/bun-argv.ts";
import { type BusPorts, demoEnvironment, engineUrl, workerOrigin } from "./demo-environment.ts";
import type { DemoHome } from "./demo-home.ts";

const READY_MAX_MS = 30_000;
const READY_GAP_MS = 40;
const STOP_MAX_MS = 10_000;

export interface DemoBusOptions {
  readonly home: DemoHome;
  readonly ports: BusPorts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly api: InngestApi;
  /** A kept bus outlives us; any other stops itself when we are gone, however we went. */
  readonly shouldOutlive: boolean;
}

interface Part {
  readonly name: "engine" | "worker";
  readonly process: Bun.Subprocess;
  readonly logPath: string;
}

export class DemoBus {
  readonly #options: DemoBusOptions;
  #parts: readonly Part[] = [];

  constructor(options: DemoBusOptions) {
    this.#options = options;
  }

  get pids(): { readonly enginePid: number; readonly workerPid: number } {
    return { enginePid: this.#pid("engine"), workerPid: this.#pid("worker") };
  }

  /** Returns once the engine knows the worker's functions. */
  async start(signal: AbortSignal): Promise<void> {
    const { ports, home, api } = this.#options;
    const main = join(checkoutFolder, "apps/igs/src/main.ts");
    const engine = await this.#spawn("engine", [
      ...[main, "engine", "--json", "--dev", "--host", "127.0.0.1", "--port", String(ports.engine)],
      ...["--data", home.engine, "--sdk-url", `${workerOrigin(ports)}/api/inngest`],
    ]);
    this.#parts = [engine];
    const isEngineThere = async () => (await probeEngine(engineUrl(ports))).kind === "embedded";
    await waitFor(engine, isEngineThere, signal);

    const worker = await this.#spawn("worker", [
      join(checkoutFolder, "apps/system-bus/src/serve.ts"),
    ]);
    this.#parts = [engine, worker];
    await waitFor(
      worker,
      async () => {
        const probe = await probeWorker(workerOrigin(ports));
        if (probe === null) return false;
        const functions = await api.listFunctions().catch(() => []);
        return functions.length >= probe.functionCount;
      },
      signal,
    );
  }

  /** As a power cut would: no warning, no last words. */
  async kill(): Promise<void> {
    for (const { process } of this.#parts) process.kill("SIGKILL");
    await Promise.all(this.#parts.map(({ process }) => process.exited));
    this.#parts = [];
  }

  /** The worker first: it hands its steps back to an engine that still listens. */
  async stop(): Promise<void> {
    for (const { process } of this.#parts.toReversed()) {
      process.kill("SIGTERM");
      const killTimer = setTimeout(() => process.kill("SIGKILL"), STOP_MAX_MS);
      await process.exited;
      clearTimeout(killTimer);
    }
    this.#parts = [];
  }

  /** Lets go of a bus that is to be kept, so that our own end doesn't wait for it. */
  release(): void {
    for (const { process } of this.#parts) process.unref();
  }

  #pid(name: Part["name"]): number {
    const part = this.#parts.find((candidate) => candidate.name === name);
    if (!part) throw new Error(`promised: the ${name} runs`);
    return part.process.pid;
  }

  async #spawn(name: Part["name"], script: readonly string[]): Promise<Part> {
    const { home, env, ports, shouldOutlive } = this.#options;
    const logPath = join(home.logs, `${name}.log`);
    const log = await open(logPath, "a");
    const process_ = Bun.spawn(
      shouldOutlive ? [process.execPath, "--no-env-file", ...script] : [...bunArgv(script)],
      {
        cwd: home.root,
        env: demoEnvironment(env, home, ports),
        stdio: ["ignore", log.fd, log.fd],
        // A session of its own: a terminal's Ctrl-C is for us, and we stop the parts in their order.
        detached: true,
      },
    );
    await log.close();
    return { name, process: process_, logPath };
  }
}

async function waitFor(
  part: Part,
  isReady: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const giveUpAtMs = systemClock.nowMs() + READY_MAX_MS;
  while (!signal.aborted && systemClock.nowMs() < giveUpAtMs) {
    if (part.process.exitCode !== null) break;
    if (await isReady()) return;
    await systemClock.sleepMs(READY_GAP_MS, signal);
  }
  if (signal.aborted) return;
  throw new CliError({
    code: "part-failed",
    message: `The ${part.name} did not come up.`,
    fix: `Its last words are at the end of ${part.logPath}.`,
  });
}
