// Starts and stops `igs start`, as a daemon or as a process, and waits until it can be used.

import { createInngestApi } from "@system-bus/inngest-api";
import type { Settings } from "@system-bus/settings";
import type { Clock } from "../clock.ts";
import type { DaemonWorld } from "../daemon/daemon-world.ts";
import { CliError } from "../output/failure.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { type DaemonTalk, startDaemonBus, stopDaemonBus } from "./daemon-bus.ts";
import {
  type DetachedBus,
  isDetachedBus,
  readLastLines,
  startDetachedBus,
  stopDetachedBus,
} from "./detached-bus.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { FoundBus } from "./setup-found.ts";
import { markSettings, writeSetupRecord } from "./setup-record.ts";

export interface BusStarter {
  /** Returns once the engine knows the worker's functions. */
  start(settings: Settings, signal: AbortSignal): Promise<void>;
  stop(bus: FoundBus): Promise<void>;
}

const READY_MAX_MS = 90_000;
const LOOK_GAP_MS = 200;

export interface BusStarterOptions {
  readonly answers: Pick<SetupAnswers, "tier" | "start">;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly daemons: DaemonWorld;
  readonly talk: DaemonTalk;
  readonly readSettingsText: () => Promise<string>;
}

export function createBusStarter(options: BusStarterOptions): BusStarter {
  const { answers, clock, daemons } = options;
  return {
    async start(settings, signal) {
      const isDaemon = answers.start === "daemon";
      const started = isDaemon ? null : await startDetachedBus(settings, options.env);
      if (isDaemon) await startDaemonBus(daemons, options.talk);
      // Before it is ready: whoever goes on after an interruption has to find it.
      await writeSetupRecord(settings.folders.root, {
        ...answers,
        pid: started?.pid ?? null,
        settingsMark: markSettings(await options.readSettingsText()),
      });
      await waitUntilReady(settings, started, { clock, signal });
    },
    async stop(bus) {
      if (bus.kind !== "ours") return;
      if (bus.way === "daemon") await stopDaemonBus(daemons, answers.start !== "daemon");
      else if (bus.pid !== null) await stopDetachedBus(bus.pid, clock);
    },
  };
}

async function waitUntilReady(
  settings: Settings,
  started: DetachedBus | null,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const giveUpAtMs = clock.nowMs() + READY_MAX_MS;
  while (!signal.aborted && !(await isReady(settings))) {
    const isGone = started !== null && !(await isDetachedBus(started.pid));
    if (isGone || clock.nowMs() >= giveUpAtMs) throw await failed(started, isGone);
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}

async function isReady(settings: Settings): Promise<boolean> {
  const { workerOrigin, engineUrl, eventKey, signingKey } = settings;
  const worker = await probeWorker(workerOrigin);
  if (worker === null) return false;
  const api = createInngestApi({ baseUrl: engineUrl, eventKey, signingKey });
  const registered = await api.listFunctions().catch(() => []);
  return registered.length >= worker.functionCount;
}

async function failed(started: DetachedBus | null, isGone: boolean): Promise<CliError> {
  const what = isGone
    ? "The bus ended before it could be used"
    : `The engine did not know the worker's functions within ${READY_MAX_MS / 1_000} s`;
  const said =
    started === null
      ? ""
      : ` It said last, in ${started.logPath}:\n${await readLastLines(started.logPath)}`;
  return new CliError({
    code: "part-failed",
    message: `${what}.${said}`,
    fix: "`igs status` says what is wrong. Correct that, then run the same command again: it goes on where it stopped.",
  });
}
