import { CliError } from "../output/failure.ts";
import { daemonLogFile } from "./daemon-unit.ts";
import type { DaemonWorld } from "./daemon-world.ts";
import { type FoundDaemon, findDaemon, loadDaemonSettings } from "./find-daemon.ts";
import { managerOf } from "./uninstall-daemon.ts";
import { type WellBus, waitUntilWell } from "./wait-until-well.ts";

export interface Restarted {
  readonly daemon: FoundDaemon;
  readonly bus: WellBus;
}

/** Stops and starts the daemon, and waits until its bus answers. */
export async function restartDaemon(
  world: DaemonWorld,
  tell: (text: string) => void,
): Promise<Restarted> {
  const found = await findDaemon(world.env, world);
  if (found.unitPath === null) {
    throw new CliError({
      code: "not-found",
      message: "No daemon is installed.",
      fix: "Install one with `igs daemon install`.",
    });
  }
  const manager = managerOf(world, found, "restart");
  const settings = loadDaemonSettings(found);
  tell("Stopping; steps in hand may finish");
  if (found.state === "absent") await manager.load();
  else await manager.restart();
  tell("Waiting until engine and worker answer");
  const logFile = daemonLogFile(settings.folders.logs);
  const bus = await waitUntilWell(world, { manager, settings, logFile });
  return { daemon: await findDaemon(world.env, world), bus };
}
