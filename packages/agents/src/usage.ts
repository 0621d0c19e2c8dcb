import type { AgentUsage } from "./agent-result.ts";

export const NO_USAGE: AgentUsage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

export function addUsage(one: AgentUsage, other: AgentUsage): AgentUsage {
  const costUsd = (one.costUsd ?? 0) + (other.costUsd ?? 0);
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(one.costUsd === undefined && other.costUsd === undefined ? {} : { costUsd }),
  };
}

/**
 * Of what was seen call by call and what the agent's own end says, the one that tells of more: the
 * output may have been cut in its middle, and an agent that failed reports nothing at its end.
 */
export function largerUsage(one: AgentUsage, other: AgentUsage): AgentUsage {
  return totalTokens(one) > totalTokens(other) ? one : other;
}

export function totalTokens({ inputTokens, outputTokens }: AgentUsage): number {
  return inputTokens + outputTokens;
}
