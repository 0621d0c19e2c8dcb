// Every variable that the bus reads, in the order in which `igs config` shows them. One zod object:
// all problems come out of it at once. `.env.example` documents each; a test holds the two together.

import { z } from "zod";
import { archiveMethods, archiveTarget } from "./archive.ts";
import { agentCount, projectFolders, toolOrder } from "./loop-settings.ts";
import {
  commandWords,
  hookAddress,
  notifyKindList,
  ntfyPriority,
  redisAddress,
  topicAddress,
  webhookFormats,
} from "./notify-settings.ts";
import { transcriptOrder } from "./transcript-source.ts";
import {
  absolutePath,
  devFlag,
  eventKey,
  httpAddress,
  httpOrigin,
  limit,
  listenHost,
  port,
  signingKey,
} from "./value-schemas.ts";

const engineChoices = ["auto", "inngest", "docker", "embedded"] as const;
export type EngineChoice = (typeof engineChoices)[number];

const summaryChoices = ["auto", "pi", "codex", "claude", "model", "extractive"] as const;
export type SummaryChoice = (typeof summaryChoices)[number];

const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The dev server's and the worker's ports, as the seeds use them. */
export const ENGINE_PORT = 8288;
export const WORKER_PORT = 3111;

/** How long the embedded engine keeps ended runs, and how many: those of `dev` are in memory. */
const KEEP_DAYS = 30;
export const KEEP_RUNS = { start: 1_000_000, dev: 10_000 } as const;

/** Agents of loops that run at once: each brings tests and compilers of its own. */
const LOOP_AGENTS = 2;

