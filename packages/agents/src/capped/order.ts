import type { AgentName } from "../agent.ts";
import type { AgentCaps } from "./agent-caps.ts";

/** What a watcher is to do. It goes by its arguments, so nothing in it may be a secret. */
export interface WatchOrder {
  readonly agent: AgentName;
  readonly caps: AgentCaps;
  /** Where the agent works; null: an empty folder of its own. */
  readonly folder: string | null;
  readonly command: string;
  readonly args: readonly string[];
}

export function orderArguments({ command, args, ...order }: WatchOrder): string[] {
  return [JSON.stringify(order), command, ...args];
}

export function readOrder([text = "", command = "", ...args]: readonly string[]): WatchOrder {
  // From `orderArguments` of this very version: whoever made the spec starts the watcher beside it.
  const order = JSON.parse(text) as Omit<WatchOrder, "command" | "args">;
  return { ...order, command, args };
}
