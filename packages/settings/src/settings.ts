import type { Archive } from "./archive.ts";
import type { LoopSettings } from "./loop-settings.ts";
import type { NotifySettings } from "./notify-settings.ts";
import type { Folders, Mode } from "./places.ts";
import type { TraceExportSettings } from "./trace-export.ts";
import type { TranscriptSource } from "./transcript-source.ts";
import type { EngineChoice, LogLevel, SummaryChoice } from "./variables.ts";

/** Everything a process of the bus wants to know of its surroundings, read once at its start. */
export interface Settings {
  /** dev: memory only, no keys. start: persistent, signatures checked. */
  readonly mode: Mode;
  readonly engine: EngineChoice;
  /** The engine's address, no trailing slash. */
  readonly engineUrl: string;
  /** The person named an engine: it is used as it is, and none is started. */
  readonly isEngineUrlGiven: boolean;
  /** What engine and worker listen on; see `bridgeHost`. */
  readonly host: string;
  readonly enginePort: number;
  /** Where the worker listens beside `host`, for an engine in a container; never in dev mode. */
  readonly bridgeHost: string | undefined;
  readonly workerPort: number;
  /** Where programs of this machine reach the worker. */
  readonly workerOrigin: string;
  /** Where the engine calls the worker: origin and path of its Inngest endpoint. */
  readonly workerUrl: string;
  /** Of `workerUrl`; undefined where the SDK may go by the request. */
  readonly serveOrigin: string | undefined;
  readonly servePath: string;
  /** What the SDK gets as `isDev`: no signatures when true. */
  readonly isDev: boolean;
  readonly eventKey: string | undefined;
  /** Without a `signkey-ENV-` prefix, whatever was set. */
  readonly signingKey: string | undefined;
  readonly signingKeyFallback: string | undefined;
  /** INNGEST_ENV: a branch environment's name. */
  readonly environment: string | undefined;
  readonly logLevel: LogLevel;
  readonly keep: KeepSettings;
  /** Whether it exists or not. */
  readonly settingsFile: string;
  readonly folders: Folders;
  /** Where the embedded engine sends traces; undefined: nowhere. */
  readonly traceExport: TraceExportSettings | undefined;
  readonly vault: string;
  readonly video: VideoSettings;
  readonly summary: SummarySettings;
  readonly loops: LoopSettings;
  readonly notify: NotifySettings;
  /** Things that work, but probably not as meant. For the first lines of a process. */
  readonly warnings: readonly string[];
  /** What `describeSettings` shows. */
  readonly values: readonly SettingValue[];
}

/** What the embedded engine keeps of what is over. 0 is no limit. */
export interface KeepSettings {
  readonly days: number;
  readonly runs: number;
}

export interface VideoSettings {
  /** Best first; a source that this machine lacks is passed over. */
  readonly transcriptOrder: readonly TranscriptSource[];
  /** A model's name or file, for the whisper that is found; undefined: that program's default. */
  readonly whisperModel: string | undefined;
  readonly archive: Archive;
}

export interface SummarySettings {
  readonly by: SummaryChoice;
  /** As each agent's `--model` takes it; undefined: the one that its person has chosen there. */
  readonly agentModels: Readonly<Record<"pi" | "codex" | "claude", string | undefined>>;
  /** A skill file or folder that tells an agent how its person writes. */
  readonly writingStyleSkill: string | undefined;
  readonly modelUrl: string | undefined;
  readonly model: string | undefined;
  readonly modelKey: string | undefined;
}

export type SettingSource = "flag" | "environment" | "file" | "default";

/** One line of `igs config`. */
export interface SettingValue {
  readonly name: string;
  /** As it is in force, shown for people; empty when not set. A secret is never part of it. */
  readonly value: string;
  readonly source: SettingSource;
  /** Which flag or file; undefined for environment and default. */
  readonly from: string | undefined;
  readonly isSecret: boolean;
}

/** Flags of the command line. They win over everything else. */
export interface SettingFlags {
  readonly engine: string;
  readonly engineUrl: string;
  readonly host: string;
  readonly enginePort: string | number;
  readonly workerPort: string | number;
  readonly vault: string;
  readonly home: string;
  /** Persistent mode for commands that are neither `dev` nor `start`; false insists on dev. */
  readonly production: boolean;
}

export interface SettingsInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Partial<SettingFlags>;
  /** Said by the command: `igs dev`, `igs start`. Else --production, then NODE_ENV decide. */
  readonly mode?: Mode;
  readonly platform?: string;
  readonly arch?: string;
  readonly home?: string;
  /**
   * The folder whose `.env` is the lowest source; leave it out to read none. Not read under
   * BUS_HOME. Bun by itself loads the `.env` of the working folder into the environment, where a
   * stranger's file would win over the settings file: entry points run with `--no-env-file`.
   */
  readonly dotEnvFolder?: string;
}
