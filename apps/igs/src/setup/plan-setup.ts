// What `igs setup` has to do, from what is wanted and what is there. Pure.
//
//   P1. What can be refused is refused here, before anything is changed.
//   P2. Every step can be done twice, and says whether it is done: a second run, and one that goes on after
//       an interruption, is the same plan with more steps done.
//   P3. Settings are stored before the engine that they name is started, and the bus starts last. What
//       listens where the new engine will is stopped in between.
//   P4. Nothing that holds runs is removed: a container that others made is set aside, a volume stays.

import {
  CONTAINER_NAME,
  findMisfits,
  isOurs,
  VOLUME_NAME,
  type WantedContainer,
} from "../containers/wanted-container.ts";
import { INNGEST_IMAGE } from "../supervisor/engine-parts.ts";
import { decideKeys, type KeyDecision } from "./decide-keys.ts";
import { settingChanges } from "./desired-settings.ts";
import { refuseWhatCannotBe, refuseWhatIsMissing } from "./refuse-setup.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import { getCluster, getContainers, type SetupFound } from "./setup-found.ts";
import type { SetupAct, SetupStep } from "./setup-step.ts";

export interface SetupPlan {
  readonly steps: readonly SetupStep[];
  readonly keys: KeyDecision;
  /** What a person should know of before. */
  readonly warnings: readonly string[];
}

/** Throws a CliError, with nothing changed, when it can't be had. */
export function planSetup(answers: SetupAnswers, found: SetupFound): SetupPlan {
  refuseWhatIsMissing(answers, found);
  const keys = decideKeys(found.keySources);
  const container = planContainer(answers, found, keys);
  refuseWhatCannotBe(answers, found, { leavesContainer: container.leaves });
  const changes = settingChanges(answers, found);
  const hasChanges = changes.size > 0 || keys.from !== null;
  const mustRestart = isRestartDue(answers, found, hasChanges || container.leaves);
  return {
    keys,
    warnings: container.warnings,
    steps: [
      ...fetchImage(answers, found),
      ...storeKeys(found, keys),
      step(
        { kind: "store-settings", changes },
        changes.size === 0,
        describeChanges(changes, found),
      ),
      step(
        { kind: "make-vault", path: answers.vault },
        found.hasVault,
        describeVault(answers, found),
      ),
      ...(found.bus.kind === "ours" && mustRestart
        ? [step({ kind: "stop-bus" }, false, "Stop the bus, to start it again with these settings")]
        : []),
      ...container.steps,
      ...planCluster(answers, found, keys),
      ...awaitEngine(answers, found, container.leaves),
      ...startBus(answers, found, mustRestart),
    ],
  };
}

function step(act: SetupAct, isDone: boolean, text: string): SetupStep {
  return { act, isDone, text };
}

const usesContainer = ({ tier }: SetupAnswers) => tier === 1 || tier === 2;

function fetchImage(answers: SetupAnswers, found: SetupFound): readonly SetupStep[] {
  if (!usesContainer(answers)) return [];
  const { hasImage } = getContainers(found);
  const text = hasImage
    ? `The image ${INNGEST_IMAGE} is there`
    : `Fetch the image ${INNGEST_IMAGE}`;
  return [step({ kind: "fetch-image" }, hasImage, text)];
}

function storeKeys(found: SetupFound, { from }: KeyDecision): readonly SetupStep[] {
  const { settingsFile } = found.settings;
  const text =
    from === null
      ? `Keys are in ${settingsFile}`
      : `Put event key and signing key into ${settingsFile}, which only you can read: ${from === "new ones" ? from : `those of ${from}`}`;
  const { keysFile } = found.keySources;
  const protect = keysFile === null ? [] : [protectKeysFile(keysFile.path, found.isKeysFileOpen)];
  return [step({ kind: "store-keys" }, from === null, text), ...protect];
}

function protectKeysFile(path: string, isOpen: boolean): SetupStep {
  const text = isOpen ? `Let nobody else read ${path}` : `${path} can be read by you only`;
  return step({ kind: "protect-keys-file", path }, !isOpen, text);
}

function describeChanges(changes: ReadonlyMap<string, string>, { settings }: SetupFound): string {
  if (changes.size === 0) return `${settings.settingsFile} says what it should`;
  const shown = [...changes]
    .map(([name, value]) => (value === "" ? `${name} (none)` : `${name}=${value}`))
    .join(", ");
  return `Write ${shown} into ${settings.settingsFile}`;
}

function describeVault({ vault }: SetupAnswers, { hasVault }: SetupFound): string {
  return hasVault ? `The vault ${vault} is there` : `Make the vault ${vault}`;
}

interface ContainerPlan {
  readonly steps: readonly SetupStep[];
  readonly warnings: readonly string[];
  /** A server that runs in it now will be gone, with its runs or with the way to them. */
  readonly leaves: boolean;
}

const NO_CONTAINER: ContainerPlan = { steps: [], warnings: [], leaves: false };

function planContainer(answers: SetupAnswers, found: SetupFound, keys: KeyDecision): ContainerPlan {
  if (usesContainer(answers)) return planWantedContainer(answers, found, keys);
  const seen = found.containers?.inngest;
  const isInTheWay =
    seen?.isRunning && seen.published.some(({ port }) => port === answers.enginePort);
  if (!isInTheWay) return NO_CONTAINER;
  const text = `Stop the container ${CONTAINER_NAME}, which has port ${answers.enginePort}; it is kept`;
  return { ...NO_CONTAINER, steps: [step({ kind: "stop-container" }, false, text)], leaves: true };
}

