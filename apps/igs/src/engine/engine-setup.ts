// Flags and settings in, the engine's options out. Pure.

import { resolve } from "node:path";
import type { EngineOptions } from "@system-bus/engine";
import type { Settings } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import type { EngineFlags } from "./engine-flags.ts";

export interface EngineSetup {
  readonly options: Omit<EngineOptions, "pages" | "onLog">;
  readonly warnings: readonly string[];
}

export interface EngineSurroundings {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const LOOPBACK = /^(localhost|127\.[0-9.]+|::1|\[::1\])$/;

export function readEngineSetup(flags: EngineFlags, surroundings: EngineSurroundings): EngineSetup {
  const { settings } = surroundings;
  const isDev = flags.dev === true;
  const { eventKeys, signingKey, signingKeyFallback } = readKeys(flags, surroundings);
  refuseContradictions(flags);
  if (eventKeys.length === 0 || signingKey === undefined) refuseOpenDoor(settings.host, isDev);
  return {
    warnings: settings.warnings,
    options: {
      host: settings.host,
      port: settings.enginePort,
      storage: readStorage(flags, surroundings),
      isDev,
      eventKeys,
      sdkUrls: flags.sdkUrl ?? [],
      allowedHosts: flags.allowHost ?? [],
      retention: readRetention(settings),
      ...(signingKey === undefined ? {} : { signingKey }),
      ...(signingKeyFallback === undefined ? {} : { signingKeyFallback }),
      ...(settings.traceExport && { traceExport: settings.traceExport }),
      ...(flags.retryInterval === undefined
        ? {}
        : { retryIntervalMs: flags.retryInterval * 1_000 }),
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** 0 is no limit. */
function readRetention({ keep }: Settings): NonNullable<EngineOptions["retention"]> {
  return {
    keptMs: keep.days === 0 ? null : keep.days * DAY_MS,
    runsMax: keep.runs === 0 ? null : keep.runs,
  };
}

interface Keys {
  readonly eventKeys: readonly string[];
  readonly signingKey: string | undefined;
  readonly signingKeyFallback: string | undefined;
}

/** Dev mode wants no keys: those that `igs start` has put into the settings file are not its own. */
function readKeys(flags: EngineFlags, { settings, env }: EngineSurroundings): Keys {
  const isSet = (name: string) => flags.dev !== true || Boolean(env[name]);
  const eventKey = isSet("INNGEST_EVENT_KEY") ? settings.eventKey : undefined;
  const signingKey = isSet("INNGEST_SIGNING_KEY") ? settings.signingKey : undefined;
  const fallback = isSet("INNGEST_SIGNING_KEY_FALLBACK") ? settings.signingKeyFallback : undefined;
  return {
    eventKeys: flags.eventKey ?? (eventKey === undefined ? [] : [eventKey]),
    signingKey: flags.signingKey ?? signingKey,
    signingKeyFallback: fallback,
  };
}

function readStorage(
  { data, memory, dev }: EngineFlags,
  { settings, cwd }: EngineSurroundings,
): EngineOptions["storage"] {
  if (data !== undefined) return { kind: "directory", path: resolve(cwd, data) };
  if (memory || dev) return { kind: "memory" };
  return { kind: "directory", path: settings.folders.engine };
}

function refuseContradictions({ data, memory }: EngineFlags): void {
  if (data === undefined || !memory) return;
  throw new CliError({
    code: "usage",
    message: "--data and --memory exclude each other.",
    fix: "Give --data to keep the state, --memory to forget it at the end.",
  });
}

/** Without keys the engine is for development, on this machine. */
function refuseOpenDoor(host: string, isDev: boolean): void {
  const isLoopback = LOOPBACK.test(host);
  if (isDev && isLoopback) return;
  throw new CliError({
    code: "settings",
    message: isLoopback
      ? "The engine has no event key or no signing key, and is not in dev mode."
      : `The engine would listen on ${host}, open to the network, without keys.`,
    fix: `Set INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY (\`openssl rand -hex 32\` makes one), or ${isLoopback ? "start it with --dev; `igs start` makes keys by itself" : "listen on 127.0.0.1"}.`,
  });
}
