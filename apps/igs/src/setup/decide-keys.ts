// Which keys the bus gets. Pure; no key is ever part of a message.
//
//   K1. Keys that the settings hold stay; what else is found only fills gaps.
//   K2. Of what was made before us, `.env.inngest` (seed 000) comes before what an engine that is there was
//       started with: that came from the file.
//   K3. A key that no server would take is refused with its cure, and nothing is changed.

import type { FoundKeys, KeysRead } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";

export interface KeySources {
  /** In force now: the environment, the settings file, a `.env`. */
  readonly inForce: FoundKeys;
  /** In the settings file itself, where a daemon finds them, too. */
  readonly stored: FoundKeys;
  readonly keysFile: { readonly path: string; readonly keys: KeysRead } | null;
  /** What the container, or the cluster, was started with. */
  readonly engine: { readonly name: string; readonly keys: KeysRead } | null;
}

export interface KeyDecision {
  /** Where they come from, in words; null when the settings file has both. */
  readonly from: string | null;
  /** Undefined: one is made. */
  readonly keys: FoundKeys;
}

export function decideKeys({ inForce, stored, keysFile, engine }: KeySources): KeyDecision {
  const isComplete = stored.eventKey !== undefined && stored.signingKey !== undefined;
  if (isComplete) return { from: null, keys: stored };
  if (inForce.eventKey !== undefined && inForce.signingKey !== undefined) {
    return { from: "the environment", keys: inForce };
  }
  const found = [
    ...(keysFile === null ? [] : [{ from: keysFile.path, keys: keysFile.keys }]),
    ...(engine === null ? [] : [{ from: engine.name, keys: engine.keys }]),
  ].find(({ keys }) => holdsAny(keys));
  if (found === undefined) return { from: "new ones", keys: inForce };
  const [problem] = found.keys.problems;
  if (problem !== undefined) throw unusable(found.from, problem, found.from === engine?.name);
  const keys = {
    eventKey: inForce.eventKey ?? found.keys.eventKey,
    signingKey: inForce.signingKey ?? found.keys.signingKey,
  };
  return { from: found.from, keys };
}

function holdsAny({ eventKey, signingKey, problems }: KeysRead): boolean {
  return eventKey !== undefined || signingKey !== undefined || problems.length > 0;
}

function unusable(from: string, problem: string, isEngine: boolean): CliError {
  return new CliError({
    code: "refused",
    message: `The keys of ${from} can't be used: ${problem}. Nothing was changed.`,
    fix: isEngine
      ? `Remove ${from}, then run the same command again: it gets new keys.`
      : `Put good keys into ${from}, or remove the file, then run the same command again.`,
  });
}
