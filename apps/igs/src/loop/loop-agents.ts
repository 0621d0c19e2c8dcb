import { homedir } from "node:os";
import { examineAgent } from "@system-bus/agents";
import { programSearchPath } from "@system-bus/programs";
import type { LoopTool } from "@system-bus/settings";
import type { CliContext } from "../context.ts";

/** An agent of this machine, as the preflight wants to know it. */
export interface SeenAgent {
  readonly name: LoopTool;
  /** Its executable; null when it is not installed. */
  readonly command: string | null;
  readonly isInstalled: boolean;
  readonly login: "yes" | "no" | "unknown";
  readonly version: string | null;
  readonly problem: string | null;
}

export function searchPathOf({ env }: Pick<CliContext, "env">): string {
  return programSearchPath({ path: env["PATH"], home: homeOf({ env }) });
}

function homeOf({ env }: Pick<CliContext, "env">): string {
  return env["HOME"] ?? homedir();
}

/** Asks no model. */
export function lookAtAgents(
  context: Pick<CliContext, "env">,
  tools: readonly LoopTool[],
): Promise<readonly SeenAgent[]> {
  const searchPath = searchPathOf(context);
  const { env } = context;
  return Promise.all(
    tools.map(async (name): Promise<SeenAgent> => {
      const command = Bun.which(name, { PATH: searchPath });
      const absent = { login: "unknown", version: null, problem: null } as const;
      if (command === null) return { name, command, isInstalled: false, ...absent };
      const about = { command, env, home: homeOf(context), searchPath };
      return { name, command, isInstalled: true, ...(await examineAgent(name, about)) };
    }),
  );
}
