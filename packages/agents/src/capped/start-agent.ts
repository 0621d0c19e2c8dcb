import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../agent.ts";
import { startContainer } from "../container/hold-container.ts";
import { type HeldProcess, startHeld } from "../held/held-process.ts";
import { HoldError } from "../held/hold-error.ts";
import type { WatchOrder } from "./order.ts";

export interface WatchedAgent extends HeldProcess {
  /** It has said something: it has read what it was given. */
  hasBegun(): void;
}

/** With all of our environment, the gate's over it, and our input: or in a container, which takes both its own way. */
export async function startAgent(
  order: WatchOrder,
  { ownFolder, gateEnv }: { readonly ownFolder: string; readonly gateEnv: Environment },
): Promise<WatchedAgent> {
  const { command, args, container } = order;
  const argv = [command, ...args];
  const cwd = order.folder ?? join(ownFolder, "agent");
  if (order.folder === null) mkdirSync(cwd, { recursive: true, mode: 0o700 });
  if (!existsSync(cwd)) throw new HoldError(1, `cannot work in ${cwd}: there is no such folder`);
  if (container === null) {
    const env = { ...process.env, ...gateEnv };
    return { ...startHeld(argv, { cwd, env, stdin: "inherit" }), hasBegun: () => {} };
  }
  const held = await startContainer({ order: container, argv, cwd: ownFolder, env: process.env });
  return { ...held, hasBegun: held.forgetSecrets };
}
