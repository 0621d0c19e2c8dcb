import { join } from "node:path";
import type { Settings } from "@system-bus/settings";
import { checkoutFolder } from "../checkout.ts";
import { type Clock, systemClock } from "../clock.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { bunArgv } from "./bun-argv.ts";
import { keyVariables, withoutInngest } from "./engine-parts.ts";
import type { PartSpec, ReadyWatch } from "./part.ts";

/** Longer than the worker's own bound for steps in flight. */
const STOP_MAX_MS = 30_000;
const READY_MAX_MS = 60_000;
const READY_GAP_MS = 50;

/** INNGEST_ settings of the person that are the worker's business in either mode. */
const PASSED_ON = [
  "INNGEST_ENV",
  "INNGEST_LOG_LEVEL",
  "INNGEST_SERVE_ORIGIN",
  "INNGEST_SERVE_HOST",
  "INNGEST_SERVE_PATH",
  "INNGEST_STREAMING",
] as const;

/** The worker as a child. */
export function workerPart(settings: Settings, env: Readonly<Record<string, string>>): PartSpec {
  const { serveOrigin, bridgeHost } = settings;
  const isDev = settings.mode === "dev";
  const script = join(checkoutFolder, "apps/system-bus/src/serve.ts");
  const passedOn = PASSED_ON.flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  );
  return {
    name: "worker",
    argv: bunArgv([script], { isWatching: isDev }),
    cwd: checkoutFolder,
    env: {
      ...withoutInngest(env),
      ...Object.fromEntries(passedOn),
      ...keyVariables(settings),
      ...(isDev ? { INNGEST_DEV: settings.isDev ? "1" : "0" } : {}),
      NODE_ENV: isDev ? "development" : "production",
      INNGEST_BASE_URL: settings.engineUrl,
      ...(serveOrigin === undefined ? {} : { INNGEST_SERVE_ORIGIN: serveOrigin }),
      BUS_ENGINE: settings.engine,
      BUS_HOST: settings.host,
      ...(bridgeHost === undefined ? {} : { BUS_BRIDGE_HOST: bridgeHost }),
      BUS_WORKER_PORT: String(settings.workerPort),
      VAULT_PATH: settings.vault,
    },
    waitUntilReady: (watch) => waitForWorker(settings, watch),
    isFirstLineOurs: false,
    stopMaxMs: STOP_MAX_MS,
  };
}

/** In dev mode a worker that can't load its code waits for the next change of it, and so do we. */
async function waitForWorker(
  { mode, workerOrigin, workerPort }: Settings,
  { signal }: ReadyWatch,
  clock: Clock = systemClock,
): Promise<void> {
  const giveUpAtMs = mode === "dev" ? Number.POSITIVE_INFINITY : clock.nowMs() + READY_MAX_MS;
  while (!signal.aborted && clock.nowMs() < giveUpAtMs) {
    if (await probeWorker(workerOrigin)) return;
    await clock.sleepMs(READY_GAP_MS, signal);
  }
  throw new Error(`it did not answer on port ${workerPort}`);
}

/** Where a part that listens on `host` can be reached from this machine. */
export function listenOrigin(host: string, port: number): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
