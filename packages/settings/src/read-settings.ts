import { homedir } from "node:os";
import { join } from "node:path";
import type { Archive } from "./archive.ts";
import { settingValues, withoutPassword } from "./describe-settings.ts";
import { type Gathered, gatherValues } from "./gather.ts";
import { type LoopSettings, loopTools } from "./loop-settings.ts";
import { type NotifySettings, notifyKinds } from "./notify-settings.ts";
import { type Mode, stateFolders } from "./places.ts";
import type { Settings, SettingsInput, SummarySettings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { readTraceExport } from "./trace-export.ts";
import { defaultTranscriptOrder } from "./transcript-source.ts";
import { hasSigningKeyPrefix } from "./value-schemas.ts";
import {
  ENGINE_PORT,
  KEEP_RUNS,
  type VariableName,
  type Variables,
  variablesSchema,
  variableTraits,
  WORKER_PORT,
} from "./variables.ts";

/** A container's name for the machine it runs on: Docker's own on a Mac, `--add-host` on Linux. */
const DOCKER_HOST_NAME = "host.docker.internal";

/**
 * Reads every setting once. Precedence: flag, environment, settings file, `.env`, default. Touches
 * nothing but those files. Throws one SettingsError that names every problem.
 */
export function readSettings(input: SettingsInput): Settings {
  const home = input.home ?? input.env["HOME"] ?? homedir();
  const gathered = gatherValues(input, home);
  const texts = Object.fromEntries([...gathered.given].map(([name, { text }]) => [name, text]));
  const parsed = variablesSchema.safeParse(texts);
  const problems = [
    ...gathered.problems,
    ...(parsed.error?.issues ?? []).map((issue) => describeIssue(issue, gathered)),
    ...findCrossProblems(gathered),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError("SETTINGS_INVALID", problems);
  }
  return buildSettings(parsed.data, { input, gathered, home });
}

/** Variable, value, source, and what must change. A secret's value stays out. */
function describeIssue(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  { given }: Gathered,
): string {
  // The schema is flat: the first part of a path is the variable.
  const name = issue.path[0] as VariableName;
  const { isSecret } = variableTraits(name);
  const value = given.get(name);
  const shown = isSecret || value === undefined ? name : `${name}=${withoutPassword(value.text)}`;
  const from = value?.from ?? value?.source ?? "default";
  return `${shown} (${from}): ${issue.message}`;
}

function findCrossProblems({ given }: Gathered): readonly string[] {
  const problems: string[] = [];
  const needs = (name: VariableName, because: string) => {
    if (!given.has(name)) problems.push(`${name} is not set: ${because} needs it`);
  };
  if (given.get("SUMMARY_BY")?.text === "model") {
    needs("SUMMARY_MODEL_URL", "SUMMARY_BY=model");
    needs("SUMMARY_MODEL", "SUMMARY_BY=model");
  } else if (given.has("SUMMARY_MODEL_URL")) {
    needs("SUMMARY_MODEL", "SUMMARY_MODEL_URL");
  }
  if (given.has("NOTIFY_WEBHOOK_SECRET")) needs("NOTIFY_WEBHOOK_URL", "NOTIFY_WEBHOOK_SECRET");
  if (given.has("NOTIFY_NTFY_TOKEN")) needs("NOTIFY_NTFY_URL", "NOTIFY_NTFY_TOKEN");
  const textOf = (name: VariableName) => given.get(name)?.text;
  const enginePort = textOf("BUS_ENGINE_PORT") ?? String(ENGINE_PORT);
  const workerPort = textOf("BUS_WORKER_PORT") ?? textOf("PORT") ?? String(WORKER_PORT);
  const isFree = Number(enginePort) === 0 || given.has("INNGEST_BASE_URL");
  if (enginePort === workerPort && !isFree) {
    problems.push(`engine and worker would both listen on port ${enginePort}: give each its own`);
  }
  return problems;
}

interface Surroundings {
  readonly input: SettingsInput;
  readonly gathered: Gathered;
  readonly home: string;
}

function buildSettings(variables: Variables, { input, gathered, home }: Surroundings): Settings {
  const { platform = process.platform, arch = process.arch } = input;
  const mode = decideMode(input, variables);
  const engine = decideEngine(variables, mode);
  const worker = decideWorker(variables, mode);
  const traceExport = readTraceExport(variables);
  const settings: Omit<Settings, "values"> = {
    mode,
    engine: variables.BUS_ENGINE,
    ...engine,
    host: variables.BUS_HOST,
    enginePort: variables.BUS_ENGINE_PORT,
    ...worker,
    eventKey: variables.INNGEST_EVENT_KEY,
    signingKey: variables.INNGEST_SIGNING_KEY,
    signingKeyFallback: variables.INNGEST_SIGNING_KEY_FALLBACK,
    environment: variables.INNGEST_ENV,
    logLevel: variables.INNGEST_LOG_LEVEL,
    keep: {
      days: variables.BUS_KEEP_DAYS,
      runs: variables.BUS_KEEP_RUNS ?? KEEP_RUNS[mode],
    },
    settingsFile: gathered.settingsFile,
    folders: stateFolders(gathered.place, mode),
    traceExport: traceExport.settings,
    vault: variables.VAULT_PATH ?? join(home, "Vault"),
    video: {
      transcriptOrder: variables.TRANSCRIPT_ORDER ?? defaultTranscriptOrder(platform, arch),
      whisperModel: variables.WHISPER_MODEL,
      archive: decideArchive(variables),
    },
    summary: decideSummary(variables),
    loops: decideLoops(variables),
    notify: decideNotify(variables),
    warnings: [...gathered.warnings, ...findValueWarnings(gathered, mode), ...traceExport.warnings],
  };
  return { ...settings, values: settingValues(settings, variables, gathered.given) };
}

function decideMode({ mode, flags }: SettingsInput, { NODE_ENV }: Variables): Mode {
  if (mode !== undefined) return mode;
  if (flags?.production !== undefined) return flags.production ? "start" : "dev";
  return NODE_ENV === "production" ? "start" : "dev";
}

/** In start mode INNGEST_DEV does not count: a left-over line would switch signatures off. */
function decideEngine(
  variables: Variables,
  mode: Mode,
): Pick<Settings, "engineUrl" | "isEngineUrlGiven" | "isDev"> {
  const dev = mode === "dev" ? variables.INNGEST_DEV : undefined;
  const given = variables.INNGEST_BASE_URL ?? (dev?.kind === "on-at" ? dev.url : undefined);
  return {
    engineUrl: given ?? `http://${reachableHost(variables.BUS_HOST)}:${variables.BUS_ENGINE_PORT}`,
    isEngineUrlGiven: given !== undefined,
    isDev: dev === undefined ? mode === "dev" : dev.kind !== "off",
  };
}

type WorkerPlace = "bridgeHost" | "workerPort" | "workerOrigin" | "workerUrl";

/**
 * A worker in dev mode checks no signatures, so BUS_BRIDGE_HOST, which is stored for the persistent bus,
 * does not open it to others.
 */
function decideWorker(
  variables: Variables,
  mode: Mode,
): Pick<Settings, WorkerPlace | "serveOrigin" | "servePath"> {
  const workerPort = variables.BUS_WORKER_PORT ?? variables.PORT ?? WORKER_PORT;
  const bridgeHost = mode === "start" ? variables.BUS_BRIDGE_HOST : undefined;
  const workerOrigin = `http://${reachableHost(variables.BUS_HOST)}:${workerPort}`;
  const fromContainer =
    variables.BUS_ENGINE === "docker" ? `http://${DOCKER_HOST_NAME}:${workerPort}` : undefined;
  const serveOrigin =
    variables.INNGEST_SERVE_ORIGIN ?? variables.INNGEST_SERVE_HOST ?? fromContainer;
  const servePath = variables.INNGEST_SERVE_PATH;
  const workerUrl = `${serveOrigin ?? workerOrigin}${servePath}`;
  return { bridgeHost, workerPort, workerOrigin, serveOrigin, servePath, workerUrl };
}

/** One can listen on every address, but only call one of them. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function decideArchive(variables: Variables): Archive {
  const target = variables.ARCHIVE_TO ?? { kind: "none" };
  if (target.kind !== "ssh") return target;
  return { ...target, method: variables.ARCHIVE_METHOD, sshConfig: variables.ARCHIVE_SSH_CONFIG };
}

function decideSummary(variables: Variables): SummarySettings {
  return {
    by: variables.SUMMARY_BY,
    agentModels: {
      pi: variables.PI_MODEL,
      codex: variables.CODEX_MODEL,
      claude: variables.CLAUDE_MODEL,
    },
    writingStyleSkill: variables.WRITING_STYLE_SKILL,
    modelUrl: variables.SUMMARY_MODEL_URL,
    model: variables.SUMMARY_MODEL,
    modelKey: variables.SUMMARY_MODEL_KEY,
  };
}

function decideLoops(variables: Variables): LoopSettings {
  return {
    projects: variables.LOOP_PROJECTS ?? [],
    pricesFile: variables.LOOP_PRICES,
    tools: variables.LOOP_TOOLS ?? loopTools,
    agentsMax: variables.LOOP_AGENTS_MAX,
  };
}

function decideNotify(variables: Variables): NotifySettings {
  const { NOTIFY_WEBHOOK_URL: hook, NOTIFY_NTFY_URL: topic, NOTIFY_REDIS_URL: redis } = variables;
  return {
    kinds: variables.NOTIFY_ON ?? notifyKinds,
    webhook:
      hook === undefined
        ? undefined
        : {
            url: hook,
            format: variables.NOTIFY_WEBHOOK_FORMAT,
            secret: variables.NOTIFY_WEBHOOK_SECRET,
          },
    ntfy:
      topic === undefined
        ? undefined
        : {
            url: topic,
            token: variables.NOTIFY_NTFY_TOKEN,
            urgentPriority: variables.NOTIFY_NTFY_PRIORITY,
          },
    isDesktop: variables.NOTIFY_DESKTOP === "1",
    command: variables.NOTIFY_COMMAND,
    redis:
      redis === undefined ? undefined : { url: redis, channel: variables.NOTIFY_REDIS_CHANNEL },
  };
}

function findValueWarnings({ given }: Gathered, mode: Mode): readonly string[] {
  const warnings: string[] = [];
  if (mode === "start" && given.has("INNGEST_DEV")) {
    warnings.push("INNGEST_DEV does not count in start mode: signatures are checked");
  }
  for (const name of ["INNGEST_SIGNING_KEY", "INNGEST_SIGNING_KEY_FALLBACK"] as const) {
    if (!hasSigningKeyPrefix(given.get(name)?.text ?? "")) continue;
    warnings.push(
      `${name} has a signkey- prefix, which is dropped: a server started with the prefix refuses ` +
        "every call of this worker (401), so set the key without it there, too",
    );
  }
  return warnings;
}
