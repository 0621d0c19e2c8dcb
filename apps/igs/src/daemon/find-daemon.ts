import { readFile } from "node:fs/promises";
import type { Settings } from "@system-bus/settings";
import { loadSettings } from "../load-settings.ts";
import { CliError, type Failure } from "../output/failure.ts";
import { type DaemonScope, daemonLogFile, daemonOutputFile, readForm } from "./daemon-unit.ts";
import { type DaemonWorld, findManager, openDaemonWorld } from "./daemon-world.ts";
import type { ServiceLook, ServiceManager, ServiceState } from "./service-manager.ts";
import { readStartedAtMs } from "./started-at.ts";
import { readLinger } from "./systemd/linger.ts";

/** `unknown`: there is a unit, and the service manager doesn't answer; `problem` tells why. */
export type DaemonState = ServiceState | "unknown";

/** What keeps the bus alive on this machine. */
export interface FoundDaemon {
  /** `none`: nothing is installed. */
  readonly kind: ServiceManager["kind"] | "none";
  readonly scope: DaemonScope | null;
  /** What the service manager calls it. */
  readonly name: string | null;
  /** The unit's file; null when there is none, also when the service manager still knows the unit. */
  readonly unitPath: string | null;
  /** Which form the unit has; null when it isn't ours, or there is none. */
  readonly form: number | null;
  /** What the unit gives its program, PATH included. */
  readonly environment: Readonly<Record<string, string>>;
  readonly path: string | null;
  readonly state: DaemonState;
  /** Of `igs start`, whose children engine and worker are. */
  readonly pid: number | null;
  readonly startedAtMs: number | null;
  readonly lastExit: string | null;
  readonly restartCount: number | null;
  /** Whether it runs from the boot on, with nobody logged in; null when that isn't known. */
  readonly startsAtBoot: boolean | null;
  /** What `igs start` says; `.1` is the one before it. */
  readonly logFile: string | null;
  /** What was said before the log was open: a file, or a command that shows it. */
  readonly outputFile: string | null;
  readonly journalCommand: string | null;
  readonly problem: Failure | null;
}

const NOTHING: FoundDaemon = {
  kind: "none",
  scope: null,
  name: null,
  unitPath: null,
  form: null,
  environment: {},
  path: null,
  state: "absent",
  pid: null,
  startedAtMs: null,
  lastExit: null,
  restartCount: null,
  startsAtBoot: null,
  logFile: null,
  outputFile: null,
  journalCommand: null,
  problem: null,
};

/** Looks for one of this user, then for one of the machine. Changes nothing, and never throws a CliError. */
export async function findDaemon(
  env: Readonly<Record<string, string | undefined>>,
  world: DaemonWorld = openDaemonWorld(env, new AbortController().signal),
): Promise<FoundDaemon> {
  for (const scope of ["user", "system"] as const) {
    const manager = findManager(world, { scope, account: world.account });
    const found = manager && (await lookAt(world, manager, scope));
    if (found) return found;
  }
  return NOTHING;
}

/** The settings as the daemon reads them: from its own environment, not from this terminal's. */
export function loadDaemonSettings({ environment }: Pick<FoundDaemon, "environment">): Settings {
  return loadSettings({ env: environment }, { mode: "start" });
}

async function lookAt(
  world: DaemonWorld,
  manager: ServiceManager,
  scope: DaemonScope,
): Promise<FoundDaemon | null> {
  const text = await readFile(manager.unitPath, "utf8").catch(() => null);
  const { look, problem } = await lookOrExplain(manager);
  if (text === null && (look === null || look.state === "absent")) return null;
  const environment = text === null ? {} : manager.readEnvironment(text);
  const pid = look?.pid ?? null;
  return {
    ...NOTHING,
    ...look,
    kind: manager.kind,
    scope,
    name: manager.name,
    unitPath: text === null ? null : manager.unitPath,
    form: text === null ? null : readForm(text),
    environment,
    path: environment["PATH"] ?? null,
    state: look?.state ?? "unknown",
    startedAtMs: pid === null ? null : await readStartedAtMs(pid, world),
    startsAtBoot: await readStartsAtBoot(world, manager, scope),
    ...findFiles(environment),
    journalCommand: manager.journalCommand,
    problem,
  };
}

async function lookOrExplain(
  manager: ServiceManager,
): Promise<{ readonly look: ServiceLook | null; readonly problem: Failure | null }> {
  try {
    return { look: await manager.look(), problem: null };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, message, fix } = error;
    return { look: null, problem: { code, message, fix } };
  }
}

async function readStartsAtBoot(
  { account, run }: DaemonWorld,
  { kind }: ServiceManager,
  scope: DaemonScope,
): Promise<boolean | null> {
  if (scope === "system") return true;
  return kind === "systemd" ? await readLinger(account, run) : false;
}

/** Settings that can't be read have problems of their own: `igs config` tells them. */
function findFiles(
  environment: FoundDaemon["environment"],
): Pick<FoundDaemon, "logFile" | "outputFile"> {
  if (Object.keys(environment).length === 0) return { logFile: null, outputFile: null };
  try {
    const { logs } = loadDaemonSettings({ environment }).folders;
    return { logFile: daemonLogFile(logs), outputFile: daemonOutputFile(logs) };
  } catch {
    return { logFile: null, outputFile: null };
  }
}
