// What an install has to know before it does anything. Everything that can be refused is refused here.

import { realpathSync, statSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { checkStateForm, type Settings } from "@system-bus/settings";
import { checkoutFolder } from "../checkout.ts";
import { loadSettings } from "../load-settings.ts";
import { CliError } from "../output/failure.ts";
import { lookUpAccount } from "./account.ts";
import { type EnvironmentDrift, findEnvironmentDrift, PLACE_NAMES } from "./adopt-environment.ts";
import { chooseDaemonPath, type DaemonPath } from "./daemon-path.ts";
import {
  type Account,
  type DaemonScope,
  type DaemonUnit,
  daemonLogFile,
  describeUnit,
  readForm,
  UNIT_FORM,
} from "./daemon-unit.ts";
import { type DaemonWorld, getManager } from "./daemon-world.ts";
import type { ServiceManager } from "./service-manager.ts";
import { chooseBunPath } from "./stable-bun.ts";
import { sudoCommand } from "./sudo-command.ts";

export interface InstallRequest {
  readonly scope: DaemonScope;
  /** As whom a daemon of the machine runs; undefined: who has called sudo. */
  readonly userName?: string;
}

export interface InstallPlan {
  readonly manager: ServiceManager;
  readonly unit: DaemonUnit;
  readonly unitText: string;
  /** Null when nothing is installed. */
  readonly installedText: string | null;
  /** As the daemon will read them, once the drift is stored. */
  readonly settings: Settings;
  readonly drift: EnvironmentDrift;
  readonly gained: DaemonPath["gained"];
  readonly logFile: string;
}

export async function planInstall(
  world: DaemonWorld,
  request: InstallRequest,
): Promise<InstallPlan> {
  const account = await chooseAccount(world, request);
  const places = readPlaces(world.env);
  const env = { ...world.env, HOME: account.home };
  const here = loadSettings({ env }, { mode: "start" });
  checkStateForm(here.folders.root);

  const manager = getManager(world, { scope: request.scope, account });
  const installedText = await readFile(manager.unitPath, "utf8").catch(() => null);
  if (installedText !== null) checkUnitForm(manager.unitPath, installedText);
  const { path, gained } = chooseDaemonPath({
    home: account.home,
    terminalPath: world.env["PATH"],
    installedPath: installedText && (manager.readEnvironment(installedText)["PATH"] ?? null),
    hasProgram: (folder, program) => Bun.which(program, { PATH: folder }) !== null,
    isFolder: (folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
  });
  const unit = describeUnit({
    scope: request.scope,
    account,
    bun: chooseBunPath({ execPath: process.execPath, home: account.home, resolve: resolvePath }),
    checkout: await realpath(checkoutFolder),
    logsFolder: here.folders.logs,
    path,
    places,
  });
  refuseOddTexts(unit);
  return {
    manager,
    unit,
    unitText: manager.render(unit),
    installedText,
    settings: here,
    drift: findDrift(here, { env, bare: { HOME: account.home, ...places } }),
    gained,
    logFile: daemonLogFile(here.folders.logs),
  };
}

async function chooseAccount(world: DaemonWorld, request: InstallRequest): Promise<Account> {
  const { account, env, run } = world;
  const { scope, userName } = request;
  const caller = env["SUDO_USER"];
  if (scope === "user") {
    if (userName !== undefined && userName !== account.name) {
      throw new CliError({
        code: "usage",
        message: "--user names whom a daemon of the machine runs as; without --system it is you.",
        fix: `Add --system, or log in as ${userName} and install it there.`,
      });
    }
    if (account.uid === 0 && caller !== undefined && caller !== "root") {
      throw new CliError({
        code: "refused",
        message: "With sudo and without --system it would become root's daemon, not yours.",
        fix: "Run `igs daemon install` without sudo, or add --system.",
      });
    }
    return account;
  }
  const name = userName ?? caller ?? (account.uid === 0 ? undefined : account.name);
  if (name === undefined) {
    throw new CliError({
      code: "usage",
      message: "As root it isn't clear whose bus the machine is to run.",
      fix: "Name its user: `igs daemon install --system --user NAME`.",
    });
  }
  return name === account.name ? account : await lookUpAccount(name, run);
}

/** Called once all that needs no rights is done. */
export function refuseWithoutRoot(
  { account, env }: Pick<DaemonWorld, "account" | "env">,
  { unit }: Pick<InstallPlan, "unit">,
): void {
  if (unit.scope === "user" || account.uid === 0) return;
  const [bun = "bun", flag = "--no-env-file", entry = ""] = unit.argv;
  const words = [bun, flag, entry, "daemon", "install", "--system", "--user", unit.account.name];
  throw new CliError({
    code: "refused",
    message: "A daemon of the machine is installed by root.",
    fix: `Run \`${sudoCommand(words, env)}\`.`,
  });
}

function checkUnitForm(path: string, text: string): void {
  const form = readForm(text);
  if (form === null) {
    throw new CliError({
      code: "refused",
      message: `${path} is there, and igs has not written it.`,
      fix: "Move it away, then install again.",
    });
  }
  if (form <= UNIT_FORM) return;
  throw new CliError({
    code: "refused",
    message: `${path} was written by a later release of System Bus (form ${form}, this one knows ${UNIT_FORM}).`,
    fix: "Use that release, or a later one; `igs daemon uninstall` removes it.",
  });
}

/** A line break in a path would become a line of its own in a unit. */
function refuseOddTexts({ argv, workingFolder, environment }: DaemonUnit): void {
  for (const text of [...argv, workingFolder, ...Object.values(environment)]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    if (!/[\u0000-\u001f\u007f]/.test(text)) continue;
    throw new CliError({
      code: "refused",
      message: `A path has a character that no unit can hold: ${JSON.stringify(text)}`,
      fix: "Rename that folder.",
    });
  }
}

function readPlaces(env: DaemonWorld["env"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PLACE_NAMES.flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

type Env = Readonly<Record<string, string | undefined>>;

/** A variable drifts when the daemon, were it given to it, would read other settings than without. */
function findDrift(
  here: Settings,
  { env, bare }: { readonly env: Env; readonly bare: Env },
): EnvironmentDrift {
  const daemon = loadSettings({ env: bare }, { mode: "start" });
  const isSame = (name: string) => {
    try {
      const given = loadSettings({ env: { ...bare, [name]: env[name] } }, { mode: "start" });
      return Bun.deepEquals(withoutSources(given), withoutSources(daemon));
    } catch {
      // Alone it makes no sense, as a model without its address does.
      return false;
    }
  };
  return findEnvironmentDrift({ here: here.values, daemon: daemon.values, isSame });
}

function withoutSources({
  values,
  warnings,
  ...settings
}: Settings): Omit<Settings, "values" | "warnings"> {
  return settings;
}

function resolvePath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
