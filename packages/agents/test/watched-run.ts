// A watcher in a program's folder, as a supervisor starts it, with a shell script for its agent.

import { closeSync, mkdirSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndedProgram } from "@system-bus/programs";
import type { AgentCaps } from "../src/capped/agent-caps.ts";
import { cappedAgentProgram } from "../src/capped/capped-agent-program.ts";
import { type CappedAgentResult, readCappedResult } from "../src/capped/read-capped-result.ts";

export interface WatchedRunOptions {
  readonly caps?: Partial<AgentCaps>;
  /** Where the agent works; undefined: a folder of its own. */
  readonly folder?: string | undefined;
  readonly command?: string;
  readonly inputPath?: string;
}

const PRICES = {
  asOf: "2026-11-24",
  models: { scripted: { inputUsd: 1, cachedUsd: 0.1, outputUsd: 10 } },
};

/** A line as pi prints it at the end of a model call that used 100 tokens and brought 20. */
export function callLine(nth: number, model = "scripted"): string {
  const usage = { input: 60, output: 20, cacheRead: 40, cacheWrite: 0, cost: { total: 0 } };
  const message = { role: "assistant", model, usage, timestamp: nth, responseId: "x" };
  return JSON.stringify({ type: "message_end", message });
}

export class WatchedRun implements AsyncDisposable {
  readonly root: string;
  readonly #children: Bun.Subprocess[] = [];

  private constructor(root: string) {
    this.root = root;
    for (const name of ["work", "project"]) mkdirSync(join(root, name));
  }

  static async create(): Promise<WatchedRun> {
    return new WatchedRun(await mkdtemp(join(tmpdir(), "agents-watch-")));
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), "utf8").catch(() => "");
  }

  /** The agent is `/bin/sh -c script`; what pi's arguments would be comes after it. */
  async start(script: string, options: WatchedRunOptions = {}): Promise<Bun.Subprocess> {
    const agent = this.path("agent");
    await writeFile(agent, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const spec = cappedAgentProgram(
      "pi",
      {
        ...{ command: options.command ?? agent, prompt: "Say hello.", permissions: "edit" },
        ...{ materialPath: undefined, model: undefined, skillPath: undefined, timeMaxMs: 60_000 },
        folder: "folder" in options ? options.folder : this.path("project"),
      },
      { env: {}, searchPath: process.env["PATH"] ?? "" },
      { tokensMax: null, costMaxUsd: null, prices: PRICES, ...options.caps },
    );
    return this.spawn([spec.command, ...spec.args], this.path("work"), options);
  }

  spawn(argv: string[], cwd: string, { inputPath }: WatchedRunOptions = {}): Bun.Subprocess {
    const stdout = openSync(this.path("stdout.log"), "a");
    const stderr = openSync(this.path("stderr.log"), "a");
    const child = Bun.spawn(argv, {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.root },
      stdin: inputPath === undefined ? "ignore" : Bun.file(inputPath),
      ...{ stdout, stderr },
      detached: true,
    });
    closeSync(stdout);
    closeSync(stderr);
    this.#children.push(child);
    return child;
  }

  async run(script: string, options: WatchedRunOptions = {}): Promise<CappedAgentResult> {
    return this.readResult(await this.start(script, options));
  }

  async readResult(child: Bun.Subprocess): Promise<CappedAgentResult> {
    await child.exited;
    return readCappedResult("pi", this.endedAs(child));
  }

  endedAs({ exitCode, signalCode }: Bun.Subprocess): EndedProgram {
    return {
      ...{ key: "run.step.1", attempt: 1, outputDroppedBytes: 0, dir: this.path("work") },
      endedBy: signalCode === null ? "exit" : "signal",
      exitCode: signalCode === null ? exitCode : null,
      signal: signalCode === null ? null : String(signalCode),
      ...{ stdoutPath: this.path("stdout.log"), stderrPath: this.path("stderr.log") },
      ...{ startedAt: "2026-11-24T12:00:00.000Z", endedAt: "2026-11-24T12:00:02.000Z" },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await rm(this.root, { recursive: true, force: true });
  }
}
