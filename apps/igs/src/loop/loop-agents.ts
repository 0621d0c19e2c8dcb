import { homedir } from "node:os";
import { lookAtAgents, type SeenAgent } from "@system-bus/agents";
import { programSearchPath } from "@system-bus/programs";
import type { LoopTool } from "@system-bus/settings";
import type { CliContext } from "../context.ts";

export function searchPathOf({ env }: Pick<CliContext, "env">): string {
  return programSearchPath({ path: env["PATH"], home: homeOf({ env }) });
}

function homeOf({ env }: Pick<CliContext, "env">): string {
  return env["HOME"] ?? homedir();
}

/** Where the worker finds them, too. */
export function lookAtLoopAgents(
  context: Pick<CliContext, "env">,
  tools: readonly LoopTool[],
): Promise<readonly SeenAgent[]> {
  const { env } = context;
  return lookAtAgents(tools, { env, home: homeOf(context), searchPath: searchPathOf(context) });
}
