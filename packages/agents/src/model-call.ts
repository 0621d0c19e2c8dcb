import type { AgentUsage } from "./agent-result.ts";

/** Part of the usage, under a name of its own: a line that is read twice counts once. */
export interface ModelCall {
  readonly id: string;
  /** Null where the line doesn't say: then it is the one of the call before. */
  readonly model: string | null;
  readonly usage: AgentUsage;
}
