import { externalProgramNames, neededPrograms } from "@system-bus/programs";
import type { Settings, TranscriptSource } from "@system-bus/settings";
import { logFreshness, readTail, systemLogPath } from "@system-bus/system-log";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import type { Transcriber } from "../adapters/transcriber.ts";
import type { Clock } from "../clock.ts";
import type { RegistrationState } from "../registration/registration.ts";
import type { BeatWatch } from "../system/beat-watch.ts";
import type { LogWatch } from "../system/log-watch.ts";
import { findTranscriber } from "../video/find-transcriber.ts";
import { describeHealth, type Health, type LogHealth, type SourceHealth } from "./health.ts";
import { lookAtFolder } from "./look-at-folder.ts";

export interface LookAtHealth {
  readonly settings: Settings;
  readonly finder: ProgramFinder;
  readonly transcribers: readonly Transcriber[];
  readonly registration: RegistrationState;
  readonly logWatch: LogWatch;
  /** Null: whether heartbeats come is not asked. */
  readonly beatWatch: BeatWatch | null;
  readonly clock: Clock;
}

/** Looks at the world once: nothing is kept, so a cure shows at the next look. */
export async function lookAtHealth(input: LookAtHealth): Promise<Health> {
  const { settings, finder, registration } = input;
  return describeHealth({
    registration,
    programs: externalProgramNames.map((name) => ({ name, path: finder.find(name) })),
    neededPrograms: neededPrograms(settings),
    sources: settings.video.transcriptOrder.map((source) => sourceHealth(input, source)),
    vault: await lookAtFolder(settings.vault),
    state: await lookAtFolder(settings.folders.root),
    log: logHealth(input),
    heartbeat: (await input.beatWatch?.look()) ?? null,
    warnings: settings.warnings,
  });
}

function sourceHealth(
  { settings, finder, transcribers }: LookAtHealth,
  source: TranscriptSource,
): SourceHealth {
  if (source === "captions" || source === "auto-captions") {
    return { source, isReady: null, reason: null };
  }
  const { whisperModel } = settings.video;
  const found = findTranscriber({ finder, transcribers, whisperModel }, source, undefined);
  if (found.kind === "ready") return { source, isReady: true, reason: null };
  return { source, isReady: false, reason: found.reason };
}

const LINES_LOOKED_AT = 500;

function logHealth({ settings, clock, logWatch }: LookAtHealth): LogHealth {
  const file = systemLogPath(settings.vault);
  try {
    const ids = new Set(readTail(file, LINES_LOOKED_AT).map(({ eventId }) => eventId));
    const waitingMs = logWatch.waitingMs((eventId) => ids.has(eventId));
    return { file, ...logFreshness(file, clock.nowMs()), waitingMs };
  } catch {
    // The vault's own check says what is wrong with it.
    return { file, lastAt: null, ageMs: null, waitingMs: logWatch.waitingMs(() => false) };
  }
}
