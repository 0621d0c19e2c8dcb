// What `igs setup` can't do as things are. Pure; each refusal says that nothing was changed by being the
// first thing that happens.

import { describeNoDocker } from "../containers/docker-client.ts";
import { CONTAINER_NAME } from "../containers/wanted-container.ts";
import { CliError, type Failure } from "../output/failure.ts";
import { nameEngine } from "../status/name-engine.ts";
import { settingChanges } from "./desired-settings.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { SetupFound } from "./setup-found.ts";

interface Leaving {
  readonly leavesContainer: boolean;
}

/** Before anything else is thought about: without the program there is nothing to plan with. */
export function refuseWhatIsMissing(answers: SetupAnswers, found: SetupFound): void {
  const failure = findMissing(answers, found) ?? findNoDaemon(answers, found);
  if (failure !== null) throw new CliError(failure);
}

export function refuseWhatCannotBe(
  answers: SetupAnswers,
  found: SetupFound,
  leaving: Leaving,
): void {
  const failure =
    findOverruled(answers, found) ??
    findOtherHost(answers, found) ??
    findOccupied(answers, found) ??
    findUnfinished(answers, found, leaving) ??
    findForeignBus(answers, found, leaving);
  if (failure !== null) throw new CliError(failure);
}

function findMissing({ tier }: SetupAnswers, { docker, cluster }: SetupFound): Failure | null {
  if ((tier === 1 || tier === 2) && docker.kind !== "ready") {
    const failure = describeNoDocker(docker);
    return { ...failure, message: `${failure.message} Nothing was changed.` };
  }
  if (tier !== 3 || cluster?.state.kind === "ready") return null;
  const state = cluster?.state;
  const reason =
    state?.kind === "not-answering"
      ? `The cluster does not answer (${state.reason})`
      : "kubectl is not installed";
  return {
    code: "unavailable",
    message: `${reason}, and tier 3 runs Inngest in Kubernetes. Nothing was changed.`,
    fix: "`kubectl get nodes` has to work first; or choose --tier 2, or --tier 0.",
  };
}

function findNoDaemon({ start }: SetupAnswers, { canBeDaemon }: SetupFound): Failure | null {
  if (start !== "daemon" || canBeDaemon) return null;
  return {
    code: "unavailable",
    message:
      "Neither launchd nor a systemd of this user answers, so nothing could keep a daemon alive. Nothing was changed.",
    fix: "Choose --start process, or have what starts programs here start `igs start`.",
  };
}

/** The environment wins over the settings file, so what we store would not count. */
function findOverruled(answers: SetupAnswers, found: SetupFound): Failure | null {
  for (const [name, value] of settingChanges(answers, found)) {
    const given = found.settings.values.find((setting) => setting.name === name);
    if (given?.source !== "environment" || given.value === value) continue;
    return {
      code: "settings",
      message: `${name}=${given.value} in the environment would win over the settings file, which is to say ${name}=${value}. Nothing was changed.`,
      fix: `Remove ${name} from the environment (\`unset ${name}\`, and your shell's profile), then run the same command again.`,
    };
  }
  return null;
}

/** The container's port is on loopback, and the bus would look for it where it listens itself. */
function findOtherHost({ tier }: SetupAnswers, { settings }: SetupFound): Failure | null {
  const { hostname } = new URL(settings.engineUrl);
  const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  if ((tier !== 1 && tier !== 2) || settings.isEngineUrlGiven || isLoopback) return null;
  return {
    code: "settings",
    message: `BUS_HOST=${settings.host}: the container's port is published on loopback only, since its dashboard has no login. Nothing was changed.`,
    fix: "Remove BUS_HOST, and put a proxy with a login before both (infra/caddy).",
  };
}

function findOccupied(answers: SetupAnswers, found: SetupFound): Failure | null {
  const { engine, containers, bus } = found;
  if (answers.tier === 3 || engine.kind === "none") return null;
  const hasContainer = containers?.inngest?.isRunning === true;
  if (engine.kind === "inngest" && hasContainer) return null;
  if (engine.kind === "embedded" && bus.kind === "ours") return null;
  // A bus that somebody has started is told of by itself.
  if (engine.kind === "embedded" && bus.kind === "other") return null;
  return {
    code: "port-taken",
    message: `Port ${answers.enginePort}, which the engine wants, has ${nameEngine(engine)} already${engine.kind === "inngest" ? `, and it is not in a container called ${CONTAINER_NAME}` : ""}. Nothing was changed.`,
    fix: "Stop it, or choose another port with --engine-port.",
  };
}

function findUnfinished(
  { tier }: SetupAnswers,
  { unfinished }: SetupFound,
  { leavesContainer }: Leaving,
): Failure | null {
  const embedded = tier === 0 ? 0 : (unfinished.embedded ?? 0);
  const inngest = leavesContainer ? (unfinished.inngest ?? 0) : 0;
  const count = embedded + inngest;
  if (count === 0) return null;
  const name = embedded > 0 ? "the embedded engine" : `the container ${CONTAINER_NAME}`;
  const runs = count === 1 ? "1 run is" : `${count} runs are`;
  return {
    code: "unfinished-runs",
    message: `${runs} not finished on ${name}, and would be left behind there. Nothing was changed.`,
    fix: "Let them finish, or cancel them: `igs runs --status running` and `--status queued` list them, `igs cancel` ends them.",
  };
}

function findForeignBus(
  answers: SetupAnswers,
  found: SetupFound,
  { leavesContainer }: Leaving,
): Failure | null {
  if (found.bus.kind !== "other") return null;
  const isAsWanted =
    settingChanges(answers, found).size === 0 && !leavesContainer && !isOtherEngine(answers, found);
  if (isAsWanted) return null;
  return {
    code: "refused",
    message: `A bus that \`igs setup\` has not started answers at ${found.settings.workerOrigin}, and would go on with its old settings. Nothing was changed.`,
    fix: "Stop it (Ctrl-C where `igs start` or `igs dev` runs), then run the same command again.",
  };
}

function isOtherEngine({ tier }: SetupAnswers, { engine }: SetupFound): boolean {
  if (engine.kind !== "embedded") return engine.kind === "inngest" && tier === 0;
  return tier !== 0 || engine.isDev === true;
}
