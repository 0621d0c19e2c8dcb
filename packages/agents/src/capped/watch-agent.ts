// The watcher of one agent.
//
//   C1. The agent is killed as soon as its output tells that a cap is reached, and is given no grace: it
//       would use it to ask its model. What it sends until it is dead stops at the gate (`gate/open-gate.ts`).
//   C2. An agent that has ended by itself was not capped, whatever it has used: its end is passed on.
//   C3. The watcher is the program: it ends when the agent has ended, and when it is ended, its supervisor
//       ends the agent with all that belongs to it.
//   C4. What was used is on disk after each look, so it is known however both are ended.

import { fstatSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { callReaders } from "../call-readers.ts";
import { GrowingFile } from "../growing-file.ts";
import { HoldError } from "../held/hold-error.ts";
import type { ProcessExit } from "../held/process-exit.ts";
import { findReachedCap } from "./agent-caps.ts";
import { CAPPED_EXIT_CODE, cappedLine, isCappedEnd } from "./capped-end.ts";
import { type Gate, openGate } from "./gate/open-gate.ts";
import type { WatchOrder } from "./order.ts";
import { Spending } from "./spending.ts";
import { startAgent, type WatchedAgent } from "./start-agent.ts";
import { writeWatchRecord } from "./watch-record.ts";
import { whenWritten } from "./when-written.ts";

/** Runs the agent to its end. Returns how we are to end. */
export async function watchAgent(order: WatchOrder, dismissed: AbortSignal): Promise<ProcessExit> {
  const watch = new Watch(order);
  watch.look();
  // With nothing left to use up, even its first call would be beyond the cap.
  if (watch.reached !== null) return watch.endCapped();
  const gate = await openGateFor(order, watch);
  const agent = await startAgent(order, {
    ownFolder: watch.folder,
    gateEnv: gate?.environment ?? {},
  });
  watch.begin(agent);
  const looks = whenWritten(watch.paths, () => watch.look());
  dismissed.addEventListener("abort", () => agent.kill());
  if (dismissed.aborted) agent.kill();
  const exit = await agent.ended;
  looks.stop();
  watch.end();
  gate?.close();
  return isCappedEnd(exit, watch.hasKilled) ? watch.endCapped() : exit;
}

/** None in a container, whose way out is its own proxy, nor for an agent that may use what it likes. */
async function openGateFor({ container, caps }: WatchOrder, watch: Watch): Promise<Gate | null> {
  const hasCaps = caps.tokensMax !== null || caps.costMaxUsd !== null;
  if (container !== null || !hasCaps) return null;
  return openGate({ env: process.env, mayPass: () => watch.mayGoOn() });
}

class Watch {
  /** The program's own, where its supervisor has started us, beside its output. */
  readonly folder = process.cwd();
  readonly paths: readonly string[];
  readonly #order: WatchOrder;
  readonly #spending: Spending;
  readonly #stdout: GrowingFile;
  readonly #stderr: GrowingFile;
  /** Null before it is started, and when it has ended. */
  #agent: WatchedAgent | null = null;
  #isStale = true;
  #hasBegun = false;
  #hasKilled = false;

  constructor(order: WatchOrder) {
    this.#order = order;
    this.#spending = new Spending(order.caps.prices);
    const stdoutPath = outputPath(this.folder, "stdout.log", 1);
    const stderrPath = outputPath(this.folder, "stderr.log", 2);
    this.paths = [stdoutPath, stderrPath];
    this.#stdout = new GrowingFile(stdoutPath);
    this.#stderr = new GrowingFile(stderrPath);
  }

  get reached(): string | null {
    return findReachedCap(this.#order.caps, this.#spending.used);
  }

  get hasKilled(): boolean {
    return this.#hasKilled;
  }

  begin(agent: WatchedAgent): void {
    this.#agent = agent;
    // What it may have told in the meantime is judged now.
    this.#isStale = true;
    this.look();
  }

  end(): void {
    this.#agent = null;
    this.look();
  }

  /** By what it has told up to this moment. */
  mayGoOn(): boolean {
    this.look();
    return this.reached === null;
  }

  look(): void {
    for (const file of [this.#stdout, this.#stderr]) file.readNewLines((line) => this.#take(line));
    const agent = this.#agent;
    if (this.#isStale) {
      if (agent !== null && !this.#hasKilled && this.reached !== null) {
        agent.kill();
        this.#hasKilled = true;
      }
      this.#isStale = false;
      this.#note();
    }
    // Docker's client warns on stderr of this and that, before the agent is there.
    if (agent !== null && !this.#hasBegun && !this.#stdout.isEmpty) {
      this.#hasBegun = true;
      agent.hasBegun();
    }
  }

  endCapped(): ProcessExit {
    writeSync(2, `${this.#stderr.isInLine ? "\n" : ""}${cappedLine(this.reached ?? "")}`);
    return { exitCode: CAPPED_EXIT_CODE, signal: null };
  }

  #take(line: string): void {
    const call = callReaders[this.#order.agent](line);
    if (call !== null && this.#spending.add(call)) this.#isStale = true;
  }

  #note(): void {
    try {
      writeWatchRecord(this.folder, this.#spending.used);
    } catch {
      // A full disk: the cap holds all the same, and what was used stands in the output.
    }
  }
}

/** Looking at another file than the one that is written to would be no cap at all. */
function outputPath(folder: string, name: string, descriptor: number): string {
  const path = join(folder, "..", name);
  const [ours, found] = [fstatSync(descriptor), statSync(path, { throwIfNoEntry: false })];
  if (found?.ino === ours.ino && found.dev === ours.dev) return path;
  throw new HoldError(1, `broken promise: a program's output is in ${path}, beside its own folder`);
}
