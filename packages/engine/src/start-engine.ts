import { version } from "../package.json";
import { EngineError } from "./core/errors.ts";
import type { Retention } from "./core/retention.ts";
import { EngineCore } from "./engine.ts";
import { Access } from "./http/access/access.ts";
import { createHttpApp } from "./http/app.ts";
import { createPageServer, type PageServer, type Pages } from "./http/page-server.ts";
import { type SocketSession, socketHandler } from "./http/realtime/socket-session.ts";
import { isSigningKey } from "./protocol/signature.ts";
import type { EndedRunNotice } from "./runtime/effects.ts";
import type { Log } from "./runtime/log.ts";
import { watchLoopLag } from "./runtime/metrics/loop-lag.ts";
import type { TraceExportOptions } from "./runtime/trace-export/trace-exporter.ts";
import type { Storage } from "./store/database.ts";

export interface EngineOptions {
  /** Anything but loopback needs keys. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly storage: Storage;
  /** Accepts any event key and unsigned apps; serves `/dev`. */
  readonly isDev: boolean;
  readonly eventKeys: readonly string[];
  readonly signingKey?: string;
  readonly signingKeyFallback?: string;
  /** Replaces Inngest's backoff by a fixed pause. */
  readonly retryIntervalMs?: number;
  /** Serve URLs of apps to sync at the start. */
  readonly sdkUrls?: readonly string[];
  /** Names by which browsers may reach the engine, beside loopback, such as a Tailscale one. */
  readonly allowedHosts?: readonly string[];
  /** Routes of `Bun.serve` for the pages that people look at. */
  readonly pages?: Pages;
  /** Sends the traces of ended runs to an OTLP receiver. */
  readonly traceExport?: TraceExportOptions;
  /** How long what is over is kept; all of it for ever when absent. */
  readonly retention?: Retention;
  readonly onLog?: Log;
  /** Told of each run that ended, once its end is on disk. */
  readonly onRunEnded?: (notice: EndedRunNotice) => void;
}

export interface RunningEngine {
  readonly url: string;
  readonly port: number;
  /** Starts no more calls, waits up to `graceMs` for those in hand, closes socket and database. */
  stop(graceMs?: number): Promise<void>;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
/** The largest body that a route takes; each has its own, lower bound. */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024;
/**
 * How long a connection may be open with nothing on it, or with a trickle. Nobody waits for an answer of
 * the engine for as long: its own calls to apps go the other way, and may take hours. Bun ends by itself
 * what has not sent its headers after twelve seconds, or has sent too many.
 */
const IDLE_SECONDS_MAX = 120;

/**
 * Starts the engine with its HTTP server. Throws OPTIONS_INVALID, DATA_IN_USE, DATABASE_TOO_NEW or
 * PORT_TAKEN, each with what to do; then nothing is left running.
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  checkOptions(options);
  const { host, port, pages = {} } = options;
  const core = new EngineCore({ ...options, signingKeys: findSigningKeys(options) });
  const pageServer = createPageServer(pages);
  const stopWatching = watchLoopLag((lagMs) => core.metrics.observeLag(lagMs));
  const app = createApp(options, core, pageServer);
  try {
    const server = Bun.serve<SocketSession>({
      hostname: host,
      port,
      idleTimeout: IDLE_SECONDS_MAX,
      maxRequestBodySize: REQUEST_BYTES_MAX,
      development: false,
      // Without development Bun lets a second engine share the port, and half the calls go there.
      reusePort: false,
      fetch: (request, self) => app.fetch(request, self),
      websocket: socketHandler,
    });
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
      port: server.port ?? port,
      stop: async (graceMs = 0) => {
        // The apps' calls in hand still send their checkpoints meanwhile.
        await core.drain(graceMs);
        await server.stop(true);
        await pageServer.stop();
        stopWatching();
        core.close();
      },
    };
  } catch (error) {
    core.close();
    stopWatching();
    throw describeListenError(error, options);
  }
}

function createApp(options: EngineOptions, core: EngineCore, pageServer: PageServer) {
  const { isDev, eventKeys, allowedHosts = [], onLog: log = () => {} } = options;
  const signingKeys = findSigningKeys(options);
  const nowMs = () => Date.now();
  const isOpen = isDev && signingKeys.length === 0;
  const { commands, reads, realtime, upkeep, metrics } = core;
  const onRefusal = (code: string) => metrics.countRefusal(code);
  const access = new Access({ eventKeys, signingKeys, isOpen, allowedHosts, nowMs, onRefusal });
  const servePage = (request: Request) => pageServer.respond(request);
  return createHttpApp({
    commands,
    reads,
    realtime,
    upkeep,
    metrics,
    access,
    isDev,
    version,
    nowMs,
    log,
    servePage,
  });
}

function findSigningKeys({ signingKey, signingKeyFallback }: EngineOptions): string[] {
  return [signingKey, signingKeyFallback].filter((key) => key !== undefined);
}

function checkOptions(options: EngineOptions): void {
  const { host, isDev, eventKeys } = options;
  const signingKeys = findSigningKeys(options);
  if (!signingKeys.every(isSigningKey)) {
    throw invalid(
      'The signing key must be hex with an even number of digits. Make one with "openssl rand -hex 32".',
    );
  }
  const hasKeys = signingKeys.length > 0 && eventKeys.length > 0;
  if (!isDev && !hasKeys) {
    throw invalid("An event key and a signing key are needed, unless the engine runs in dev mode.");
  }
  if (!LOOPBACK_HOSTS.has(host) && !hasKeys) {
    throw invalid(
      `Listening on ${host} lets others reach the engine: that needs an event key and a signing key.`,
    );
  }
}

function invalid(message: string): EngineError {
  return new EngineError("OPTIONS_INVALID", message);
}

function describeListenError(cause: unknown, { host, port }: EngineOptions): unknown {
  const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
  if (!isTaken) return cause;
  const message = `Port ${port} of ${host} is taken. Stop what listens there, or choose another port.`;
  return new EngineError("PORT_TAKEN", message, { cause });
}
