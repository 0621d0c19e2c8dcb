// What only the worker itself can tell: how the world looks with its rights, its PATH and its keys, which
// are a daemon's when a daemon runs it. `igs doctor` asks. Nothing here changes anything.

import { hostname, tmpdir } from "node:os";
import { type AgentName, lookAtAgents } from "@system-bus/agents";
import type { Registration } from "../registration/registration.ts";
import type { WorkerParts } from "../worker-parts.ts";
import { lookAtArchive } from "./look-at-archive.ts";

export interface ExaminationDeps extends WorkerParts {
  readonly registration: Registration;
  /** Where the engine calls; known only once the worker listens. */
  readonly address: { readonly workerUrl: string };
}

/** By the name under which one is asked for. */
export type Examinations = Readonly<Record<string, () => unknown>>;

const AGENTS = ["codex", "claude", "pi"] as const satisfies readonly AgentName[];

export function createExaminations(deps: ExaminationDeps): Examinations {
  const { settings, finder, registration, address, env, home } = deps;
  const { mode, isDev, engineUrl, host } = settings;
  return {
    place: () => ({
      ...{ mode, isDev, engineUrl, workerUrl: address.workerUrl, listensOn: host },
      ...{ machine: hostname(), pid: process.pid, bunVersion: Bun.version },
      ...{ searchPath: finder.searchPath, home, temporaryFolder: tmpdir() },
      hasSigningKey: settings.signingKey !== undefined,
    }),
    registration: async () => ({ state: registration.state, check: await registration.compare() }),
    archive: inTurn(() => lookAtArchive({ archive: settings.video.archive, finder, env })),
    agents: inTurn(() => lookAtAgents(AGENTS, { env, home, searchPath: finder.searchPath })),
  };
}

/** Whoever asks while an answer is being found gets that one: asking often starts no herd of programs. */
function inTurn<T>(look: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => {
    underWay ??= look().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
