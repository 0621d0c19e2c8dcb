// From flags to answers, where nobody is asked. Pure.

import { CliError } from "../output/failure.ts";
import {
  type OwnWorker,
  purposes,
  type SetupAnswers,
  type SetupDefaults,
  type SetupFlags,
  TIER_OF,
  type Tier,
  type WorkerRuntime,
  works,
} from "./setup-answers.ts";

/** The flags that answer the questions which have no answer of their own, with what they take. */
const QUESTIONS = {
  tier: `--for ${purposes.join("|")} (or --tier 0|1|2|3; 0 is the embedded engine, without Docker)`,
  work: `--work ${works.join("|")}`,
  vault: "--vault FOLDER",
} as const;

/** What `--for` and `--tier` come to; null when neither is given. */
export function readTier({ for: purpose, tier }: SetupFlags): Tier | null {
  if (purpose === undefined) return tier ?? null;
  const meant = TIER_OF[purpose];
  // The embedded engine stands in for any tier.
  if (tier === undefined || tier === 0 || tier === meant) return tier ?? meant;
  throw new CliError({
    code: "usage",
    message: `--for ${purpose} means tier ${meant}, and --tier says ${tier}. Nothing was changed.`,
    fix: "Give one of the two.",
  });
}

/** Throws when something is not answered: `usage`, with the flags that would. */
export function readAnswers(flags: SetupFlags, defaults: SetupDefaults): SetupAnswers {
  const tier = readTier(flags);
  const missing = [
    ...(tier === null ? [QUESTIONS.tier] : []),
    ...(flags.work === undefined ? [QUESTIONS.work] : []),
    ...(flags.vault === undefined ? [QUESTIONS.vault] : []),
  ];
  if (missing.length > 0 && flags.yes !== true) throw unanswered(missing, defaults);
  return {
    tier: tier ?? defaults.tier,
    work: flags.work ?? defaults.work,
    ownWorker: readOwnWorker(flags),
    vault: flags.vault ?? defaults.vault,
    archive: flags.archive === undefined ? defaults.archive : readArchive(flags.archive),
    agents: flags.agents ?? defaults.agents,
    start: flags.start ?? defaults.start,
    enginePort: flags.enginePort ?? defaults.enginePort,
    workerPort: flags.workerPort ?? defaults.workerPort,
  };
}

/** Null when none is asked for. */
export function readOwnWorker({ runtime, worker }: SetupFlags): OwnWorker | null {
  if (worker !== undefined) return toOwnWorker(worker, runtime ?? "bun");
  if (runtime === undefined) return null;
  throw new CliError({
    code: "usage",
    message: `--runtime ${runtime} is for a worker of your own, and --worker names no folder for it. Nothing was changed.`,
    fix: "Add --worker FOLDER, or leave --runtime out: the bus brings its own worker.",
  });
}

export function toOwnWorker(folder: string, runtime: WorkerRuntime): OwnWorker {
  return { folder, runtime: runtime === "existing" ? null : runtime };
}

export function readArchive(text: string): string | null {
  return text === "" || text === "none" ? null : text;
}

function unanswered(missing: readonly string[], defaults: SetupDefaults): CliError {
  return new CliError({
    code: "usage",
    message: `Nobody sits at a terminal to answer, and the command line leaves open: ${missing.join("; ")}. Nothing was changed.`,
    fix: `Add them, or --yes for what is proposed here: --tier ${defaults.tier} --work ${defaults.work} --vault ${defaults.vault}.`,
  });
}
