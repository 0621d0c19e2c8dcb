import type { PreflightAgent } from "./preflight.ts";

/**
 * Where nobody has named the agents, those that say that they are not logged in are none, as long as
 * there is another that runs. Named ones stay: that they can't be used is then a problem to be told.
 */
export function leaveOutLoggedOut<Seen extends PreflightAgent>(
  agents: readonly Seen[],
): readonly Seen[] {
  const others = agents.filter(({ login }) => login !== "no");
  const isOneLeft = others.some(({ isInstalled, problem }) => isInstalled && problem === null);
  return isOneLeft ? others : agents;
}
