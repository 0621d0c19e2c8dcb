import { fileURLToPath } from "node:url";
import type { ProgramSpec } from "@system-bus/programs";
import type { AgentName } from "../agent.ts";
import { type AgentProgram, type AgentSurroundings, agentProgram } from "../agent-program.ts";
import type { AgentCaps } from "./agent-caps.ts";
import { orderArguments } from "./order.ts";

const WATCHER = fileURLToPath(new URL("./main.ts", import.meta.url));

/**
 * As `agentProgram`, under a watcher that ends the agent as soon as it has used up its caps: at most the
 * call of its model that is then under way is beyond them. The watcher is of the program, so that this
 * holds without a worker. Its result is read by `readCappedResult`.
 */
export function cappedAgentProgram(
  name: AgentName,
  program: AgentProgram,
  surroundings: AgentSurroundings,
  caps: AgentCaps,
): Omit<ProgramSpec, "slot" | "attemptsMax"> {
  // The watcher stands in the program's own folder, where no `.env` and no bunfig.toml of the agent's
  // project changes what it does.
  const { command, args, cwd, ...spec } = agentProgram(name, program, surroundings);
  const order = orderArguments({ agent: name, caps, folder: cwd ?? null, command, args });
  return { ...spec, command: process.execPath, args: ["--smol", WATCHER, ...order] };
}
