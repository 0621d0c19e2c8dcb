// What a unit says, before it is written in the words of launchd or systemd. Pure.
//
//   U1. No secret is ever in a unit: keys are in the settings file, which only their owner reads.
//   U2. The same facts give the same text, so that "is it as it should be" is a comparison of texts.
//   U3. What runs is Bun itself with absolute paths: a shell between would take the signals.

import { join } from "node:path";

/** `user`: of one person, in their own folder. `system`: of the machine, runs with nobody logged in. */
export type DaemonScope = "user" | "system";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface DaemonUnit {
  readonly scope: DaemonScope;
  /** As whom it runs. */
  readonly account: Account;
  readonly argv: readonly string[];
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What is said before the log is open, or by Bun itself; only launchd wants a file for it. */
  readonly outputFile: string;
}

/** Raise it when units change so that an earlier release can't deal with them. */
export const UNIT_FORM = 1;

export const LAUNCHD_LABEL = "local.system-bus";
export const SYSTEMD_UNIT = "system-bus.service";

/** Longer than `igs start` takes at worst: 30 s for the worker, then 10 s for the engine. */
export const STOP_MAX_S = 60;

const LOG_FILE = "daemon.log";
const OUTPUT_FILE = "daemon.out";

export function daemonLogFile(logsFolder: string): string {
  return join(logsFolder, LOG_FILE);
}

export function daemonOutputFile(logsFolder: string): string {
  return join(logsFolder, OUTPUT_FILE);
}

export interface DaemonFacts {
  readonly scope: DaemonScope;
  readonly account: Account;
  readonly bun: string;
  readonly checkout: string;
  readonly logsFolder: string;
  readonly path: string;
  /** BUS_HOME and the XDG folders: they say where the settings file lies, so it can't hold them. */
  readonly places: Readonly<Record<string, string>>;
}

export function describeUnit(facts: DaemonFacts): DaemonUnit {
  const { scope, account, bun, checkout, logsFolder, path, places } = facts;
  const entry = join(checkout, "apps/igs/src/main.ts");
  return {
    scope,
    account,
    argv: [bun, "--no-env-file", entry, "start", "--log-file", daemonLogFile(logsFolder)],
    workingFolder: checkout,
    environment: { HOME: account.home, PATH: path, ...places },
    outputFile: daemonOutputFile(logsFolder),
  };
}

const FORM_MARK = "Written by `igs daemon install`, form";

/** A comment's text in both languages. */
export function formMark(): string {
  return `${FORM_MARK} ${UNIT_FORM}: change settings in the settings file, and install again.`;
}

/** Null for a unit that somebody else has written. */
export function readForm(text: string): number | null {
  const digits = new RegExp(`${FORM_MARK} (\\d+)`).exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
