// How each kind of engine is started. Keys go through the environment, never through the command
// line; an environment is made from the caller's without what another mode left there.

import { join } from "node:path";
import type { Settings } from "@system-bus/settings";
import { z } from "zod";
import { type Clock, systemClock } from "../clock.ts";
import { parseJson } from "../parse-json.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { bunArgv, sourceFolder } from "./bun-argv.ts";
import type { PartSpec, ReadyWatch } from "./part.ts";

type Env = Readonly<Record<string, string>>;

const STOP_MAX_MS = 10_000;
const READY_MAX_MS = 60_000;
const READY_GAP_MS = 200;

const ReadySchema = z.object({
  ok: z.boolean(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
});

/** `igs engine` as a child. Its first line of stdout says that it is ready, or why it never will be. */
export function embeddedEnginePart(
  settings: Settings,
  env: Env,
  allowedHosts: readonly string[] = [],
): PartSpec {
  const { folders, host, enginePort, workerUrl, mode } = settings;
  const modeArgs = mode === "dev" ? ["--dev", "--memory"] : ["--data", folders.engine];
  const argv = [
    ...bunArgv([join(sourceFolder, "main.ts")]),
    ...["engine", "--json", "--host", host, "--port", String(enginePort), "--sdk-url", workerUrl],
    ...modeArgs,
    ...allowedHosts.flatMap((name) => ["--allow-host", name]),
  ];
  return {
    name: "engine",
    argv,
    cwd: sourceFolder,
    env: { ...withoutInngest(env), ...keyVariables(settings) },
    waitUntilReady: waitForReadyLine,
    isFirstLineOurs: true,
    stopMaxMs: STOP_MAX_MS,
  };
}

/** The real server, as a program of this machine: `argv` is how it is called (find-inngest.ts). */
export function inngestPart(settings: Settings, env: Env, program: readonly string[]): PartSpec {
  return {
    name: "engine",
    argv: [...program, ...inngestArgs(settings, settings.workerUrl)],
    cwd: sourceFolder,
    env: {
      ...withoutInngest(env),
      ...keyVariables(settings),
      INNGEST_SQLITE_DIR: join(settings.folders.root, "inngest"),
    },
    waitUntilReady: (watch) => waitForHealth(settings.engineUrl, watch),
    isFirstLineOurs: false,
    stopMaxMs: STOP_MAX_MS,
  };
}

/** The image's tag is pinned: `latest` once began to refuse what it took the day before. */
export const INNGEST_IMAGE = "inngest/inngest:v1.45.1";

/**
 * The real server in a container. On Linux it shares the machine's network, since the worker listens
 * on loopback only; elsewhere Docker's own name for the machine leads to its loopback. Either way the
 * worker is `settings.workerUrl`'s host.docker.internal.
 */
export function containerPart(
  settings: Settings,
  env: Env,
  platform: string = process.platform,
): PartSpec {
  const { enginePort, host, folders } = settings;
  const isLinux = platform === "linux";
  const network = isLinux
    ? ["--network", "host", "--add-host", "host.docker.internal:127.0.0.1"]
    : ["-p", `${host}:${enginePort}:${enginePort}`];
  const containerSettings = isLinux ? settings : { ...settings, host: "0.0.0.0" };
  // `-e NAME` without a value takes it from docker's own environment.
  const names = [...Object.keys(keyVariables(settings)), "INNGEST_SQLITE_DIR"];
  return {
    name: "engine",
    argv: [
      ...["docker", "run", "--rm", "--name", `system-bus-inngest-${enginePort}`, ...network],
      ...["-v", `${join(folders.root, "inngest")}:/data`],
      ...names.flatMap((name) => ["-e", name]),
      INNGEST_IMAGE,
      ...["inngest", ...inngestArgs(containerSettings, settings.workerUrl)],
    ],
    cwd: sourceFolder,
    env: { ...withoutInngest(env), ...keyVariables(settings), INNGEST_SQLITE_DIR: "/data" },
    waitUntilReady: (watch) => waitForHealth(settings.engineUrl, watch),
    isFirstLineOurs: false,
    stopMaxMs: STOP_MAX_MS,
  };
}

function inngestArgs({ mode, host, enginePort }: Settings, workerUrl: string): readonly string[] {
  const command = mode === "dev" ? ["dev", "--no-discovery"] : ["start"];
  return [...command, "--host", host, "--port", String(enginePort), "--sdk-url", workerUrl];
}

/** In dev mode no key is wanted: whatever a person's environment holds stays out. */
export function keyVariables(settings: Settings): Env {
  if (settings.mode === "dev") return {};
  const { eventKey, signingKey, signingKeyFallback } = settings;
  return {
    ...(eventKey === undefined ? {} : { INNGEST_EVENT_KEY: eventKey }),
    ...(signingKey === undefined ? {} : { INNGEST_SIGNING_KEY: signingKey }),
    ...(signingKeyFallback === undefined
      ? {}
      : { INNGEST_SIGNING_KEY_FALLBACK: signingKeyFallback }),
  };
}

export function withoutInngest(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("INNGEST_")));
}

async function waitForReadyLine({ firstLine }: ReadyWatch): Promise<void> {
  const line = await firstLine;
  if (line === null) throw new Error("it ended before it was ready");
  const parsed = ReadySchema.safeParse(parseJson(line));
  if (!parsed.success) throw new Error(`its first line is not what an engine says: ${line}`);
  if (!parsed.data.ok) throw new Error(parsed.data.error?.message ?? "it could not start");
}

async function waitForHealth(
  engineUrl: string,
  { signal }: ReadyWatch,
  clock: Clock = systemClock,
): Promise<void> {
  const giveUpAtMs = clock.nowMs() + READY_MAX_MS;
  while (!signal.aborted && clock.nowMs() < giveUpAtMs) {
    const probe = await probeEngine(engineUrl);
    if (probe.kind === "inngest") return;
    await clock.sleepMs(READY_GAP_MS, signal);
  }
  throw new Error(`no Inngest server answered at ${engineUrl}`);
}
