import { type Clock, systemClock } from "../clock.ts";
import { CliError } from "../output/failure.ts";
import { currentAccount } from "./account.ts";
import type { Account, DaemonScope } from "./daemon-unit.ts";
import { createLaunchdManager } from "./launchd/launchd-manager.ts";
import { createRunCommand, type RunCommand } from "./run-command.ts";
import type { ServiceManager } from "./service-manager.ts";
import { createSystemdManager } from "./systemd/systemd-manager.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What daemons are made of and found in; tests put their own in its place. */
export interface DaemonWorld {
  readonly env: Env;
  /** Who runs igs. */
  readonly account: Account;
  readonly managerKind: ServiceManager["kind"] | "none";
  readonly run: RunCommand;
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Where units of the machine lie. */
  readonly systemFolders: Readonly<Record<ServiceManager["kind"], string>>;
}

const SYSTEM_FOLDERS = {
  launchd: "/Library/LaunchDaemons",
  systemd: "/etc/systemd/system",
} as const;

export function openDaemonWorld(env: Env, signal: AbortSignal): DaemonWorld {
  return {
    env,
    account: currentAccount(env),
    managerKind: findManagerKind(env["PATH"]),
    run: createRunCommand(env),
    clock: systemClock,
    signal,
    systemFolders: SYSTEM_FOLDERS,
  };
}

/** macOS has launchctl and nobody else has. */
function findManagerKind(path: string | undefined): DaemonWorld["managerKind"] {
  const has = (program: string) => Bun.which(program, { PATH: path ?? "/usr/bin:/bin" }) !== null;
  if (has("launchctl")) return "launchd";
  return has("systemctl") ? "systemd" : "none";
}

export interface ManagerChoice {
  readonly scope: DaemonScope;
  /** As whom the daemon runs. */
  readonly account: Account;
}

/** Null on a machine with neither launchd nor systemd. */
export function findManager(
  world: DaemonWorld,
  { scope, account }: ManagerChoice,
): ServiceManager | null {
  const { run, clock, signal, managerKind, systemFolders } = world;
  switch (managerKind) {
    case "launchd":
      return createLaunchdManager({
        ...{ scope, account, run, clock, signal },
        systemFolder: systemFolders.launchd,
      });
    case "systemd":
      return createSystemdManager({
        ...{ scope, account, run },
        systemFolder: systemFolders.systemd,
      });
    case "none":
      return null;
  }
}

export function getManager(world: DaemonWorld, choice: ManagerChoice): ServiceManager {
  const manager = findManager(world, choice);
  if (manager) return manager;
  throw new CliError({
    code: "unavailable",
    message: "This machine has neither launchd nor systemd, so nothing could keep a daemon alive.",
    fix: "Have what starts programs here start `igs start`: it restarts engine and worker itself.",
  });
}
