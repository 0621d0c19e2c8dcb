import type { AgentName } from "./agent.ts";
import type { AgentUsage } from "./agent-result.ts";
import { callReaders } from "./call-readers.ts";
import { GrowingFile } from "./growing-file.ts";
import { UsageTally } from "./usage-tally.ts";

export interface UsageMeter {
  /** What has been used so far, by the calls of the model that have ended; grows. */
  look(): Promise<AgentUsage>;
}

export interface OutputPaths {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/** Reads an agent's usage from its output while it runs, to be shown. Each look reads what is new. */
export function openUsageMeter(name: AgentName, paths: OutputPaths): UsageMeter {
  const tally = new UsageTally();
  const take = (line: string) => {
    const call = callReaders[name](line);
    if (call !== null) tally.add(call);
  };
  const files = [paths.stdoutPath, paths.stderrPath].map((path) => new GrowingFile(path));
  return {
    look: async () => {
      for (const file of files) file.readNewLines(take);
      return tally.usage;
    },
  };
}
