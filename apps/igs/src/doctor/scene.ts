// What the examinations look at the world with. Everything comes in from outside, so that a test plants its
// own; what several of them ask is asked once.

import { homedir, hostname } from "node:os";
import { programSearchPath, type RunBriefly, runBriefly } from "@system-bus/programs";
import { SettingsError } from "@system-bus/settings";
import type { z } from "zod";
import { checkoutFolder } from "../checkout.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { type FoundDaemon, findDaemon } from "../daemon/find-daemon.ts";
import { lookAtStatus } from "../status/look-at-status.ts";
import { probeEngine } from "../status/probe-engine.ts";
import type { StatusFindings } from "../status/status-report.ts";
import { loadWorkerHealth, type WorkerHealth } from "../status/worker-health.ts";
import { NotSeen } from "./verdict.ts";
import { examineWorker, loadWorkerPlace, type WorkerPlace } from "./worker-place.ts";

export interface DoctorScene {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
  /** This machine's name. */
  readonly machine: string;
  /** Where the checkout lies. */
  readonly checkout: string;
  /** Where programs are found from this shell, as a PATH. */
  readonly searchPath: string;
  nowMs(): number;
  readonly run: RunBriefly;
  /** Why the settings can't be used; empty when they can. */
  readonly settingsProblems: readonly string[];
  /** In the mode of the bus that runs. Throws NotSeen when the settings can't be used. */
  connection(): Connection;
  /** What keeps the bus running on this machine. */
  daemon(): Promise<FoundDaemon>;
  /** What `igs status` sees. */
  status(): Promise<StatusFindings>;
  /** Null when no worker of this release answers. */
  place(): Promise<WorkerPlace | null>;
  /** Null when no worker answers. */
  health(): Promise<WorkerHealth | null>;
  /** What the worker itself finds: `GET /examine/WHAT`. Throws NotSeen when it can't be asked. */
  examineWorker<T>(what: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
}

export async function createScene(
  context: Pick<CliContext, "env">,
  flags: ConnectionFlags,
): Promise<DoctorScene> {
  const home = context.env["HOME"] ?? homedir();
  const { connection, place, problems } = await openBus(context, flags);
  const getConnection = () => {
    if (connection !== null) return connection;
    throw new NotSeen("the settings can't be used: `igs doctor settings` says why");
  };
  const originOf = () => getConnection().settings.workerOrigin;
  const status = once(() => lookAtStatus(getConnection(), Date.now()));
  const daemon = once(() => findDaemon(context.env));
  const health = once(() => loadWorkerHealth(originOf()));
  return {
    env: context.env,
    home,
    platform: process.platform,
    machine: hostname(),
    checkout: checkoutFolder,
    searchPath: programSearchPath({ path: context.env["PATH"], home }),
    nowMs: () => Date.now(),
    run: runBriefly,
    settingsProblems: problems,
    connection: getConnection,
    daemon: async () => daemon(),
    status: async () => status(),
    health: async () => health(),
    place: async () => {
      getConnection();
      return place;
    },
    async examineWorker(what, schema, signal) {
      const origin = originOf();
      if (place === null) throw noWorker(origin);
      const answer = await examineWorker(origin, what, signal);
      const parsed = schema.safeParse(
        typeof answer === "object" && answer !== null ? Reflect.get(answer, what) : undefined,
      );
      if (parsed.success) return parsed.data;
      throw new NotSeen(`the worker at ${origin} did not say`);
    },
  };
}

export function noEngine(engineUrl: string): NotSeen {
  return new NotSeen(`no engine answers at ${engineUrl}`);
}

export function noWorker(origin: string): NotSeen {
  return new NotSeen(`no worker of this release answers at ${origin}, and only it can tell`);
}

interface OpenedBus {
  readonly connection: Connection | null;
  readonly place: WorkerPlace | null;
  readonly problems: readonly string[];
}

/** With the settings of the mode that the running bus has, not those of this shell. */
async function openBus(
  context: Pick<CliContext, "env">,
  flags: ConnectionFlags,
): Promise<OpenedBus> {
  try {
    const own = connect(context, flags);
    const [place, engine] = await Promise.all([
      loadWorkerPlace(own.settings.workerOrigin),
      probeEngine(own.settings.engineUrl),
    ]);
    const runsDev = engine.kind === "embedded" ? engine.isDev : null;
    const mode = place?.mode ?? (runsDev === null ? own.settings.mode : runsDev ? "dev" : "start");
    const connection = mode === own.settings.mode ? own : connect(context, flags, mode);
    return { connection, place, problems: [] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { connection: null, place: null, problems: error.problems };
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
