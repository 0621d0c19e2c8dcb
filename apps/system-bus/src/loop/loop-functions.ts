import type { BusClient } from "@system-bus/events";
import type { InngestFunction } from "inngest";
import { agentLoopComplete } from "./agent-loop-complete.ts";
import { agentLoopImplement } from "./agent-loop-implement.ts";
import { agentLoopJudge } from "./agent-loop-judge.ts";
import { agentLoopPlan } from "./agent-loop-plan.ts";
import { agentLoopRetro } from "./agent-loop-retro.ts";
import { agentLoopReview } from "./agent-loop-review.ts";
import type { LoopDeps } from "./loop-deps.ts";

/** The six roles of a coding loop, in the order in which they follow each other. */
export function loopFunctions(client: BusClient, deps: LoopDeps): InngestFunction.Any[] {
  return [
    agentLoopPlan(client, deps),
    agentLoopImplement(client, deps),
    agentLoopReview(client, deps),
    agentLoopJudge(client, deps),
    agentLoopComplete(client, deps),
    agentLoopRetro(client, deps),
  ];
}
