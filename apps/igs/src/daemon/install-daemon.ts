// Writes the unit, has it started, and waits until the bus answers. Twice is as good as once, and so is
// once more after an interruption: each step looks whether it is done already.

import { chown, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { storeSetting, type VariableName } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import type { DaemonScope } from "./daemon-unit.ts";
import type { DaemonWorld } from "./daemon-world.ts";
import { type FoundDaemon, findDaemon } from "./find-daemon.ts";
import { refuseForeignBus } from "./find-foreign-bus.ts";
import {
  type InstallPlan,
  type InstallRequest,
  planInstall,
  refuseWithoutRoot,
} from "./plan-install.ts";
import { readStartedAtMs } from "./started-at.ts";
import { ensureLinger, type LingerOutcome } from "./systemd/linger.ts";
import { findUnseenVariables } from "./unseen-variables.ts";
import { type WellBus, waitUntilWell } from "./wait-until-well.ts";

export interface InstallOptions extends InstallRequest {
  /** The environment wins over what the settings file says otherwise. */
  readonly mayReplaceSettings: boolean;
  readonly tell: (text: string) => void;
}

/** `restarted`: it ran with an older unit, or with settings that have changed since. */
export type InstallChange = "installed" | "replaced" | "started" | "restarted" | "none";

export interface Installed {
  readonly change: InstallChange;
  readonly daemon: FoundDaemon;
  /** Variables of the terminal that are in the settings file now. */
  readonly stored: readonly string[];
  readonly gained: InstallPlan["gained"];
  /** Variables of the terminal that agents and programs would use, and the daemon does not have. */
  readonly unseen: readonly string[];
  /** Null where there is no such thing: on macOS, and for a daemon of the machine. */
  readonly linger: LingerOutcome | null;
  readonly bus: WellBus;
}

export async function installDaemon(
  world: DaemonWorld,
  options: InstallOptions,
): Promise<Installed> {
  const { env } = world;
  await refuseOtherScope(world, options.scope);
  const plan = await planInstall(world, options);
  refuseDifferent(plan, options);
  const { manager, settings, unitText, installedText } = plan;
  const before = await manager.look();
  if (before.state !== "running") await refuseForeignBus(settings, world);
  const stored = storeDrift(world, plan);
  refuseWithoutRoot(world, plan);

  const isSame = installedText === unitText;
  const change = decideChange({
    isSame,
    isNew: installedText === null,
    isRunning: before.state === "running",
    isOutdated: stored.length > 0 || (await runsSinceBefore(world, plan, before.pid)),
  });
  await makeFolders(plan);
  if (!isSame) await writeUnit(manager.unitPath, unitText);
  if (change !== "none") {
    options.tell("Starting the daemon");
    await manager.load();
  }
  const linger =
    manager.kind === "systemd" && options.scope === "user"
      ? await ensureLinger(plan.unit.account, world.run)
      : null;
  options.tell("Waiting until engine and worker answer");
  const bus = await waitUntilWell(world, plan);
  const daemon = await findDaemon(env, world);
  const unseen = findUnseenVariables(env);
  return { change, daemon, stored, gained: plan.gained, unseen, linger, bus };
}

/** Whether there is something to do. Pure. */
export function decideChange(facts: {
  readonly isNew: boolean;
  readonly isSame: boolean;
  readonly isRunning: boolean;
  readonly isOutdated: boolean;
}): InstallChange {
  if (facts.isNew) return "installed";
  if (!facts.isSame) return "replaced";
  if (!facts.isRunning) return "started";
  return facts.isOutdated ? "restarted" : "none";
}

/** The first start itself writes the keys into the settings file. */
const KEYS_MAX_MS = 10_000;

/** Whether a process began before the unit and the settings were what they are: an install may have been interrupted. */
export function isOutdated(moments: {
  readonly startedAtMs: number;
  readonly unitAtMs: number;
  readonly settingsAtMs: number;
}): boolean {
  const { startedAtMs, unitAtMs, settingsAtMs } = moments;
  return unitAtMs > startedAtMs || settingsAtMs > startedAtMs + KEYS_MAX_MS;
}

async function runsSinceBefore(
  world: DaemonWorld,
  { manager, settings }: InstallPlan,
  pid: number | null,
): Promise<boolean> {
  const startedAtMs = pid === null ? null : await readStartedAtMs(pid, world);
  if (startedAtMs === null) return false;
  const [unitAtMs, settingsAtMs] = await Promise.all([
    changedAtMs(manager.unitPath),
    changedAtMs(settings.settingsFile),
  ]);
  return isOutdated({ startedAtMs, unitAtMs, settingsAtMs });
}

/** 0 for a file that is not there. */
async function changedAtMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Two daemons would fight for the ports for ever. */
async function refuseOtherScope(world: DaemonWorld, scope: DaemonScope): Promise<void> {
  const found = await findDaemon(world.env, world);
  if (found.scope === null || found.scope === scope) return;
  const whose = found.scope === "system" ? "of the machine" : "of yours";
  throw new CliError({
    code: "refused",
    message: `There is a daemon ${whose} already: ${found.unitPath ?? found.name}.`,
    fix: "Remove it first: `igs daemon uninstall`.",
  });
}

function refuseDifferent({ drift, settings }: InstallPlan, options: InstallOptions): void {
  if (options.mayReplaceSettings || drift.different.length === 0) return;
  const names = drift.different.join(", ");
  throw new CliError({
    code: "refused",
    message: `This terminal and the settings file disagree about ${names}, and the daemon reads ${settings.settingsFile}.`,
    fix: `Unset what is not meant, or write the terminal's into the file with --store-environment.`,
  });
}

/** Root would leave a file that its user can't read. */
function storeDrift(world: DaemonWorld, { drift, settings, unit }: InstallPlan): readonly string[] {
  const names = [...drift.missing, ...drift.different];
  if (names.length === 0) return [];
  if (unit.account.uid !== world.account.uid) {
    throw new CliError({
      code: "refused",
      message: `The daemon of ${unit.account.name} would not see what is set here: ${names.join(", ")}.`,
      fix: `Write it into ${settings.settingsFile} as ${unit.account.name}, or unset it; then install again.`,
    });
  }
  for (const name of names) {
    // They come from `settings.values`, which are named by the variables.
    storeSetting(settings, name as VariableName, world.env[name]?.trim() ?? "");
  }
  return names;
}

/** launchd starts nothing whose output has no folder. */
async function makeFolders({ manager, settings, unit }: InstallPlan): Promise<void> {
  await mkdir(dirname(manager.unitPath), { recursive: true });
  const made = await mkdir(settings.folders.logs, { recursive: true, mode: 0o700 });
  if (made === undefined || unit.scope === "user") return;
  for (let folder = settings.folders.logs; ; folder = dirname(folder)) {
    await chown(folder, unit.account.uid, unit.account.gid);
    if (folder === made) return;
  }
}

/** In one move: launchd and systemd read either the old one or the new one. */
async function writeUnit(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      {
        code: "unavailable",
        message: `The unit ${path} can't be written: ${reason}`,
        fix: "Give this user the right to write there, then install again.",
      },
      { cause: error },
    );
  }
}
