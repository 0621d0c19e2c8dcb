// One whole loop from a seed: real functions and real git, scripted agents, a clock of its own.

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BusEvent } from "@system-bus/events";
import { type LoadedLoop, loadLoop, readClaim } from "@system-bus/loops";
import { completeLoop } from "../../src/loop/agent-loop-complete.ts";
import { implementStory } from "../../src/loop/agent-loop-implement.ts";
import { judgeStory } from "../../src/loop/agent-loop-judge.ts";
import { continueLoop, endLoop, startLoop } from "../../src/loop/agent-loop-plan.ts";
import { lookBack } from "../../src/loop/agent-loop-retro.ts";
import { reviewStory } from "../../src/loop/agent-loop-review.ts";
import type { LoopDeps } from "../../src/loop/loop-deps.ts";
import { loopEvent } from "../../src/loop/loop-event.ts";
import { reportRoleFailure } from "../../src/loop/report-role-failure.ts";
import { EventLoop, type Handlers, type SimulatedRun } from "./event-loop.ts";
import { checkAgent, checkEnd, checkRepository, must } from "./invariants.ts";
import { cancel, decide } from "./people.ts";
import { Random } from "./random.ts";
import { drawPrd, makeWorld, type SampleWorld, snapshot } from "./sample-world.ts";
import { type PlayedAgent, ScriptedPrograms } from "./scripted-programs.ts";

const LOOP_ID = "simulated-1";
/** More stands than a person's patience has; then something sends the loop in a circle. */
const STANDS_MAX = 30;

export interface Simulated {
  readonly seed: number;
  /** Null: all held. */
  readonly problem: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

export async function simulate(
  seed: number,
  print: (line: string) => void = () => {},
): Promise<Simulated> {
  const world = makeWorld();
  const simulation = new Simulation(seed, world, print);
  try {
    await simulation.play();
    return { seed, problem: null, counts: simulation.counts };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, problem, counts: simulation.counts };
  } finally {
    rmSync(world.root, { recursive: true, force: true });
  }
}

class Simulation {
  readonly counts: Record<string, number> = {};
  readonly #random: Random;
  readonly #world: SampleWorld;
  readonly #print: (line: string) => void;
  readonly #events: EventLoop;
  readonly #deps: LoopDeps;
  readonly #start: BusEvent;
  readonly #before: string;
  /** By what agents have really used up, whoever has noted it. */
  readonly #spent = { tokens: 0, costUsd: 0 };
  #actCount = 0;

