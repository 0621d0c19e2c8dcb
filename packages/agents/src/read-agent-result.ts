import { readFile } from "node:fs/promises";
import type { EndedProgram } from "@system-bus/programs";
import type { AgentName } from "./agent.ts";
import type { AgentResult } from "./agent-result.ts";
import { agents } from "./agents.ts";
import { decideResult } from "./decide-result.ts";

/** What the run of an agent came to, by how its program ended and by what it wrote. */
export async function readAgentResult(name: AgentName, ended: EndedProgram): Promise<AgentResult> {
  const stdout = await readFile(ended.stdoutPath, "utf8").catch(() => "");
  const stderr = await readFile(ended.stderrPath, "utf8").catch(() => "");
  const endedAtMs = Date.parse(ended.endedAt);
  const startedAtMs = ended.startedAt === null ? endedAtMs : Date.parse(ended.startedAt);
  return decideResult(agents[name].readOutput({ stdout, stderr }), {
    hasTimedOut: ended.endedBy === "wall-limit",
    exitCode: ended.exitCode,
    signal: ended.signal,
    stderr,
    endedAtMs,
    // The clock may have been set meanwhile.
    durationMs: Math.max(0, endedAtMs - startedAtMs),
  });
}
