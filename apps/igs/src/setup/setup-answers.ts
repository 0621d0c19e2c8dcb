// What a person wants of `igs setup`: the three questions of seed 000 and what follows from them. Pure.

import type { LoopTool } from "@system-bus/settings";

export const purposes = ["experiment", "persistent", "full"] as const;
export type Purpose = (typeof purposes)[number];

/** 0: embedded engine. 1: Inngest in a container that forgets. 2: in one that stays. 3: in Kubernetes. */
export const tiers = [0, 1, 2, 3] as const;
export type Tier = (typeof tiers)[number];

export const works = ["agents", "background", "both"] as const;
export type Work = (typeof works)[number];

export const TIER_OF = { experiment: 1, persistent: 2, full: 3 } as const satisfies Record<
  Purpose,
  Tier
>;

/** Bun and Node.js are workers of their own; `existing` adds to the app that is in the folder. */
export const workerRuntimes = ["bun", "node", "existing"] as const;
export type WorkerRuntime = (typeof workerRuntimes)[number];

/** A worker of the person's own, to be written. */
export interface OwnWorker {
  /** Absolute. */
  readonly folder: string;
  /** Null: what the app in the folder is made with. */
  readonly runtime: "bun" | "node" | null;
}

export interface SetupAnswers {
  readonly tier: Tier;
  readonly work: Work;
  readonly ownWorker: OwnWorker | null;
  /** Absolute. */
  readonly vault: string;
  /** Where videos are kept for good, as ARCHIVE_TO has it; null for nowhere. */
  readonly archive: string | null;
  /** The agents that loops may use, best first; null leaves it as it is. */
  readonly agents: readonly LoopTool[] | null;
  readonly start: StartWay;
  readonly enginePort: number;
  readonly workerPort: number;
}

/** How the bus is started: by launchd or systemd, as a process that is left running, or not at all. */
export const startWays = ["daemon", "process", "none"] as const;
export type StartWay = (typeof startWays)[number];

/** As they were given on the command line. */
export interface SetupFlags {
  readonly for?: Purpose;
  readonly tier?: Tier;
  readonly work?: Work;
  readonly runtime?: WorkerRuntime;
  /** Absolute, once the command line was read. */
  readonly worker?: string;
  readonly vault?: string;
  readonly archive?: string;
  readonly agents?: readonly LoopTool[];
  readonly start?: StartWay;
  readonly enginePort?: number;
  readonly workerPort?: number;
  readonly yes?: boolean;
}

/** What the questions propose. */
export interface SetupDefaults extends SetupAnswers {
  /** Those agents that were found here. */
  readonly foundAgents: readonly LoopTool[];
}

export function wantsAgents(work: Work): boolean {
  return work !== "background";
}
