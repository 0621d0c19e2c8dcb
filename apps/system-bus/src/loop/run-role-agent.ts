// One role's agent, as steps of its run:
//
//   <id>:allowed   cancelled? a cap reached? what may it still use up?
//   <id>           … :finished, :result: the program, with its usage written down
//   <id>:pause     and a sleep, when its provider has a limit or is in trouble
//
// Further turns are `<id>:turn-2` …

import { dirname } from "node:path";
import {
  type AgentName,
  type AgentRequest,
  cappedAgentProgram,
  costOf,
  openUsageMeter,
  type PriceTable,
  readCappedResult,
  readPriceTable,
} from "@system-bus/agents";
import type { BusEvent } from "@system-bus/events";
import { type AgentLine, budgetLeft, findReachedCap, type Role } from "@system-bus/loops";
import type { EndedProgram, LostProgram } from "@system-bus/programs";
import { addTurn, decideNextTurn, type TurnEnd, type TurnHistory } from "./decide-next-turn.ts";
import { getLoop } from "./enter-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import type { OfStory } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { holdLoop, pauseLoop, releaseLoop } from "./pause-loop.ts";

export interface RoleAgent {
  readonly role: Role;
  readonly about: OfStory;
  readonly storyKind: string;
  readonly tool: AgentName;
  readonly prompt: string;
  readonly materialPath: string | undefined;
  readonly permissions: AgentRequest["permissions"];
  readonly folder: string;
}

export type AgentEnd =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: string }
  /** The loop stands still or is over; the event, if there is one, is to be sent. */
  | { readonly kind: "left"; readonly reason: string; readonly event: BusEvent | null };

type Allowed =
  | {
      readonly kind: "go";
      readonly tokensMax: number | null;
      readonly costMaxUsd: number | null;
      readonly timeMaxMs: number;
      readonly endsWithLoop: boolean;
    }
  | { readonly kind: "left"; readonly reason: string; readonly event: BusEvent | null };

const TURNS_MAX = 40;

export async function runRoleAgent(
  deps: LoopDeps,
  run: RoleRun,
  agent: RoleAgent,
  time = 1,
): Promise<AgentEnd> {
  const prices = await readPriceTable(deps.loops.pricesFile ?? null);
  const firstId = time === 1 ? agent.role : `${agent.role}:again-${time}`;
  let history: TurnHistory = {
    ...{ tool: agent.tool, limits: 0, troubles: 0, crashes: 0, endsWithLoop: false },
  };
  for (let turn = 1; turn <= TURNS_MAX; turn += 1) {
    const id = turn === 1 ? firstId : `${firstId}:turn-${turn}`;
    const allowed = await loopStep(run.step, `${id}:allowed`, () => lookForCaps(deps, agent, turn));
    if (allowed.kind === "left") return allowed;
    const end = await runTurn(deps, run, { id, agent, allowed, prices });
    history = { ...history, endsWithLoop: allowed.endsWithLoop };
    const decided = await loopStep(run.step, `${id}:decided`, async () =>
      settleTurn(deps, { agent, turn, end, history }),
    );
    history = addTurn(history, end);
    if (decided.kind === "again") continue;
    if (decided.kind !== "wait") return decided;
    await run.step.sendEvent(`${id}:paused`, [decided.event]);
    await run.step.sleepUntil(`${id}:sleep`, decided.until);
  }
  return { kind: "failed", reason: `${agent.tool} had ${TURNS_MAX} turns and did not end` };
}

async function lookForCaps(deps: LoopDeps, agent: RoleAgent, turn: number): Promise<Allowed> {
  const { about } = agent;
  const before = await getLoop(deps, about.loopId);
  // A provider's limit that this very run has sat out.
  if (turn > 1 && before.state.pause?.until != null) {
    await releaseLoop(deps, before, { ...agent, turn: turn - 1 });
  }
  const loop = await getLoop(deps, about.loopId);
  const { state, spent } = loop;
  if (state.generation !== about.generation || state.cancelled !== null || state.ended !== null) {
    return { kind: "left", reason: "the loop has moved on, or is cancelled", event: null };
  }
  const reached = findReachedCap(state, spent);
  if (reached !== null) {
    const event = await pauseLoop(deps, loop, reached);
    return { kind: "left", reason: reached.reason, event };
  }
  const leftMs = Math.max(1_000, state.caps.wallClockMaxMs - state.elapsedMs);
  const { agentTimeMaxMs } = state.caps;
  return {
    kind: "go",
    ...budgetLeft(state.caps, spent),
    timeMaxMs: Math.min(agentTimeMaxMs, leftMs),
    endsWithLoop: leftMs < agentTimeMaxMs,
  };
}

