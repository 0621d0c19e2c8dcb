import { rm } from "node:fs/promises";
import { CliError } from "../output/failure.ts";
import { type DaemonWorld, getManager } from "./daemon-world.ts";
import { type FoundDaemon, findDaemon } from "./find-daemon.ts";
import type { ServiceManager } from "./service-manager.ts";
import { sudoCommand } from "./sudo-command.ts";

/** Stops the daemon and removes its unit. What it was before; of kind `none` when there was nothing. */
export async function uninstallDaemon(world: DaemonWorld): Promise<FoundDaemon> {
  const found = await findDaemon(world.env, world);
  if (found.kind === "none") return found;
  const manager = managerOf(world, found, "uninstall");
  await manager.unload();
  await rm(manager.unitPath, { force: true });
  await manager.forget();
  return found;
}

/** Of a daemon that is installed; throws when this user may not touch it. */
export function managerOf(
  world: DaemonWorld,
  { scope }: FoundDaemon,
  verb: "uninstall" | "restart",
): ServiceManager {
  if (scope === "system" && world.account.uid !== 0) {
    const argv = [process.execPath, "--no-env-file", Bun.main, "daemon", verb];
    throw new CliError({
      code: "refused",
      message: "It is a daemon of the machine, which only root may touch.",
      fix: `Run \`${sudoCommand(argv, world.env)}\`.`,
    });
  }
  return getManager(world, { scope: scope ?? "user", account: world.account });
}
