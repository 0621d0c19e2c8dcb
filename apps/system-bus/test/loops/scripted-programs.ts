// `Programs` on virtual time. A program lives beside the runs: what has started goes on when the worker
// dies, and is started once, however often its step runs.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentName } from "@system-bus/agents";
import { loadLoop } from "@system-bus/loops";
import {
  type EndedProgram,
  type ProgramRequest,
  ProgramRetry,
  type ProgramSpec,
  type Programs,
} from "@system-bus/programs";
import { NonRetriableError } from "inngest";
import type { EventLoop, SimulatedRun } from "./event-loop.ts";
import type { Random } from "./random.ts";
import {
  type AgentScript,
  type AgentTask,
  drawScript,
  playAgent,
  type Spending,
} from "./scripted-agent.ts";
import { playChecks } from "./scripted-checks.ts";

export interface PlayedAgent extends AgentTask {
  readonly runId: string;
  readonly attempt: number;
  readonly end: AgentScript["end"] | "capped";
  readonly spent: Spending;
}

interface Program {
  readonly startedMs: number;
  readonly endMs: number;
  readonly isLost: boolean;
  /** Null: checks. */
  readonly script: AgentScript | null;
  ended: EndedProgram | null;
}

interface ProgramWorld {
  readonly events: () => EventLoop;
  readonly random: Random;
  readonly folder: string;
  readonly loopsFolder: string;
  readonly storyIds: readonly string[];
  readonly hasTroubles: boolean;
  /** Told of each agent as it ends. */
  readonly onAgent: (agent: PlayedAgent) => Promise<void>;
}

/** The arguments of a watcher: `order.ts` of `packages/agents`. */
interface WatchOrder {
  readonly agent: AgentName;
  readonly folder: string;
  readonly caps: { readonly tokensMax: number | null; readonly costMaxUsd: number | null };
}

export class ScriptedPrograms implements Pick<Programs, "run"> {
  readonly #world: ProgramWorld;
  readonly #programs = new Map<string, Program>();

  constructor(world: ProgramWorld) {
    this.#world = world;
  }

