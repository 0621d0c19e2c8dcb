import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import { combine, type Decided, type Opinion, readOpinion } from "@system-bus/loops";
import type { InngestFunction } from "inngest";
import { emitEvents } from "../steps/emit-events.ts";
import { cancelOnLoop } from "./cancel-on-loop.ts";
import { getLoop } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import { leaveRole } from "./leave-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { planEvent } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { judgeByChecks, type PreparedJudging, renderVerdictFeedback } from "./prepare-judging.ts";
import { reportRoleFailure } from "./report-role-failure.ts";
import { runRoleAgent } from "./run-role-agent.ts";
import { settleVerdict } from "./settle-verdict.ts";

const ID = "agent-loop-judge";

type JudgeRequest = EventFields<"agent/loop.judge">;

/** Decides on an attempt: the checks first, and a model that may only be stricter. */
export function agentLoopJudge(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["agent/loop.judge"]],
      concurrency: { key: "event.data.project", limit: 1 },
      cancelOn: cancelOnLoop,
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    ({ event, runId, step }) => judgeStory(deps, { runId, step }, event.data),
  );
}

export async function judgeStory(deps: LoopDeps, run: RoleRun, request: JudgeRequest) {
  const { step } = run;
  const prepared = await loopStep(step, "prepare", () => judgeByChecks(deps, request));
  if (prepared.kind === "left") return { left: prepared.reason };
  let decided: Decided | null = prepared.kind === "done" ? null : prepared.decided;
  if (prepared.kind === "ask") {
    const asked = await askModel(deps, run, prepared);
    if (asked.kind === "left") return leaveRole(step, asked);
    decided = await loopStep(step, "combine", () => weigh(deps, request, { prepared, asked }));
  }
  const events = await loopStep(step, "verdict", () => settle(deps, request, decided));
  await emitEvents(step, deps, events);
  return { storyId: request.storyId, verdict: decided?.verdict ?? "done" };
}

type Asked =
  | { readonly kind: "opinion"; readonly opinion: Opinion | null }
  | { readonly kind: "left"; readonly reason: string; readonly event: BusEvent | null };

const ASKED_MAX = 2;

/** Null is no opinion that could be read, twice: it fails closed. */
async function askModel(
  deps: LoopDeps,
  run: RoleRun,
  prepared: Extract<PreparedJudging, { kind: "ask" }>,
): Promise<Asked> {
  for (let time = 1; time <= ASKED_MAX; time += 1) {
    const end = await runRoleAgent(deps, run, prepared.agent, time);
    if (end.kind === "left") return end;
    if (end.kind === "failed") continue;
    const opinion = readOpinion(end.text, prepared.storyIds);
    if (!("problem" in opinion)) return { kind: "opinion", opinion };
  }
  return { kind: "opinion", opinion: null };
}

async function weigh(
  deps: LoopDeps,
  { loopId, storyId }: JudgeRequest,
  {
    prepared,
    asked,
  }: {
    readonly prepared: Extract<PreparedJudging, { kind: "ask" }>;
    readonly asked: Extract<Asked, { kind: "opinion" }>;
  },
): Promise<Decided> {
  const { story } = getStory(await getLoop(deps, loopId), storyId);
  return combine(prepared.decided, asked.opinion, story);
}

/** The verdict with what follows, and the planner's turn. Repeated, it only sends again. */
async function settle(
  deps: LoopDeps,
  request: JudgeRequest,
  decided: Decided | null,
): Promise<BusEvent[]> {
  const { loopId, storyId, attempt, generation } = request;
  const loop = await getLoop(deps, loopId);
  const { story } = getStory(loop, storyId);
  const { planned, implemented } = story;
  if (planned === null || implemented === null) {
    throw new Error(`broken promise: attempt ${attempt} at ${storyId} is in the record`);
  }
  const written = story.verdicts.findLast((verdict) => verdict.attempt === attempt);
  const verdict = written ?? decided;
  if (verdict === null) throw new Error(`broken promise: ${storyId} was decided on`);
  const feedback =
    verdict.verdict === "PASS"
      ? null
      : await renderVerdictFeedback(loop, { story, decided: verdict });
  const told = await settleVerdict(deps, loop, {
    ...{ story, planned, implemented, feedback },
    ...{ verdict: verdict.verdict, reasons: verdict.reasons, failingTests: verdict.failingTests },
    by: verdict.by,
  });
  const { project } = request;
  return [...told, planEvent({ loopId, project, generation }, planned.iteration + 1)];
}
