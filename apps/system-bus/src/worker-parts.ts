// Builds the worker's parts from its settings. Starts nothing.

import { homedir, hostname } from "node:os";
import { type BusClient, type BusLogger, createBusClient } from "@system-bus/events";
import { createInngestApi } from "@system-bus/inngest-api";
import { createPrograms, type Programs } from "@system-bus/programs";
import { identifyProcess, openProcessTable } from "@system-bus/programs/processes";
import { createSentEvents } from "@system-bus/sent-events";
import { type Settings, SettingsError } from "@system-bus/settings";
import { systemLogPath } from "@system-bus/system-log";
import type { InngestFunction } from "inngest";
import { fasterWhisper } from "./adapters/faster-whisper.ts";
import { mlxWhisper } from "./adapters/mlx-whisper.ts";
import { pocketsphinx } from "./adapters/pocketsphinx.ts";
import { createProgramFinder, type ProgramFinder } from "./adapters/program-finder.ts";
import type { Transcriber } from "./adapters/transcriber.ts";
import { createWhisperCpp } from "./adapters/whisper-cpp.ts";
import { createClaimStore } from "./claims/claim-store.ts";
import { type Clock, systemClock } from "./clock.ts";
import { contentSummarize } from "./content/content-summarize.ts";
import { lookAtHealth } from "./http/look-at-health.ts";
import { createLogger } from "./logger.ts";
import { loopFunctions } from "./loop/loop-functions.ts";
import { createVault } from "./notes/vault.ts";
import type { Drift } from "./registration/registration.ts";
import { type BeatWatch, createBeatWatch } from "./system/beat-watch.ts";
import { createLogWatch, type LogWatch } from "./system/log-watch.ts";
import { systemFunctions } from "./system/system-functions.ts";
import { transcriptProcess } from "./video/transcript-process.ts";
import { videoDownload } from "./video/video-download.ts";

/** What tests and other hosts put in the place of the real thing. */
export interface WorkerDeps {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly clock?: Clock;
  readonly logger?: BusLogger;
  readonly fetch?: typeof fetch;
  /** Reads the settings anew; without it they are what they were at the start. */
  readonly readSettings?: () => Settings;
  /** How long a run sleeps before it tries the network again. */
  readonly pausesMs?: readonly number[];
}

/** `Registration.audit`. The registration comes after the functions: they ask for it once they run. */
export type AuditRegistration = (sinceMs: number) => Promise<readonly Drift[]>;

export interface WorkerParts {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly fetch: typeof fetch;
  readonly client: BusClient;
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly transcribers: readonly Transcriber[];
  readonly logWatch: LogWatch;
  readonly beatWatch: BeatWatch;
  readonly functions: readonly InngestFunction.Any[];
}

const PAUSES_MS = [30_000, 120_000];

/**
 * What the seeds' concurrency of 1 is for. A function that waits for its program holds no place in
 * that limit, so these do: Whisper fills a graphics card by itself, and two downloads of one address
 * would share a file.
 */
const SLOTS = { gpu: 1, transcribe: 1, download: 1, agent: 1 };

/** Beside them, how many agents of coding loops may run at once. */
const slotsOf = ({ loops }: Settings) => ({ ...SLOTS, "loop-agent": loops.agentsMax });