/** As far as it is known before keys are made. */
export function wantedContainer(
  answers: SetupAnswers,
  { platform }: Pick<SetupFound, "platform">,
  keys: { readonly eventKey: string | undefined; readonly signingKey: string | undefined },
): WantedContainer {
  return {
    isPersistent: answers.tier === 2,
    enginePort: answers.enginePort,
    workerUrl: `http://host.docker.internal:${answers.workerPort}/api/inngest`,
    platform,
    eventKey: keys.eventKey ?? "",
    signingKey: keys.signingKey ?? "",
  };
}

function planWantedContainer(
  answers: SetupAnswers,
  found: SetupFound,
  { keys }: KeyDecision,
): ContainerPlan {
  const { inngest: seen, hasVolume, asideName } = getContainers(found);
  const wanted = wantedContainer(answers, found, keys);
  const volume = wanted.isPersistent ? [makeVolume(hasVolume)] : [];
  const run = step({ kind: "run-container" }, false, describeRun(wanted));
  if (seen === null) return { ...NO_CONTAINER, steps: [...volume, run] };
  const misfits = findMisfits(seen, wanted);
  if (misfits.length === 0) {
    const text = seen.isRunning
      ? `The container ${CONTAINER_NAME} runs as it should`
      : `Start the container ${CONTAINER_NAME}, which is there`;
    const start = step({ kind: "start-container" }, seen.isRunning, text);
    return { ...NO_CONTAINER, steps: [...volume, start] };
  }
  const why = misfits.join("; ");
  if (isOurs(seen)) {
    const text = `Replace the container ${CONTAINER_NAME}: ${why}`;
    const remove = step({ kind: "remove-container" }, false, text);
    return { steps: [...volume, remove, run], warnings: [], leaves: seen.isRunning };
  }
  const text = `Set the container ${CONTAINER_NAME} aside as ${asideName}: ${why}`;
  const aside = step({ kind: "set-aside-container", as: asideName }, false, text);
  return {
    steps: [...volume, aside, run],
    warnings: [
      `The container ${CONTAINER_NAME} can't be used as it is: ${why}. It is kept, stopped, as ${asideName}; its history stays in it. \`docker rm ${asideName}\` removes it.`,
    ],
    leaves: seen.isRunning,
  };
}

function makeVolume(hasVolume: boolean): SetupStep {
  const text = hasVolume ? `The volume ${VOLUME_NAME} is there` : `Make the volume ${VOLUME_NAME}`;
  return step({ kind: "make-volume" }, hasVolume, text);
}

function describeRun({ isPersistent, enginePort }: WantedContainer): string {
  const history = isPersistent ? `its history in ${VOLUME_NAME}` : "its history kept nowhere";
  return `Run Inngest in the container ${CONTAINER_NAME}, on port ${enginePort} of this machine only, ${history}`;
}

function planCluster(
  { tier }: SetupAnswers,
  found: SetupFound,
  { from }: KeyDecision,
): readonly SetupStep[] {
  if (tier !== 3) return [];
  const { isApplied, isReady, hasSameKeys } = getCluster(found);
  const keysAreThere = hasSameKeys === true && from === null;
  return [
    step(
      { kind: "apply-manifest" },
      isApplied,
      isApplied
        ? "The cluster has infra/k8s/inngest.yaml as it is"
        : "Apply infra/k8s/inngest.yaml",
    ),
    step(
      { kind: "store-secret" },
      keysAreThere,
      keysAreThere ? "The cluster has the keys" : "Give the cluster the keys, as a Secret",
    ),
    step(
      { kind: "await-rollout" },
      isApplied && keysAreThere && isReady,
      isReady ? "Inngest is ready in the cluster" : "Wait until Inngest is ready in the cluster",
    ),
  ];
}

function awaitEngine(
  { tier }: SetupAnswers,
  { engine }: SetupFound,
  leavesContainer: boolean,
): readonly SetupStep[] {
  if (tier === 0) return [];
  const answersNow = engine.kind === "inngest" && !leavesContainer;
  const text = answersNow ? "The Inngest server answers" : "Wait until the Inngest server answers";
  return [step({ kind: "await-engine" }, answersNow, text)];
}

/** A bus that setup has started reads the settings at its start: it has to be started after they changed. */
function isRestartDue(answers: SetupAnswers, found: SetupFound, hasChanges: boolean): boolean {
  const { bus, record, settingsMark } = found;
  if (bus.kind !== "ours") return false;
  const isUpToDate = record?.settingsMark === settingsMark && record.tier === answers.tier;
  return hasChanges || !isUpToDate || (answers.start !== "none" && bus.way !== answers.start);
}

const START_TEXTS = {
  daemon: "Start the bus as a daemon, which the machine starts again after a reboot",
  process:
    "Start the bus; it goes on when this terminal is closed, and ends with the machine, or with `igs stop`",
} as const;

function startBus(
  { start }: SetupAnswers,
  { bus }: SetupFound,
  mustRestart: boolean,
): readonly SetupStep[] {
  if (start === "none") return [];
  const isDone = bus.kind !== "none" && !mustRestart;
  return [step({ kind: "start-bus" }, isDone, isDone ? "The bus runs" : START_TEXTS[start])];
}
