// The watcher of one agent.
//
//   C1. The agent is killed as soon as its output tells that a cap is reached, and is given no grace: it
//       would use it to ask its model.
//   C2. An agent that has ended by itself was not capped, whatever it has used: its end is passed on.
//   C3. The watcher is the program: it ends when the agent has ended, and when it is ended, its supervisor
//       ends the agent with all that belongs to it.
//   C4. What was used is on disk after each look, so it is known however both are ended.

import { writeSync } from "node:fs";
import { join } from "node:path";
import { callReaders } from "../call-readers.ts";
import { GrowingFile } from "../growing-file.ts";
import { findReachedCap } from "./agent-caps.ts";
import type { AgentExit } from "./agent-exit.ts";
import { CAPPED_EXIT_CODE, cappedLine, isCappedEnd } from "./capped-end.ts";
import type { WatchOrder } from "./order.ts";
import { Spending } from "./spending.ts";
import { writeWatchRecord } from "./watch-record.ts";
import { startAgent, type WatchedAgent } from "./watched-agent.ts";
import { whenWritten } from "./when-written.ts";

/** Runs the agent to its end. Returns how we are to end. */
export async function watchAgent(order: WatchOrder, dismissed: AbortSignal): Promise<AgentExit> {
  const watch = new Watch(order);
  watch.look(null);
  // With nothing left to use up, even its first call would be beyond the cap.
  if (watch.reached !== null) return watch.endCapped();
  const agent = startAgent(order, watch.folder);
  const looks = whenWritten(watch.paths, () => watch.look(agent));
  dismissed.addEventListener("abort", () => agent.kill());
  if (dismissed.aborted) agent.kill();
  const exit = await agent.ended;
  looks.stop();
  watch.look(null);
  return isCappedEnd(exit, watch.hasKilled) ? watch.endCapped() : exit;
}

class Watch {
  /** The program's own, where its supervisor has started us, beside its output. */
  readonly folder = process.cwd();
  readonly paths = ["stdout.log", "stderr.log"].map((name) => join(this.folder, "..", name));
  readonly #order: WatchOrder;
  readonly #spending: Spending;
  readonly #files = this.paths.map((path) => new GrowingFile(path));
  #isStale = true;
  #hasKilled = false;

  constructor(order: WatchOrder) {
    this.#order = order;
    this.#spending = new Spending(order.caps.prices);
  }

  get reached(): string | null {
    return findReachedCap(this.#order.caps, this.#spending.used);
  }

  get hasKilled(): boolean {
    return this.#hasKilled;
  }

  look(agent: WatchedAgent | null): void {
    for (const file of this.#files) file.readNewLines((line) => this.#take(line));
    if (!this.#isStale) return;
    if (agent !== null && !this.#hasKilled && this.reached !== null) {
      agent.kill();
      this.#hasKilled = true;
    }
    this.#isStale = false;
    try {
      writeWatchRecord(this.folder, this.#spending.used);
    } catch {
      // A full disk: the cap holds all the same, and what was used stands in the output.
    }
  }

  endCapped(): AgentExit {
    writeSync(2, `${this.#files[1]?.isInLine ? "\n" : ""}${cappedLine(this.reached ?? "")}`);
    return { exitCode: CAPPED_EXIT_CODE, signal: null };
  }

  #take(line: string): void {
    const call = callReaders[this.#order.agent](line);
    if (call !== null && this.#spending.add(call)) this.#isStale = true;
  }
}