  constructor(seed: number, world: SampleWorld, print: (line: string) => void) {
    const random = new Random(seed);
    const hasTroubles = random.chance(0.8);
    const prd = drawPrd(random);
    this.#random = random;
    this.#world = world;
    this.#print = print;
    this.#before = snapshot(world.project);
    this.#events = new EventLoop(random, hasTroubles ? 0.01 : 0, this.#handlers());
    const programs = new ScriptedPrograms({
      ...{ events: () => this.#events, random, hasTroubles, loopsFolder: world.loopsFolder },
      ...{ folder: join(world.root, "ended"), storyIds: prd.stories.map(({ id }) => id) },
      onAgent: (agent) => this.#onAgent(agent),
    });
    this.#deps = depsOf(world, programs, this.#events);
    const data = {
      ...{ loopId: LOOP_ID, project: world.project, generation: 1, prd },
      judge: random.chance(0.7) ? ("model" as const) : ("checks" as const),
      caps: {
        ...(random.chance(0.5) ? { costMaxUsd: random.between(1, 15) } : {}),
        ...(random.chance(0.3) ? { tokensMax: random.between(5_000, 200_000) } : {}),
        ...(random.chance(0.2) ? { iterationsMax: random.between(1, 6) } : {}),
        ...(random.chance(0.2) ? { wallClockMaxMs: random.between(1, 6) * 1_800_000 } : {}),
        attemptsMax: random.between(1, 4),
      },
    };
    this.#start = loopEvent("agent/loop.start", data, [1]);
  }

  async play(): Promise<void> {
    const events = this.#events;
    events.send(this.#start);
    if (this.#random.chance(0.12)) {
      const afterMs = this.#random.between(1, 7_200_000);
      events.at(events.nowMs + afterMs, () => this.#act(cancel(LOOP_ID, 99, this.#random)));
    }
    for (let stands = 0; ; stands += 1) {
      must(stands < STANDS_MAX, "it goes round in a circle");
      await events.rest(() => this.#checkNow());
      const loop = await this.#load();
      if (loop === null) {
        // Refused, or cancelled, before it had begun.
        const claim = await readClaim(this.#world.loopsFolder, this.#world.project);
        must(claim === null, "H6: a loop that never began holds its project");
        this.#count("never-begun");
        return;
      }
      const { state } = loop;
      await checkRepository(this.#world, this.#before, loop);
      must(state.ended !== null || state.pause !== null, "it stands still, and nobody is told");
      const decided = decide(state, this.#actCount, this.#random);
      if (decided !== null) {
        this.#act(decided);
        continue;
      }
      await checkEnd(this.#world, loop);
      this.#count(`ended: ${state.ended?.outcome}`);
      this.#sum(loop);
      return;
    }
  }

  #act(event: BusEvent): void {
    this.#actCount += 1;
    this.#print(`person: ${JSON.stringify(event)}`);
    this.#count(event.name === "agent/loop.cancel" ? "person: cancel" : "person: decision");
    this.#events.send(event);
  }

  #load(): Promise<LoadedLoop | null> {
    return loadLoop(this.#world.loopsFolder, LOOP_ID, this.#events.nowMs);
  }

  async #checkNow(): Promise<void> {
    if (!this.#random.chance(0.05)) return;
    await checkRepository(this.#world, this.#before, await this.#load());
  }

  async #onAgent(agent: PlayedAgent): Promise<void> {
    const { role, tool, storyId, attempt, end, spent } = agent;
    this.#print(
      `agent: ${role} ${storyId}.${attempt} by ${tool} ${end} ${spent.costUsd.toFixed(2)}`,
    );
    this.#count(`agent: ${end}`);
    this.#spent.tokens += spent.tokens;
    this.#spent.costUsd += spent.costUsd;
    const loop = await this.#load();
    if (loop === null) throw new Error("an agent runs before the loop has begun");
    checkAgent(loop, agent, this.#spent);
  }

  #sum(loop: LoadedLoop): void {
    for (const { status } of loop.state.stories) this.#count(`story: ${status}`);
    for (const [name, count] of Object.entries(this.#events.counts)) this.#count(name, count);
  }

  #count(name: string, count = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }

  #handlers(): Handlers {
    return {
      roleOf: ({ name }) => ROLES[name] ?? null,
      call: (run) => {
        this.#print(`${new Date(this.#events.nowMs).toISOString()} ${run.id} ${run.event.name}`);
        return call(this.#deps, run);
      },
      callFailed: ({ role, event, id, step }, error) => {
        this.#print(`${id} ${role} failed: ${error.message}`);
        const data = { run_id: id, event };
        return reportRoleFailure(
          `agent-loop-${role}`,
          this.#deps,
        )({ event: { data }, error, step });
      },
      onRunEnded: ({ id }, isCancelled) =>
        this.#print(`${id} ${isCancelled ? "cancelled" : "done"}`),
    };
  }
}

const ROLES: Readonly<Record<string, string>> = {
  ...{ "agent/loop.start": "plan", "agent/loop.plan": "plan", "agent/loop.cancel": "plan" },
  ...{ "agent/loop.implement": "implement", "agent/loop.review": "review" },
  ...{ "agent/loop.judge": "judge", "agent/loop.complete": "complete" },
  "agent/loop.retro": "retro",
};

function call(deps: LoopDeps, { id: runId, event, step }: SimulatedRun): Promise<unknown> {
  const run = { runId, step };
  switch (event.name) {
    case "agent/loop.start":
      return startLoop(deps, run, event.data);
    case "agent/loop.plan":
      return continueLoop(deps, run, event.data);
    case "agent/loop.cancel":
      return endLoop(deps, run, event.data);
    case "agent/loop.implement":
      return implementStory(deps, run, event.data);
    case "agent/loop.review":
      return reviewStory(deps, run, event.data);
    case "agent/loop.judge":
      return judgeStory(deps, run, event.data);
    case "agent/loop.complete":
      return completeLoop(deps, run, event.data);
    case "agent/loop.retro":
      return lookBack(deps, run, event.data);
    default:
      throw new Error(`broken promise: ${event.name} starts a role`);
  }
}

function depsOf(world: SampleWorld, programs: LoopDeps["programs"], events: EventLoop): LoopDeps {
  const { root, loopsFolder, vaultFolder } = world;
  const get = (name: string) => join(root, "programs", name);
  const loops: LoopDeps["loops"] = {
    ...{ projects: [root], pricesFile: undefined, agentsMax: 1 },
    tools: ["codex", "claude", "pi"],
  };
  return {
    ...{ programs, loops, loopsFolder, vaultFolder, home: root },
    env: { CODEX_API_KEY: "none", PATH: process.env["PATH"] },
    finder: {
      searchPath: `${join(root, "programs")}:${process.env["PATH"] ?? ""}`,
      find: get,
      get,
    },
    nowMs: events.readClock,
    readLoopSettings: () => loops,
    agentModels: { codex: undefined, claude: undefined, pi: undefined },
    onMilestone: () => {},
  };
}
