import { dirname, join } from "node:path";
import type { AgentRequest } from "./agent.ts";

/** For agents that take no skill by its path: it is named, and they read it. */
export function withSkill({ prompt, skillPath }: AgentRequest): string {
  if (skillPath === undefined) return prompt;
  return `${prompt}\n\nThe skill that is meant is the file ${skillFile(skillPath)}: read it first and do as it says.`;
}

export function skillFolder(skillPath: string): string {
  return dirname(skillFile(skillPath));
}

function skillFile(skillPath: string): string {
  return skillPath.endsWith(".md") ? skillPath : join(skillPath, "SKILL.md");
}
