import type { Settings } from "@system-bus/settings";
import type { DockerState } from "../containers/docker-client.ts";
import type { SeenContainer } from "../containers/seen-container.ts";
import type { EngineProbe } from "../status/probe-engine.ts";
import type { ClusterFacts } from "./cluster/cluster-facts.ts";
import type { KeySources } from "./decide-keys.ts";
import type { SetupRecord } from "./setup-record.ts";

/** What there is before anything is changed. It holds keys: it is never shown. */
export interface SetupFound {
  readonly platform: string;
  /** Of `igs start`, as they are in force. */
  readonly settings: Settings;
  /** What the settings file itself sets. */
  readonly stored: ReadonlyMap<string, string>;
  readonly settingsMark: string;
  readonly record: SetupRecord | null;
  readonly hasVault: boolean;
  readonly keySources: KeySources;
  /** `.env.inngest` can be read by others. */
  readonly isKeysFileOpen: boolean;
  readonly docker: DockerState;
  /** launchd or systemd answers. */
  readonly canBeDaemon: boolean;
  readonly containers: FoundContainers | null;
  /** Asked for only when it is tier 3. */
  readonly cluster: ClusterFacts | null;
  /** What answers where the engine will be. */
  readonly engine: EngineProbe;
  readonly bus: FoundBus;
  readonly unfinished: UnfinishedRuns;
}

/** Runs that have not ended, where there is an engine that could be left; null when it can't be asked. */
export interface UnfinishedRuns {
  readonly embedded: number | null;
  readonly inngest: number | null;
}

export interface FoundContainers {
  /** The one called `inngest`. */
  readonly inngest: SeenContainer | null;
  readonly hasImage: boolean;
  readonly hasVolume: boolean;
  /** A name under which a container can be set aside. */
  readonly asideName: string;
  /** Under which containers reach this machine, when it is an address of this machine. */
  readonly gateway: string | null;
}

export type FoundBus =
  | { readonly kind: "none" }
  /** Started by `igs setup` before. */
  | { readonly kind: "ours"; readonly way: "daemon" | "process"; readonly pid: number | null }
  /** By somebody's `igs start` or `igs dev`. */
  | { readonly kind: "other" };

export function getCluster({ cluster }: SetupFound): ClusterFacts {
  if (cluster === null) throw new Error("promised: for tier 3 the cluster was looked at");
  return cluster;
}

export function getContainers({ containers }: SetupFound): FoundContainers {
  if (containers === null)
    throw new Error("promised: where Docker answers, containers were looked at");
  return containers;
}
