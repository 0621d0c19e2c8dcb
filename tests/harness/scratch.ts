// A place of one test's own: home, state, vault and temporary files. Nothing that the test started may
// outlive it, and that is looked at, not hoped for.

import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildProcess } from "./child-process.ts";
import { findProcessesOf, sendSignal } from "./processes.ts";
import { TerminalProcess } from "./terminal-process.ts";
import { waitFor } from "./wait-for.ts";

/** Supervisors look every tenth of a second whether their program was collected; a busy machine is slower. */
const STRAGGLERS_MAX_MS = 5_000;

/** Told from a person's own programs by this name, in every command line and environment. */
const PREFIX = "system-bus-system-test-";

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export class Scratch implements AsyncDisposable {
  readonly root: string;
  readonly #children: (ChildProcess | TerminalProcess)[] = [];
  readonly #endings: (() => Promise<void>)[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<Scratch> {
    // macOS gives out a link under /var; programs report what it leads to.
    const scratch = new Scratch(await realpath(await mkdtemp(join(tmpdir(), PREFIX))));
    for (const name of ["home", "bus", "vault", "tmp"]) await mkdir(scratch.path(name));
    return scratch;
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** What every process here gets: an allow-list, so that no setting or key of a person reaches it. */
  get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: this.path("home"),
      TMPDIR: this.path("tmp"),
      BUS_HOME: this.path("bus"),
      VAULT_PATH: this.path("vault"),
      LANG: "C.UTF-8",
      TZ: "UTC",
    };
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = new ChildProcess(argv, {
      cwd: options.cwd ?? this.root,
      env: { ...this.env, ...options.env },
    });
    this.#children.push(child);
    return child;
  }

  openTerminal(argv: readonly string[], options: SpawnOptions = {}): TerminalProcess {
    const child = new TerminalProcess(argv, {
      cwd: options.cwd ?? this.root,
      env: { ...this.env, ...options.env },
    });
    this.#children.push(child);
    return child;
  }

  /** Done at the end, the last added first, while the folders are still there. */
  atEnd(ending: () => Promise<void>): void {
    this.#endings.push(ending);
  }

  /** Ends everything and throws when something had outlived what the test did with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const problems: unknown[] = [];
    for (const ending of this.#endings.toReversed()) {
      await ending().catch((error: unknown) => problems.push(error));
    }
    for (const child of this.#children.toReversed()) {
      await child.end().catch((error: unknown) => problems.push(error));
    }
    problems.push(...(await this.#endStragglers()));
    await rm(this.root, { recursive: true, force: true });
    if (problems.length === 1) throw problems[0];
    if (problems.length > 1) throw new AggregateError(problems, problems.join("\n"));
  }

  async #endStragglers(): Promise<readonly Error[]> {
    const hasNone = async () => (await findProcessesOf(this.root)).length === 0;
    const isClean = await waitFor("stragglers", hasNone, { maxMs: STRAGGLERS_MAX_MS }).catch(
      () => false,
    );
    if (isClean) return [];
    const stragglers = await findProcessesOf(this.root);
    for (const { pid } of stragglers) {
      sendSignal(pid, "SIGCONT");
      sendSignal(pid, "SIGKILL");
    }
    await waitFor("killed stragglers to be gone", hasNone, { maxMs: STRAGGLERS_MAX_MS });
    const shown = stragglers.map(({ pid, command }) => `  ${pid} ${command}`).join("\n");
    return [new Error(`these processes outlived the test:\n${shown}`)];
  }
}
