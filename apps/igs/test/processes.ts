// The real processes of these tests, in folders of their own; all of them are gone after each test.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLines } from "../src/supervisor/lines.ts";

const mainScript = join(import.meta.dir, "../src/main.ts");
const workerScript = fileURLToPath(new URL("./fixture-worker.ts", import.meta.url));

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of stdout, as JSON. */
  readonly lines: readonly Record<string, unknown>[];
  readonly envelope: Record<string, unknown>;
}

export interface Running {
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly firstLine: string;
}

export class Processes {
  readonly #home: string;
  readonly #env: Record<string, string>;
  readonly #running: Bun.Subprocess[] = [];
  #engine: Bun.Subprocess | undefined;

  private constructor(home: string) {
    this.#home = home;
    this.#env = {
      HOME: home,
      BUS_HOME: home,
      VAULT_PATH: join(home, "Vault"),
      PATH: process.env.PATH ?? "",
      NODE_ENV: "test",
    };
  }

  static async create(): Promise<Processes> {
    return new Processes(await mkdtemp(join(tmpdir(), "igs-test-")));
  }

  get home(): string {
    return this.#home;
  }

  /** What the processes find beside the folders, such as the engine's address. */
  setEnv(name: string, value: string): void {
    this.#env[name] = value;
  }

  spawnIgs(args: readonly string[], env: Record<string, string> = {}) {
    return this.#spawn([mainScript, ...args], env);
  }

  /** Runs igs to its end; its output is no terminal, so it is JSON. */
  async igs(
    args: readonly string[],
    env: Record<string, string> = {},
    stdin = "",
  ): Promise<Finished> {
    const child = this.#spawn([mainScript, ...args], env, new Blob([stdin]));
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    const lines = stdout.split("\n").flatMap(readRecord);
    return { exitCode, stdout, stderr, lines, envelope: lines.at(-1) ?? {} };
  }

  /** Starts igs and returns with the first line that it prints. */
  async startIgs(args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
    const child = this.spawnIgs(args, env);
    return { process: child, firstLine: await firstLineOf(child) };
  }

  /** An engine in memory on a free port, that later processes use. Returns its address. */
  async startEngine(args: readonly string[] = [], port = "0"): Promise<string> {
    const { firstLine, process } = await this.startIgs([
      ...["engine", "--dev", "--port", port, "--retry-interval", "1"],
      ...args,
    ]);
    const { result } = JSON.parse(firstLine);
    this.setEnv("INNGEST_BASE_URL", result.url);
    this.#engine = process;
    return result.url;
  }

  /** Asks the engine to stop; returns its exit code. */
  async stopEngine(): Promise<number | undefined> {
    this.#engine?.kill("SIGTERM");
    return this.#engine?.exited;
  }

  /** The fixture's app, registered with the engine. */
  async startWorker(): Promise<void> {
    await this.startApp(workerScript);
  }

  /** An app in a process of its own, registered with the engine; its origin. */
  async startApp(script: string, env: Record<string, string> = {}): Promise<string> {
    const worker = this.#spawn([script], env);
    const origin = await firstLineOf(worker);
    const answer = await fetch(`${origin}/api/inngest`, { method: "PUT" });
    if (!answer.ok) throw new Error(`the app was not registered: ${await answer.text()}`);
    return origin;
  }

  async end(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all(this.#running.map((child) => child.exited));
    await rm(this.#home, { recursive: true, force: true });
  }

  #spawn(
    script: readonly string[],
    env: Record<string, string>,
    stdin: "ignore" | Blob = "ignore",
  ) {
    const child = Bun.spawn([process.execPath, "--no-env-file", ...script], {
      cwd: this.#home,
      env: { ...this.#env, ...env },
      stdin,
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#running.push(child);
    return child;
  }
}

async function firstLineOf(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<string> {
  for await (const line of readLines(child.stdout)) return line;
  throw new Error(`it ended without a word: ${await child.stderr.text()}`);
}

function readRecord(line: string): Record<string, unknown>[] {
  if (line === "") return [];
  // A line that is no JSON object fails the test that reads it.
  return [JSON.parse(line) as Record<string, unknown>];
}
