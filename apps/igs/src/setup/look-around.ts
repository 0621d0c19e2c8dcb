// Finds out what there is. Changes nothing.

import { readFile, stat } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import {
  type FoundKeys,
  type LoopTool,
  loopTools,
  parseEnvFile,
  readFoundKeys,
  type Settings,
} from "@system-bus/settings";
import { checkoutFolder } from "../checkout.ts";
import type { DockerClient, DockerState } from "../containers/docker-client.ts";
import { CONTAINER_NAME, VOLUME_NAME } from "../containers/wanted-container.ts";
import type { CliContext } from "../context.ts";
import type { DaemonWorld } from "../daemon/daemon-world.ts";
import { loadSettings } from "../load-settings.ts";
import { lookAtLoopAgents } from "../loop/loop-agents.ts";
import { type EngineProbe, probeEngine } from "../status/probe-engine.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { countUnfinished } from "../supervisor/count-unfinished.ts";
import { INNGEST_IMAGE } from "../supervisor/engine-parts.ts";
import { readEngineRecord } from "../supervisor/engine-record.ts";
import { decideEngineUrl } from "./cluster/cluster-facts.ts";
import type { KubectlClient } from "./cluster/kubectl-client.ts";
import { lookAtCluster } from "./cluster/look-at-cluster.ts";
import { canBeDaemon, findDaemonBus } from "./daemon-bus.ts";
import type { KeySources } from "./decide-keys.ts";
import { isDetachedBus } from "./detached-bus.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { FoundBus, FoundContainers, SetupFound, UnfinishedRuns } from "./setup-found.ts";
import { markSettings, readSetupRecord, type SetupRecord } from "./setup-record.ts";

const KEYS_FILE = ".env.inngest";
const ASIDE_MAX = 100;

/** What can be known before the questions, and is needed for them. */
export interface MachineFacts {
  readonly settings: Settings;
  readonly stored: ReadonlyMap<string, string>;
  readonly settingsMark: string;
  readonly record: SetupRecord | null;
  readonly docker: DockerState;
  readonly canBeDaemon: boolean;
}

export interface Clients {
  readonly daemons: DaemonWorld;
  readonly docker: DockerClient;
  readonly kubectl: KubectlClient;
}

export async function lookAtMachine(
  context: CliContext,
  { docker, daemons }: Clients,
): Promise<MachineFacts> {
  const settings = loadSettings(context, { mode: "start" });
  const text = await readFile(settings.settingsFile, "utf8").catch(() => "");
  return {
    settings,
    stored: parseEnvFile(text).values,
    settingsMark: markSettings(text),
    record: await readSetupRecord(settings.folders.root),
    docker: await docker.look(),
    canBeDaemon: await canBeDaemon(daemons),
  };
}

/** Those that are installed and not known to be logged out. */
export async function findAgents(context: CliContext): Promise<readonly LoopTool[]> {
  const seen = await lookAtLoopAgents(context, loopTools);
  const usable = seen.filter((agent) => agent.isInstalled && agent.login !== "no");
  return loopTools.filter((name) => usable.some((agent) => agent.name === name));
}

/** The rest, once it is known what is wanted. */
export async function lookAround(
  context: CliContext,
  answers: SetupAnswers,
  machine: MachineFacts,
  clients: Clients,
): Promise<SetupFound> {
  const { settings, stored, record } = machine;
  const inForce: FoundKeys = { eventKey: settings.eventKey, signingKey: settings.signingKey };
  const containers =
    machine.docker.kind === "ready" ? await lookAtContainers(clients.docker) : null;
  const cluster = answers.tier === 3 ? await lookAtCluster(clients.kubectl, inForce) : null;
  const keysFile = await findKeysFile([homeOf(context), checkoutFolder]);
  const engineUrl =
    cluster === null ? `http://127.0.0.1:${answers.enginePort}` : decideEngineUrl(cluster.facts);
  const engine = await probeEngine(engineUrl);
  return {
    ...machine,
    platform: process.platform,
    hasVault: await isFolder(answers.vault),
    keySources: {
      inForce,
      stored: readFoundKeys(stored),
      keysFile,
      engine: engineKeys(containers, cluster),
    },
    isKeysFileOpen: keysFile !== null && (await isOwnAndOpen(keysFile.path)),
    containers,
    cluster: cluster?.facts ?? null,
    engine,
    bus: await findBus(settings, record, clients.daemons),
    unfinished: await lookAtUnfinished(settings, engine, engineUrl),
  };
}

function engineKeys(
  containers: FoundContainers | null,
  cluster: Awaited<ReturnType<typeof lookAtCluster>> | null,
): KeySources["engine"] {
  if (cluster?.keys) return { name: "the Secret in the cluster", keys: cluster.keys };
  if (!containers?.inngest) return null;
  return {
    name: `the container ${CONTAINER_NAME}`,
    keys: readFoundKeys(containers.inngest.env),
  };
}

async function lookAtContainers(docker: DockerClient): Promise<FoundContainers> {
  const gateway = await docker.findGateway();
  return {
    inngest: await docker.findContainer(CONTAINER_NAME),
    hasImage: await docker.hasImage(INNGEST_IMAGE),
    hasVolume: await docker.hasVolume(VOLUME_NAME),
    asideName: await findFreeName(docker),
    // Docker in a virtual machine has a gateway there; containers then reach our loopback.
    gateway: gateway !== null && isOwnAddress(gateway) ? gateway : null,
  };
}

async function findFreeName(docker: DockerClient): Promise<string> {
  for (let count = 1; count <= ASIDE_MAX; count += 1) {
    const name = `${CONTAINER_NAME}-replaced${count === 1 ? "" : `-${count}`}`;
    if ((await docker.findContainer(name)) === null) return name;
  }
  throw new Error(`${ASIDE_MAX} containers are called ${CONTAINER_NAME}-replaced already`);
}

function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((own) =>
    own?.some((entry) => entry.address === address),
  );
}

/** Somebody else's file is theirs to close. */
async function isOwnAndOpen(path: string): Promise<boolean> {
  const { mode, uid } = await stat(path);
  return (mode & 0o077) !== 0 && uid === process.getuid?.();
}

/** Never in the folder that one happens to stand in: a stranger's keys are known to the stranger. */
async function findKeysFile(folders: readonly string[]): Promise<KeySources["keysFile"]> {
  for (const path of folders.map((folder) => join(folder, KEYS_FILE))) {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text !== null) return { path, keys: readFoundKeys(parseEnvFile(text).values) };
  }
  return null;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}

async function findBus(
  settings: Settings,
  record: SetupRecord | null,
  daemons: DaemonWorld,
): Promise<FoundBus> {
  const daemon = await findDaemonBus(daemons, settings.settingsFile);
  if (daemon !== null) return daemon;
  if (record?.pid && (await isDetachedBus(record.pid))) {
    return { kind: "ours", way: "process", pid: record.pid };
  }
  const worker = await probeWorker(settings.workerOrigin);
  return worker === null ? { kind: "none" } : { kind: "other" };
}

async function lookAtUnfinished(
  settings: Settings,
  engine: EngineProbe,
  engineUrl: string,
): Promise<UnfinishedRuns> {
  const last = await readEngineRecord(settings.folders.root);
  const inngest = { engine: "inngest", url: engineUrl } as const;
  return {
    embedded: last?.engine === "embedded" ? await countUnfinished(settings, last) : null,
    inngest: engine.kind === "inngest" ? await countUnfinished(settings, inngest) : null,
  };
}

function homeOf({ env }: CliContext): string {
  return env["HOME"] ?? checkoutFolder;
}
