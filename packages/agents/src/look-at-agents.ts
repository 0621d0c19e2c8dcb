import type { AgentName, Environment } from "./agent.ts";
import { type AgentReadiness, examineAgent } from "./examine-agent.ts";

/** An agent of this machine, or one that isn't there. */
export interface SeenAgent extends AgentReadiness {
  readonly name: AgentName;
  /** Its executable; null when it is not installed. */
  readonly command: string | null;
  readonly isInstalled: boolean;
}

export interface AgentPlace {
  readonly env: Environment;
  readonly home: string;
  /** Where programs are looked for, as a PATH. */
  readonly searchPath: string;
}

const ABSENT = { isInstalled: false, login: "unknown", version: null, problem: null } as const;

/** Which of them are there, in which version, and whether they are logged in. Asks no model. */
export function lookAtAgents(
  names: readonly AgentName[],
  place: AgentPlace,
): Promise<readonly SeenAgent[]> {
  return Promise.all(
    names.map(async (name): Promise<SeenAgent> => {
      const command = Bun.which(name, { PATH: place.searchPath });
      if (command === null) return { name, command, ...ABSENT };
      return {
        ...{ name, command, isInstalled: true },
        ...(await examineAgent(name, { command, ...place })),
      };
    }),
  );
}
