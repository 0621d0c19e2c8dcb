import type { Agent } from "./agent.ts";
import { agents } from "./agents.ts";

/** What the agents see of the worker's environment: who starts the worker otherwise has to think of it. */
export function agentVariables(): readonly string[] {
  const all: readonly Agent[] = Object.values(agents);
  return [
    ...new Set(all.flatMap(({ passedNames, passedPaths }) => [...passedNames, ...passedPaths])),
  ];
}
