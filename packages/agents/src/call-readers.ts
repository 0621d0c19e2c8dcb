// How each agent's lines tell of its model calls: what the watcher of `capped/` needs of the adapters,
// and all that it loads of them.

import type { AgentName } from "./agent.ts";
import { readClaudeCall } from "./claude/claude-call.ts";
import { readCodexCall } from "./codex/codex-call.ts";
import type { ModelCall } from "./model-call.ts";
import { readPiCall } from "./pi/pi-call.ts";

/** Reads one line of its output, as it comes; null when the line tells of no model call. */
export type CallReader = (line: string) => ModelCall | null;

export const callReaders: Readonly<Record<AgentName, CallReader>> = {
  codex: readCodexCall,
  claude: readClaudeCall,
  pi: readPiCall,
};