/** What ntfy calls high: a long vibration and a pop-up. */
const NTFY_URGENT = 4;

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of: ${words.join(", ")}` });

const word = z.string().max(4_096);

/** Sent in a header, so it can't hold what a header can't. */
const headerWord = word.regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

export const variablesSchema = z.object({
  NODE_ENV: word.optional(),
  BUS_ENGINE: oneOf(engineChoices).default("auto").meta({ flag: "--engine" }),
  BUS_HOST: listenHost.default("127.0.0.1").meta({ flag: "--host" }),
  BUS_ENGINE_PORT: port.default(ENGINE_PORT).meta({ flag: "--engine-port" }),
  BUS_BRIDGE_HOST: listenHost.optional(),
  BUS_WORKER_PORT: port.optional().meta({ flag: "--worker-port" }),
  PORT: port.optional(),
  BUS_KEEP_DAYS: limit.default(KEEP_DAYS),
  BUS_KEEP_RUNS: limit.optional(),
  BUS_HOME: absolutePath.optional().meta({ flag: "--home", isPath: true, isPlace: true }),
  XDG_CONFIG_HOME: absolutePath.optional().meta({ isPath: true, isPlace: true }),
  XDG_DATA_HOME: absolutePath.optional().meta({ isPath: true, isPlace: true }),

  INNGEST_DEV: devFlag.optional(),
  INNGEST_BASE_URL: httpOrigin.optional().meta({ flag: "--engine-url" }),
  INNGEST_EVENT_KEY: eventKey.optional().meta({ isSecret: true }),
  INNGEST_SIGNING_KEY: signingKey.optional().meta({ isSecret: true }),
  INNGEST_SIGNING_KEY_FALLBACK: signingKey.optional().meta({ isSecret: true }),
  INNGEST_ENV: word.optional(),
  INNGEST_SERVE_ORIGIN: httpOrigin.optional(),
  INNGEST_SERVE_HOST: httpOrigin.optional(),
  INNGEST_SERVE_PATH: z
    .string()
    .regex(/^\/[^\s?#]*$/, "must be a path that begins with /, such as /api/inngest")
    .default("/api/inngest"),
  INNGEST_LOG_LEVEL: oneOf(logLevels).default("info"),
  INNGEST_STREAMING: z
    .string()
    .regex(
      /^(0|false)$/i,
      "cannot be had: the SDK does not stream on Hono; remove it, steps of any length work without",
    )
    .optional(),

  OTEL_EXPORTER_OTLP_ENDPOINT: word.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: word.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: word.optional().meta({ isSecret: true }),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: word.optional().meta({ isSecret: true }),
  OTEL_EXPORTER_OTLP_TIMEOUT: word.optional(),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: word.optional(),
  OTEL_EXPORTER_OTLP_COMPRESSION: word.optional(),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: word.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: word.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: word.optional(),
  OTEL_TRACES_EXPORTER: word.optional(),
  OTEL_SDK_DISABLED: word.optional(),
  OTEL_SERVICE_NAME: word.optional(),
  OTEL_RESOURCE_ATTRIBUTES: word.optional(),
  BUS_TRACE_PAYLOADS: oneOf(["0", "1"]).default("0"),

  VAULT_PATH: absolutePath.optional().meta({ flag: "--vault", isPath: true }),
  TRANSCRIPT_ORDER: transcriptOrder.optional(),
  WHISPER_MODEL: word.optional(),
  ARCHIVE_TO: archiveTarget.optional().meta({ isPath: true }),
  ARCHIVE_METHOD: oneOf(archiveMethods).default("rsync"),
  ARCHIVE_SSH_CONFIG: absolutePath.optional().meta({ isPath: true }),
  SUMMARY_BY: oneOf(summaryChoices).default("auto"),
  PI_MODEL: word.optional(),
  CODEX_MODEL: word.optional(),
  CLAUDE_MODEL: word.optional(),
  WRITING_STYLE_SKILL: absolutePath.optional().meta({ isPath: true }),
  SUMMARY_MODEL_URL: httpAddress.optional(),
  SUMMARY_MODEL: word.optional(),
  SUMMARY_MODEL_KEY: word.optional().meta({ isSecret: true }),
  LOOP_PROJECTS: projectFolders.optional().meta({ isPath: true }),
  LOOP_PRICES: absolutePath.optional().meta({ isPath: true }),
  LOOP_TOOLS: toolOrder.optional(),
  LOOP_AGENTS_MAX: agentCount.default(LOOP_AGENTS),

  NOTIFY_ON: notifyKindList.optional(),
  NOTIFY_WEBHOOK_URL: hookAddress.optional().meta({ isSecret: true }),
  NOTIFY_WEBHOOK_FORMAT: oneOf(webhookFormats).default("json"),
  NOTIFY_WEBHOOK_SECRET: word.optional().meta({ isSecret: true }),
  NOTIFY_NTFY_URL: topicAddress.optional().meta({ isSecret: true }),
  NOTIFY_NTFY_TOKEN: headerWord.optional().meta({ isSecret: true }),
  NOTIFY_NTFY_PRIORITY: ntfyPriority.default(NTFY_URGENT),
  NOTIFY_DESKTOP: oneOf(["0", "1"]).default("0"),
  NOTIFY_COMMAND: commandWords.optional(),
  NOTIFY_REDIS_URL: redisAddress.optional(),
  NOTIFY_REDIS_CHANNEL: word.default("system-bus:notify"),
});

export type Variables = z.output<typeof variablesSchema>;
export type VariableName = keyof Variables;

// The schema's own keys, so each is a VariableName.
export const variableNames = Object.keys(variablesSchema.shape) as VariableName[];

interface VariableTraits {
  /** Never shown, not even in an error. */
  readonly isSecret: boolean;
  /** `~` stands for the home folder. */
  readonly isPath: boolean;
  /** Says where the settings file lies, so it cannot stand in that file. */
  readonly isPlace: boolean;
  readonly flag: string | undefined;
}

export function variableTraits(name: VariableName): VariableTraits {
  const meta = variablesSchema.shape[name].meta() ?? {};
  return {
    isSecret: meta["isSecret"] === true,
    isPath: meta["isPath"] === true,
    isPlace: meta["isPlace"] === true,
    flag: typeof meta["flag"] === "string" ? meta["flag"] : undefined,
  };
}
