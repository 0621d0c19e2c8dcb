// Looks at a loop's record again and again, and tells what is new: facts, ends of agents' runs, what the
// running agent says. The record is a file of this machine, so engine and worker may be down.
//
//   W1. Each fact, each end of a run and each utterance is told once.
//   W2. The record is read every `LOOK_GAP_MS`, engine and worker are asked every `ACTIVITY_GAP_MS`.
//   W3. It ends when nothing goes on by itself any more, or when the signal is aborted.

import type { AgentLine, Fact, LoadedLoop } from "@system-bus/loops";
import type { Clock } from "../clock.ts";
import { type AgentUtterance, readUtterances } from "./describe-agent-output.ts";
import { isAgentLine } from "./describe-fact.ts";
import { GrowingOutput } from "./growing-output.ts";
import type { LoopActivity } from "./loop-programs.ts";
import type { SeenLoop } from "./render-loop.ts";

export interface WatchOptions {
  readonly load: (nowMs: number) => Promise<LoadedLoop>;
  readonly lookAtActivity: () => Promise<LoopActivity>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is in the record already is told, too. */
  readonly tellsPast: boolean;
  readonly onFact: (fact: Fact) => void;
  readonly onAgentRun: (line: AgentLine) => void;
  readonly onUtterance: (utterance: AgentUtterance) => void;
  readonly onLook: (seen: SeenLoop) => void;
}

const LOOK_GAP_MS = 500;
const ACTIVITY_GAP_MS = 2_000;
/** Completion and retrospective come right after the end; a loop without them is over, too. */
const AFTERMATH_MAX_MS = 30_000;

/** Returns the loop as it was seen last. */
export async function watchLoop(options: WatchOptions): Promise<SeenLoop> {
  const { clock, signal } = options;
  const news = new LoopNews(options);
  let activity: LoopActivity | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const nowMs = clock.nowMs();
    const loop = await options.load(nowMs);
    if (nowMs - askedAtMs >= ACTIVITY_GAP_MS) {
      activity = await options.lookAtActivity();
      askedAtMs = nowMs;
    }
    // What led to a fact stands in the output before the fact stands in the record.
    const lastWords = await news.tellOutputs(activity);
    await news.tellRecord(loop);
    const seen = { loop, activity, nowMs, lastWords };
    options.onLook(seen);
    if (signal.aborted || hasSettled(loop, nowMs)) return seen;
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}

/** Whether nothing happens any more without a person. */
function hasSettled({ state }: Pick<LoadedLoop, "state">, nowMs: number): boolean {
  const { ended, retro, pause } = state;
  if (ended !== null) {
    return retro !== null || nowMs - Date.parse(ended.at) >= AFTERMATH_MAX_MS;
  }
  return pause !== null && pause.until === null;
}

class LoopNews {
  readonly #options: WatchOptions;
  readonly #told = new Set<string>();
  readonly #outputs = new Map<string, GrowingOutput>();
  #isFirst = true;
  #lastWords: string | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async tellRecord({ record, attempts }: LoadedLoop): Promise<void> {
    const isTold = !this.#isFirst || this.#options.tellsPast;
    const facts = (await record.facts()).map((fact) => ({
      at: fact.at,
      key: `fact ${fact.key}`,
      tell: () => this.#options.onFact(fact),
    }));
    const runs = attempts.filter(isAgentLine).map((line) => ({
      at: line.at,
      key: `run ${line.key}`,
      tell: () => this.#options.onAgentRun(line),
    }));
    // Facts stay in the order of the record: clocks are set back.
    for (const { key, tell } of mergeByTime(facts, runs)) {
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      if (isTold) tell();
    }
    this.#isFirst = false;
  }

  /** Returns what was said last; null when no program of the loop runs. */
  async tellOutputs(activity: LoopActivity | null): Promise<string | null> {
    const running = (activity?.programs ?? []).filter(({ state }) => state === "running");
    for (const { key, stdoutPath } of running) {
      if (stdoutPath && !this.#outputs.has(key)) {
        this.#outputs.set(key, new GrowingOutput(stdoutPath));
      }
    }
    for (const [key, output] of this.#outputs) {
      await this.#tellOutput(output);
      // One that has ended was read to its end just now.
      if (!running.some((program) => program.key === key)) this.#outputs.delete(key);
    }
    if (running.length === 0) this.#lastWords = null;
    return this.#lastWords;
  }

  async #tellOutput(output: GrowingOutput): Promise<void> {
    for (const utterance of (await output.readNewLines()).flatMap(readUtterances)) {
      this.#options.onUtterance(utterance);
      this.#lastWords = utterance.text;
    }
  }
}

interface Told {
  readonly at: string;
  readonly key: string;
  readonly tell: () => void;
}

/** Both keep their own order. */
export function mergeByTime<Item extends Pick<Told, "at">>(
  facts: readonly Item[],
  runs: readonly Item[],
): readonly Item[] {
  const merged: Item[] = [];
  let next = 0;
  for (const fact of facts) {
    for (let run = runs[next]; run !== undefined && run.at <= fact.at; run = runs[next]) {
      merged.push(run);
      next += 1;
    }
    merged.push(fact);
  }
  return [...merged, ...runs.slice(next)];
}
