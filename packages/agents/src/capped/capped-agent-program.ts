import { fileURLToPath } from "node:url";
import type { AgentName } from "../agent.ts";
import { type AgentProgram, type AgentSurroundings, agentProgram } from "../agent-program.ts";
import { type BareSpec, contain } from "../container/contain.ts";
import type { Container } from "../container/container.ts";
import type { AgentCaps } from "./agent-caps.ts";
import { orderArguments, type WatchOrder } from "./order.ts";

const WATCHER = fileURLToPath(new URL("./main.ts", import.meta.url));

export interface CappedSurroundings extends AgentSurroundings {
  /** It runs in there, by its own name: the image has it. Then it has a folder, which is in there too. */
  readonly container?: Container | undefined;
}

/**
 * As `agentProgram`, under a watcher that ends the agent as soon as it has used up its caps: at most the
 * call of its model that is then under way is beyond them. The watcher is of the program, so that this
 * holds without a worker. Its result is read by `readCappedResult`.
 */
export function cappedAgentProgram(
  name: AgentName,
  program: AgentProgram,
  { container, ...surroundings }: CappedSurroundings,
  caps: AgentCaps,
): BareSpec {
  // As JSON it would become null, which is no cap at all.
  if ([caps.tokensMax, caps.costMaxUsd].some(Number.isNaN)) {
    throw new Error("broken promise: a cap is a number, or null");
  }
  if (container === undefined) {
    return watched(
      { agent: name, caps, container: null },
      agentProgram(name, program, surroundings),
    );
  }
  const inside = { ...program, command: name, isContained: true };
  const within = program.permissions === "edit" ? container : readOnly(container);
  const { order, spec } = contain(agentProgram(name, inside, surroundings), within);
  const watcher = { agent: name, caps, container: order };
  return watched(watcher, program.folder === undefined ? spec : { ...spec, cwd: program.folder });
}

/** There the container keeps an agent within its permissions. */
function readOnly({ writable, readable, ...container }: Container): Container {
  return { ...container, writable: [], readable: [...writable, ...readable] };
}

/** It stands in the program's own folder, where no `.env` and no bunfig.toml of a project changes what it does. */
function watched(
  order: Omit<WatchOrder, "folder" | "command" | "args">,
  { command, args, cwd, ...spec }: BareSpec,
): BareSpec {
  const words = orderArguments({ ...order, folder: cwd ?? null, command, args });
  return { ...spec, command: process.execPath, args: ["--smol", WATCHER, ...words] };
}
