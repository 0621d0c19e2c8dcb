// The bus as a daemon of launchd or systemd, as `igs daemon` has it.

import { type DaemonWorld, findManager } from "../daemon/daemon-world.ts";
import { findDaemon, loadDaemonSettings } from "../daemon/find-daemon.ts";
import { installDaemon } from "../daemon/install-daemon.ts";
import { managerOf, uninstallDaemon } from "../daemon/uninstall-daemon.ts";
import { CliError } from "../output/failure.ts";
import type { FoundBus } from "./setup-found.ts";

/** Whether a service manager answers: a container has a systemctl, too. */
export async function canBeDaemon(world: DaemonWorld): Promise<boolean> {
  const manager = findManager(world, { scope: "user", account: world.account });
  if (manager === null) return false;
  try {
    await manager.look();
    return true;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}

/** Null when none runs, or one that has another settings file. */
export async function findDaemonBus(
  world: DaemonWorld,
  settingsFile: string,
): Promise<FoundBus | null> {
  const found = await findDaemon(world.env, world);
  if (found.state !== "running" && found.state !== "waiting") return null;
  if (loadDaemonSettings(found).settingsFile !== settingsFile) return null;
  return { kind: "ours", way: "daemon", pid: found.pid };
}

/** One that is to be started again as a daemon keeps its unit. */
export async function stopDaemonBus(world: DaemonWorld, isGivenUp: boolean): Promise<void> {
  if (isGivenUp) {
    await uninstallDaemon(world);
    return;
  }
  const found = await findDaemon(world.env, world);
  if (found.kind !== "none") await managerOf(world, found, "restart").unload();
}

export interface DaemonTalk {
  readonly tell: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** Returns when engine and worker answer. A daemon of the machine stays one. */
export async function startDaemonBus(world: DaemonWorld, talk: DaemonTalk): Promise<void> {
  const { scope } = await findDaemon(world.env, world);
  const { linger } = await installDaemon(world, {
    scope: scope ?? "user",
    mayReplaceSettings: false,
    tell: talk.tell,
  });
  if (linger?.kind !== "refused") return;
  talk.warn(
    `The daemon starts when you log in, and ends with your last session (${linger.reason}). To have it from the boot on: \`${linger.command}\`.`,
  );
}
