import type { Settings } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import { type EngineProbe, probeEngine } from "../status/probe-engine.ts";
import { probeWorker, type WorkerProbe } from "../status/probe-worker.ts";
import { listenOrigin } from "../supervisor/worker-part.ts";
import type { DaemonWorld } from "./daemon-world.ts";
import { readLogTail } from "./log/read-log-tail.ts";
import type { ServiceLook, ServiceManager } from "./service-manager.ts";

/** A first start on a slow machine takes half of it: Bun compiles, the engine brings its tables up. */
const WELL_MAX_MS = 90_000;
const LOOK_GAP_MS = 250;
/** Whatever has ended so often will not get well in the rest of the time. */
const RESTARTS_MAX = 3;
const LOG_LINES = 8;

export interface WellBus {
  readonly pid: number | null;
  readonly engine: EngineProbe;
  readonly worker: WorkerProbe;
}

export interface WellOptions {
  readonly manager: ServiceManager;
  /** As the daemon has them. */
  readonly settings: Settings;
  readonly logFile: string;
}

/** Returns when engine and worker of the daemon answer. Throws with what its log says when they don't. */
export async function waitUntilWell(
  { clock, signal }: Pick<DaemonWorld, "clock" | "signal">,
  options: WellOptions,
): Promise<WellBus> {
  const { manager, settings } = options;
  const giveUpAtMs = clock.nowMs() + WELL_MAX_MS;
  const restartsBefore = (await manager.look()).restartCount ?? 0;
  for (;;) {
    const look = await manager.look();
    const [engine, worker] = await Promise.all([
      probeEngine(settings.engineUrl),
      probeWorker(listenOrigin(settings.host, settings.workerPort)),
    ]);
    const answers = engine.kind === "embedded" || engine.kind === "inngest";
    if (look.state === "running" && answers && worker) return { pid: look.pid, engine, worker };
    if (signal.aborted) throw interrupted();
    const restartCount = (look.restartCount ?? 0) - restartsBefore;
    if (restartCount >= RESTARTS_MAX || clock.nowMs() >= giveUpAtMs) {
      throw await describeIll(options, { look, restartCount, engine, worker });
    }
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}

function interrupted(): CliError {
  return new CliError({
    code: "interrupted",
    message: "Interrupted. The daemon goes on starting.",
    fix: "`igs daemon status` tells how it is.",
  });
}

interface Ill {
  readonly look: ServiceLook;
  readonly restartCount: number;
  readonly engine: EngineProbe;
  readonly worker: WorkerProbe | null;
}

async function describeIll(
  { settings, logFile, manager }: WellOptions,
  { look, restartCount, engine, worker }: Ill,
): Promise<CliError> {
  const silent = [
    ...(engine.kind === "none" || engine.kind === "other"
      ? [`no engine answers at ${settings.engineUrl}`]
      : []),
    ...(worker ? [] : [`no worker answers on port ${settings.workerPort}`]),
  ];
  const ended = look.lastExit === null ? "" : ` It ${look.lastExit} last.`;
  const lines = await readLogTail(logFile, LOG_LINES);
  const said =
    lines.length === 0
      ? `Its log ${logFile} says nothing.`
      : `Its log says:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  const tries = restartCount > 0 ? ` after ${restartCount + 1} starts` : "";
  const journal = manager.journalCommand === null ? "" : ` and \`${manager.journalCommand}\``;
  return new CliError({
    code: "part-failed",
    message: `The daemon is installed, but${tries} ${silent.join(", and ") || "it does not stay"}.${ended} ${said}`,
    fix: `Mend what it says: it is started again by itself. \`igs daemon logs\`${journal} tell more.`,
  });
}