export function createWorkerParts(
  settings: Settings,
  deps: WorkerDeps,
  audit: AuditRegistration,
): WorkerParts {
  const env = deps.env ?? process.env;
  const home = deps.home ?? env["HOME"] ?? homedir();
  const clock = deps.clock ?? systemClock;
  const logger = deps.logger ?? createLogger(settings.logLevel);
  const { engineUrl: baseUrl, eventKey, folders } = settings;
  const sentEvents = createSentEvents({
    folder: folders.sentEvents,
    engineUrl: baseUrl,
    nowMs: () => clock.nowMs(),
    onFault: (message) => logger.warn(message),
  });
  const client = createBusClient({ ...settings, baseUrl, logger, sentEvents, fetch: deps.fetch });
  const programs = createPrograms({
    dir: folders.programs,
    slots: slotsOf(settings),
    sendTo: { baseUrl, eventKey },
    env,
    onLog: (message) => logger.warn(message),
  });
  const parts = {
    settings,
    env,
    home,
    clock,
    logger,
    fetch: deps.fetch ?? fetch,
    client,
    programs,
    finder: createProgramFinder({ path: env["PATH"], home }),
    transcribers: [mlxWhisper, createWhisperCpp(home), fasterWhisper, pocketsphinx],
    logWatch: createLogWatch(clock),
    beatWatch: createBeatWatch(folders.system, {
      nowMs: () => clock.nowMs(),
      steadyMs: () => performance.now(),
    }),
  };
  const pausesMs = deps.pausesMs ?? PAUSES_MS;
  const readSettingsNow = () => deps.readSettings?.() ?? settings;
  const surroundings = { pausesMs, readSettingsNow, audit };
  return { ...parts, functions: createFunctions(parts, surroundings) };
}

interface Surroundings {
  readonly pausesMs: readonly number[];
  readonly readSettingsNow: () => Settings;
  readonly audit: AuditRegistration;
}

function createFunctions(
  parts: Omit<WorkerParts, "functions">,
  surroundings: Surroundings,
): InngestFunction.Any[] {
  const { settings, client, clock, logWatch } = parts;
  const { pausesMs, readSettingsNow } = surroundings;
  const { video, summary, loops, folders } = settings;
  const shared = {
    ...parts,
    claims: createClaimStore(folders.claims),
    vault: createVault(settings.vault),
    onMilestone: logWatch.expect,
  };
  return [
    videoDownload(client, {
      ...shared,
      pausesMs,
      mediaFolder: folders.media,
      archive: video.archive,
      usesAutomaticCaptions: video.transcriptOrder.includes("auto-captions"),
    }),
    transcriptProcess(client, { ...shared, ...video, now: () => new Date(clock.nowMs()) }),
    contentSummarize(client, { ...shared, summary }),
    ...createSystemFunctions(parts, surroundings),
    ...loopFunctions(client, {
      ...{ ...shared, loops, agentModels: summary.agentModels },
      ...{ vaultFolder: settings.vault, loopsFolder: folders.loops },
      nowMs: () => clock.nowMs(),
      readLoopSettings: () => readSettingsNow().loops,
    }),
  ];
}

function createSystemFunctions(
  parts: Omit<WorkerParts, "functions">,
  { readSettingsNow, audit }: Surroundings,
): InngestFunction.Any[] {
  const { settings, client, clock, logWatch, beatWatch } = parts;
  const { engineUrl: baseUrl, signingKey, folders } = settings;
  return systemFunctions(client, {
    ...parts,
    ...{ audit, platform: process.platform, host: hostname() },
    api: createInngestApi({ baseUrl, signingKey, fetch: parts.fetch }),
    logFile: systemLogPath(settings.vault),
    folder: folders.system,
    nowMs: () => clock.nowMs(),
    onAppended: ({ eventId }) => eventId !== undefined && logWatch.arrived(eventId),
    onMilestone: logWatch.expect,
    onBeat: beatWatch.beat,
    createToken: () => crypto.randomUUID(),
    // Opened when it is asked: few workers ever are.
    identifyWorker: () => identifyProcess(openProcessTable(), process.pid),
    readNotifySettings() {
      try {
        return readSettingsNow().notify;
      } catch (error) {
        // A settings file that somebody is at work on, or has broken: who was told before, is told.
        if (error instanceof SettingsError) return settings.notify;
        throw error;
      }
    },
    async findProblems() {
      // A heartbeat asks: there is an engine that calls, whatever this worker has heard of it lately, and
      // there are heartbeats. What the engine has of the functions is the audit's question.
      const view = { ...parts, registration: { kind: "starting" } as const, beatWatch: null };
      return (await lookAtHealth(view)).problems.map(({ message }) => message);
    },
  });
}