interface Turn {
  readonly id: string;
  readonly agent: RoleAgent;
  readonly allowed: Extract<Allowed, { kind: "go" }>;
  readonly prices: PriceTable;
}

function runTurn(deps: LoopDeps, run: RoleRun, turn: Turn): Promise<TurnEnd> {
  const { id, agent, allowed, prices } = turn;
  const { tool, prompt, materialPath, permissions, folder } = agent;
  const { timeMaxMs, tokensMax, costMaxUsd } = allowed;
  const program = cappedAgentProgram(
    tool,
    {
      ...{ command: deps.finder.get(tool), prompt, materialPath, permissions, folder, timeMaxMs },
      ...{ model: deps.agentModels[tool], skillPath: undefined },
    },
    { env: deps.env, searchPath: deps.finder.searchPath },
    { tokensMax, costMaxUsd, prices },
  );
  return deps.programs.run<TurnEnd>(run.step, id, {
    runId: run.runId,
    // Should its agent remove the clone's .git, no repository further up is taken for it.
    spec: {
      ...{ ...program, slot: "loop-agent", attemptsMax: 1 },
      env: { ...program.env, GIT_CEILING_DIRECTORIES: dirname(folder) },
    },
    read: (ended) => readTurn(deps, turn, ended),
    readLost: (lost) => readLostTurn(deps, turn, lost),
  });
}

async function readTurn(deps: LoopDeps, turn: Turn, ended: EndedProgram): Promise<TurnEnd> {
  const { tool } = turn.agent;
  const result = await readCappedResult(tool, ended);
  await writeLine(deps, turn, {
    ...{ key: ended.key, model: result.model, durationMs: result.durationMs },
    ...{ exitCode: ended.exitCode, costUsd: result.costUsd, usage: result.usage },
    end: result.isCapped ? "capped" : result.ok ? "ok" : result.kind,
    reason: result.ok ? null : result.reason,
  });
  if (result.isCapped) return { kind: "capped" };
  if (result.ok) return { kind: "answered", text: result.text };
  const resetAt = result.kind === "rate-limited" ? result.resetAt : null;
  return { kind: "failed", failure: result.kind, reason: result.reason, resetAt };
}

async function readLostTurn(deps: LoopDeps, turn: Turn, lost: LostProgram): Promise<TurnEnd> {
  const usage = await openUsageMeter(turn.agent.tool, lost).look();
  await writeLine(deps, turn, {
    ...{ key: lost.key, model: null, durationMs: 0, exitCode: null, usage, end: "lost" },
    costUsd: usage.costUsd ?? costOf(usage, null, turn.prices),
    reason: "it was lost: the machine restarted, or its supervisor was killed",
  });
  return { kind: "lost" };
}

type Told = Pick<
  AgentLine,
  "key" | "model" | "durationMs" | "exitCode" | "costUsd" | "end" | "reason"
> & {
  readonly usage: Pick<AgentLine, "inputTokens" | "cachedTokens" | "outputTokens">;
};

async function writeLine(deps: LoopDeps, { agent }: Turn, { usage, ...told }: Told): Promise<void> {
  const { about, role, storyKind, tool } = agent;
  const { record } = await getLoop(deps, about.loopId);
  const { inputTokens, cachedTokens, outputTokens } = usage;
  await record.appendAttempt({
    ...{ type: "agent", at: new Date(deps.nowMs()).toISOString(), generation: about.generation },
    ...{ role, storyId: about.storyId, attempt: about.attempt, storyKind, tool },
    ...{ inputTokens, cachedTokens, outputTokens },
    ...told,
    durationMs: Math.max(0, Math.round(told.durationMs)),
  });
}

interface Settling {
  readonly agent: RoleAgent;
  readonly turn: number;
  readonly end: TurnEnd;
  readonly history: TurnHistory;
}

type Settled =
  | AgentEnd
  | { readonly kind: "again" }
  | { readonly kind: "wait"; readonly until: string; readonly event: BusEvent };

async function settleTurn(
  deps: LoopDeps,
  { agent, turn, end, history }: Settling,
): Promise<Settled> {
  const { about } = agent;
  const next = decideNextTurn(end, history, deps.nowMs());
  switch (next.kind) {
    case "answered":
    case "failed":
    case "again":
      return next;
    case "wait": {
      const loop = await getLoop(deps, about.loopId);
      const until = new Date(next.untilMs).toISOString();
      const event = await holdLoop(deps, loop, { ...next, ...agent, turn, until });
      return { kind: "wait", until, event };
    }
    case "pause": {
      const loop = await getLoop(deps, about.loopId);
      // Of the caps that there are, the one that was reached; its words say how to go on.
      const { cause, reason } = findReachedCap(loop.state, loop.spent) ?? next;
      const event = await pauseLoop(deps, loop, { cause, reason });
      return { kind: "left", reason, event };
    }
  }
}
