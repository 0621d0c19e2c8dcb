// Does one step of a plan. Each can be done twice: what is half done is finished, what is done is left.

import { chmod, mkdir } from "node:fs/promises";
import { adoptKeys, type Settings, storeSettings } from "@system-bus/settings";
import type { Clock } from "../clock.ts";
import type { DockerClient } from "../containers/docker-client.ts";
import {
  CONTAINER_NAME,
  containerArgs,
  containerEnv,
  VOLUME_NAME,
} from "../containers/wanted-container.ts";
import { CliError } from "../output/failure.ts";
import { nameEngine } from "../status/name-engine.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { INNGEST_IMAGE } from "../supervisor/engine-parts.ts";
import type { KubectlClient } from "./cluster/kubectl-client.ts";
import { loadManifest, manifestPath } from "./cluster/look-at-cluster.ts";
import type { KeyDecision } from "./decide-keys.ts";
import { wantedContainer } from "./plan-setup.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { SetupFound } from "./setup-found.ts";
import type { SetupAct } from "./setup-step.ts";
import type { BusStarter } from "./start-bus.ts";

const ENGINE_MAX_MS = 60_000;
const LOOK_GAP_MS = 200;

export interface SetupWorld {
  readonly answers: SetupAnswers;
  readonly found: SetupFound;
  readonly keys: KeyDecision;
  readonly docker: DockerClient;
  readonly kubectl: KubectlClient;
  readonly bus: BusStarter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The settings as they are after what was done so far. */
  readonly readSettings: () => Settings;
}

export async function applyStep(act: SetupAct, world: SetupWorld): Promise<void> {
  const { docker, kubectl, found, signal } = world;
  switch (act.kind) {
    case "fetch-image":
      return docker.pullImage(INNGEST_IMAGE, signal);
    case "store-keys":
      return adoptKeys(found.settings, world.keys.keys);
    case "protect-keys-file":
      return chmod(act.path, 0o600);
    case "store-settings":
      return storeSettings(found.settings, act.changes);
    case "make-vault":
      return makeVault(act.path);
    case "stop-bus":
      return world.bus.stop(found.bus);
    case "stop-container":
      return docker.stopContainer(CONTAINER_NAME);
    case "set-aside-container":
      return docker.setAsideContainer(CONTAINER_NAME, act.as);
    case "remove-container":
      return docker.removeContainer(CONTAINER_NAME);
    case "make-volume":
      return docker.createVolume(VOLUME_NAME);
    case "run-container":
      return runContainer(world);
    case "start-container":
      return docker.startContainer(CONTAINER_NAME);
    case "apply-manifest":
      return kubectl.apply(manifestPath);
    case "store-secret":
      return storeSecret(world);
    case "await-rollout":
      return kubectl.waitUntilReady((await loadManifest()).statefulSet, signal);
    case "await-engine":
      return awaitEngine(world);
    case "start-bus":
      return world.bus.start(world.readSettings(), signal);
  }
}

async function makeVault(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      {
        code: "refused",
        message: `The vault ${path} can't be made: ${reason}`,
        fix: "Make the folder, or name another one with --vault; then run the same command again.",
      },
      { cause: error },
    );
  }
}

async function runContainer({ docker, answers, found, readSettings }: SetupWorld): Promise<void> {
  const wanted = wantedContainer(answers, found, getKeys(readSettings()));
  await docker.runContainer(containerArgs(wanted), containerEnv(wanted));
}

/** Pods that are there have read the old keys. */
async function storeSecret({ kubectl, found, readSettings }: SetupWorld): Promise<void> {
  const { secret, statefulSet } = await loadManifest();
  const { eventKey, signingKey } = getKeys(readSettings());
  await kubectl.writeSecret(secret, {
    INNGEST_EVENT_KEY: eventKey,
    INNGEST_SIGNING_KEY: signingKey,
  });
  if (found.cluster?.hasSameKeys === false) await kubectl.restart(statefulSet);
}

function getKeys({ eventKey, signingKey }: Settings) {
  if (eventKey === undefined || signingKey === undefined) {
    throw new Error("promised: keys are stored before the engine is started");
  }
  return { eventKey, signingKey };
}

async function awaitEngine({ readSettings, clock, signal }: SetupWorld): Promise<void> {
  const { engineUrl } = readSettings();
  const giveUpAtMs = clock.nowMs() + ENGINE_MAX_MS;
  for (;;) {
    const probe = await probeEngine(engineUrl);
    if (probe.kind === "inngest") return;
    if (signal.aborted) return;
    if (clock.nowMs() >= giveUpAtMs) {
      throw new CliError({
        code: "unreachable",
        message: `No Inngest server answers at ${engineUrl} within ${ENGINE_MAX_MS / 1_000} s: ${nameEngine(probe)}.`,
        fix: "`docker logs inngest`, or `kubectl logs statefulset/inngest`, says why; then run the same command again.",
      });
    }
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}
