// What is wanted: from flags where nobody is asked, else from a person at the terminal.

import { resolve } from "node:path";
import { SettingsError } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { askAnswers } from "./ask-answers.ts";
import { findAgents, type MachineFacts } from "./look-around.ts";
import { readAnswers, readTier } from "./read-answers.ts";
import {
  type SetupAnswers,
  type SetupDefaults,
  type SetupFlags,
  wantsAgents,
} from "./setup-answers.ts";

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

/** `~` and folders from where one stands are the command line's matter; settings are absolute. */
export function withAbsoluteFolders<Flags extends SetupFlags>(
  context: CliContext,
  flags: Flags,
): Flags {
  const { vault, worker } = flags;
  return {
    ...flags,
    ...(vault === undefined ? {} : { vault: toAbsolute(context, vault) }),
    ...(worker === undefined ? {} : { worker: toAbsolute(context, worker) }),
  };
}

function toAbsolute({ cwd, env }: CliContext, path: string): string {
  return resolve(cwd, path.replace(/^~(?=\/|$)/, env["HOME"] ?? cwd));
}

/** By the flags, or by asking; throws when something can't be meant. */
export async function findAnswers(
  { io, context }: Scene,
  flags: SetupFlags,
  machine: MachineFacts,
): Promise<{ readonly answers: SetupAnswers; readonly wereAsked: boolean }> {
  const work = flags.work ?? "both";
  const mayNeedAgents = wantsAgents(work) && flags.agents === undefined;
  const isKnown = machine.stored.get("LOOP_TOOLS") !== undefined;
  const agents = mayNeedAgents && !isKnown ? await findAgents(context) : [];
  const defaults = proposeAnswers(machine, flags, agents);
  if (io.isJson || flags.yes === true || context.openPrompter === undefined) {
    if (flags.yes === true) refuseGuess(machine, flags);
    const answers = readAnswers(flags, defaults);
    checkValues(context, answers);
    return { answers, wereAsked: false };
  }
  const asked = await askAnswers(await context.openPrompter(), {
    ...{ flags, defaults, docker: machine.docker, canBeDaemon: machine.canBeDaemon },
    toAbsolute: (path) => toAbsolute(context, path),
    findVaultProblem: (path) => findProblem(context, { VAULT_PATH: toAbsolute(context, path) }),
    findArchiveProblem: (archive) => findProblem(context, { ARCHIVE_TO: archive }),
  });
  const answers = { ...asked, vault: toAbsolute(context, asked.vault) };
  checkValues(context, answers);
  return { answers, wereAsked: true };
}

/** Another set-up's choices stay; on a fresh machine Inngest where there is Docker, else the embedded engine. */
function proposeAnswers(
  { settings, stored, record, docker, canBeDaemon }: MachineFacts,
  flags: SetupFlags,
  foundAgents: SetupDefaults["foundAgents"],
): SetupDefaults {
  const tier = readTier(flags) ?? record?.tier ?? (docker.kind === "ready" ? 2 : 0);
  return {
    ...{ tier, work: "both", ownWorker: null, vault: settings.vault, foundAgents },
    archive: stored.get("ARCHIVE_TO") || null,
    agents: foundAgents.length === 0 ? null : foundAgents,
    start: record?.start ?? (canBeDaemon && tier !== 1 ? "daemon" : "process"),
    enginePort: settings.enginePort,
    workerPort: settings.workerPort,
  };
}

/** A server that a person has named is not exchanged for another one by a default. */
function refuseGuess({ settings, record }: MachineFacts, flags: SetupFlags): void {
  if (readTier(flags) !== null || record !== null || !settings.isEngineUrlGiven) return;
  throw new CliError({
    code: "usage",
    message: `INNGEST_BASE_URL names a server already, at ${settings.engineUrl}. Nothing was changed.`,
    fix: "`igs start` uses it as it is. To have another engine instead, say which with --tier.",
  });
}

function checkValues(context: CliContext, answers: SetupAnswers): void {
  const { vault, archive, enginePort, workerPort } = answers;
  // Container, engine and worker are told each other's.
  const hasNoPort = enginePort === 0 || workerPort === 0;
  const problem = hasNoPort
    ? "A bus that stays needs ports that stay, and 0 is another one each time"
    : findProblem(context, { VAULT_PATH: vault, ARCHIVE_TO: archive ?? "" });
  if (problem === null) return;
  throw new CliError({
    code: "usage",
    message: `${problem}. Nothing was changed.`,
    fix: "Correct it, then run the same command again.",
  });
}

/** By the one parser of settings, so that what is stored can be read. */
function findProblem({ env }: CliContext, values: Readonly<Record<string, string>>): string | null {
  try {
    loadSettings({ env: { ...env, ...values } }, { mode: "start" });
    return null;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.join("; ").replaceAll(" (environment)", "");
  }
}
