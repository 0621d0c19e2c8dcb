// Settings that the terminal has as variables, and a daemon would not see. Pure.

import type { SettingValue } from "@system-bus/settings";

/** The mode decides these; in `igs start` they don't count. */
const NOT_TAKEN: ReadonlySet<string> = new Set(["NODE_ENV", "INNGEST_DEV"]);

/** They say where the settings file lies, so the unit has to have them itself. */
export const PLACE_NAMES = ["BUS_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] as const;

export interface EnvironmentDrift {
  /** Set in this terminal alone: they go into the settings file. */
  readonly missing: readonly string[];
  /** The settings file says something else: a person has to say which is meant. */
  readonly different: readonly string[];
}

export interface DriftFacts {
  /** As this terminal sees them. */
  readonly here: readonly SettingValue[];
  /** As the daemon will. */
  readonly daemon: readonly SettingValue[];
  /** Compares what is really set, secrets included. */
  readonly isSame: (name: string) => boolean;
}

export function findEnvironmentDrift({ here, daemon, isSame }: DriftFacts): EnvironmentDrift {
  const places: ReadonlySet<string> = new Set(PLACE_NAMES);
  const names = here
    .filter(
      ({ source, name }) => source === "environment" && !NOT_TAKEN.has(name) && !places.has(name),
    )
    .map(({ name }) => name)
    .filter((name) => !isSame(name));
  const isInFile = (name: string) =>
    daemon.some((value) => value.name === name && value.source === "file");
  return {
    missing: names.filter((name) => !isInFile(name)),
    different: names.filter(isInFile),
  };
}