  async run<T>(_step: unknown, id: string, request: ProgramRequest<T>): Promise<T> {
    const run = this.#world.events().runs.get(request.runId);
    if (run === undefined) throw new Error(`broken promise: ${request.runId} is a run`);
    for (let attempt = 1; ; attempt += 1) {
      const name = attempt === 1 ? id : `${id}:${attempt}`;
      const key = `${run.id}.${id}.${attempt}`;
      const endMs = Number(await run.step.run(name, async () => this.#start(key, request.spec)));
      await run.step.waitUntil(`${name}:finished`, endMs);
      await this.#finish(key, run, request.spec);
      const isLast = attempt >= request.spec.attemptsMax;
      // Of this step's own return value, by way of JSON.
      const read = (await run.step.run(`${name}:result`, () => this.#read(key, request, isLast))) as
        | { readonly value: T }
        | { readonly again: true };
      if ("value" in read) return read.value;
    }
  }

  #start(key: string, spec: ProgramSpec): number {
    const known = this.#programs.get(key);
    if (known !== undefined) return known.endMs;
    const { random, hasTroubles } = this.#world;
    const script = readOrder(spec) === null ? null : drawScript(random, hasTroubles);
    const startedMs = this.#world.events().nowMs;
    const wantedMs = script?.durationMs ?? random.between(500, 60_000);
    const isHanging = script?.end === "hangs" || wantedMs > spec.wallClockMaxMs;
    const endMs = startedMs + (isHanging ? spec.wallClockMaxMs : wantedMs);
    const isLost = script === null ? hasTroubles && random.chance(0.02) : script.end === "lost";
    this.#programs.set(key, { startedMs, endMs, isLost, script, ended: null });
    return endMs;
  }

  async #finish(key: string, run: SimulatedRun, spec: ProgramSpec): Promise<void> {
    const program = this.#programs.get(key);
    if (program === undefined) throw new Error(`broken promise: ${key} was started`);
    if (program.ended !== null) return;
    const dir = join(this.#world.folder, key.replace(/[^a-z0-9.]+/gi, "-"));
    mkdirSync(dir, { recursive: true });
    const order = readOrder(spec);
    const hasTimedOut = program.endMs - program.startedMs >= spec.wallClockMaxMs;
    const played =
      order === null
        ? { stdout: playChecks(spec.args.at(-1) ?? ""), stderr: "", exitCode: 0 }
        : await this.#playAgent(run, order, { program, hasTimedOut, dir });
    writeFileSync(join(dir, "stdout"), played.stdout);
    writeFileSync(join(dir, "stderr"), played.stderr);
    program.ended = {
      ...{ key, dir, stdoutPath: join(dir, "stdout"), stderrPath: join(dir, "stderr") },
      endedBy: program.isLost ? "lost" : hasTimedOut ? "wall-limit" : "exit",
      exitCode: program.isLost || hasTimedOut ? null : played.exitCode,
      ...{ signal: null, attempt: 1, outputDroppedBytes: 0 },
      startedAt: new Date(program.startedMs).toISOString(),
      endedAt: new Date(program.endMs).toISOString(),
    };
  }

  async #playAgent(
    run: SimulatedRun,
    order: WatchOrder,
    {
      program,
      hasTimedOut,
      dir,
    }: { readonly program: Program; readonly hasTimedOut: boolean; readonly dir: string },
  ) {
    const { random, storyIds, loopsFolder, onAgent } = this.#world;
    const { event } = run;
    const isRole =
      event.name === "agent/loop.implement" ||
      event.name === "agent/loop.review" ||
      event.name === "agent/loop.judge";
    if (!isRole || program.script === null)
      throw new Error(`broken promise: no agent for ${run.role}`);
    const { storyId, attempt, loopId } = event.data;
    const loop = await loadLoop(loopsFolder, loopId, this.#world.events().nowMs);
    const locked = loop?.state.stories.find(({ id }) => id === storyId)?.locked;
    const task: AgentTask = {
      role: run.role as AgentTask["role"],
      ...{ tool: order.agent, storyId, folder: order.folder, ...order.caps },
      otherStories: storyIds.filter((id) => id !== storyId),
      lockedPaths: locked?.files.map(({ path }) => path) ?? [],
    };
    const end = hasTimedOut ? "hangs" : program.script.end;
    const played = playAgent(task, { ...program.script, end }, random);
    writeFileSync(join(dir, "watched.json"), played.watched);
    const { spent, exitCode } = played;
    const how = exitCode === 93 && !hasTimedOut ? "capped" : end;
    await onAgent({ ...task, runId: run.id, attempt, end: how, spent });
    return played;
  }

  async #read<T>(
    key: string,
    { read, readLost }: ProgramRequest<T>,
    isLast: boolean,
  ): Promise<{ readonly value: T } | { readonly again: true }> {
    const ended = this.#programs.get(key)?.ended;
    if (ended == null) throw new Error(`broken promise: ${key} has ended`);
    if (ended.endedBy === "lost") {
      if (!isLast) return { again: true };
      if (readLost !== undefined) return { value: await readLost(ended) };
      throw new NonRetriableError(`${key} was lost`);
    }
    try {
      return { value: await read(ended) };
    } catch (error) {
      if (!(error instanceof ProgramRetry)) throw error;
      if (isLast) throw new NonRetriableError(error.message);
      return { again: true };
    }
  }
}

/** Null: these are checks. */
function readOrder({ args }: ProgramSpec): WatchOrder | null {
  const text = args[2] ?? "";
  // From `cappedAgentProgram`, of this very version.
  return text.startsWith("{") ? (JSON.parse(text) as WatchOrder) : null;
}
