import { isLoopback, type Settings } from "@system-bus/settings";
import type { Server } from "bun";
import type { Hono } from "hono";
import type { InngestFunction } from "inngest";
import { serve } from "inngest/hono";
import { createApp } from "./http/app.ts";
import { Bridge } from "./http/bridge.ts";
import { createExaminations } from "./http/examinations.ts";
import { lookAtHealth } from "./http/look-at-health.ts";
import { createMetrics } from "./http/metrics.ts";
import { stopServer } from "./http/stop-server.ts";
import { checkRegistration, registerAtEngine } from "./registration/engine-registration.ts";
import { shapesOf } from "./registration/function-shape.ts";
import { Registration } from "./registration/registration.ts";
import { createWorkerParts, type WorkerDeps, type WorkerParts } from "./worker-parts.ts";

export interface Worker {
  readonly functions: readonly InngestFunction.Any[];
  /** Answers one request, without the network. */
  fetch(request: Request): Response | Promise<Response>;
  /** Listens, finds its programs again, registers and keeps registered. Throws when the port is taken. */
  start(): Promise<ListeningWorker>;
  /**
   * Takes no more calls, waits up to `graceMs` for steps in flight, and leaves running programs alone.
   * The engine calls again for what was cut off.
   */
  stop(graceMs?: number): Promise<void>;
}

export interface ListeningWorker {
  readonly url: string;
  readonly port: number;
}

const STOP_GRACE_MS = 20_000;

export function createWorker(settings: Settings, deps: WorkerDeps = {}): Worker {
  const parts = createWorkerParts(settings, deps, (sinceMs) => registration.audit(sinceMs));
  // Where the engine calls; with port 0 it is only known once the worker listens.
  const address = { workerUrl: settings.workerUrl };
  const registration: Registration = createRegistration(parts, address, (request) =>
    app.fetch(request),
  );
  const app = createWorkerApp(parts, registration, address);
  const bridge = new Bridge(settings, parts);
  let server: Server<undefined> | null = null;

  return {
    functions: parts.functions,
    fetch: (request) => app.fetch(request),

    async start() {
      refuseUnsignedBeyondLoopback(settings);
      await parts.programs.resume();
      server = listen(settings.host, settings.workerPort, app);
      const { url, port = settings.workerPort } = server;
      // Runs until stop(), and never throws.
      void bridge.run((host) => listen(host, port, signedPart(app, settings.servePath)));
      if (settings.workerPort === 0) address.workerUrl = withPort(settings.workerUrl, port);
      // Runs until stop(), and never throws.
      void registration.run();
      return { url: url.href.replace(/\/$/, ""), port };
    },

    async stop(graceMs = STOP_GRACE_MS) {
      registration.stop();
      await Promise.all([stopServer(server, graceMs), bridge.stop(graceMs)]);
      await parts.programs.close();
    },
  };
}

function createRegistration(
  { settings, functions, clock, fetch, logger }: WorkerParts,
  address: { readonly workerUrl: string },
  call: (request: Request) => Response | Promise<Response>,
): Registration {
  const coded = shapesOf(functions);
  return new Registration({
    clock,
    check: () => checkRegistration({ ...settings, ...address, coded, fetch }),
    register: () => registerAtEngine({ ...settings, ...address, call, fetch }),
    onChange: ({ kind, ...details }, reason) => {
      const isWell = kind === "registered";
      logger[isWell ? "info" : "warn"]({ ...details, reason }, `registration: ${kind}`);
    },
  });
}

function createWorkerApp(
  parts: WorkerParts,
  registration: Registration,
  address: { readonly workerUrl: string },
): Hono {
  const { settings, functions, client, programs } = parts;
  const { servePath, serveOrigin } = settings;
  return createApp({
    functionCount: functions.length,
    servePath,
    serve: serve({
      client,
      functions: [...functions],
      servePath,
      ...(serveOrigin === undefined ? {} : { serveOrigin }),
    }),
    ownHosts: [
      settings.host,
      settings.bridgeHost ?? settings.host,
      new URL(settings.workerUrl).hostname,
    ],
    metrics: createMetrics(),
    health: async () => ({
      ...(await lookAtHealth({ ...parts, registration: registration.state })),
      functions: functions.map((fn) => fn.id()),
    }),
    examinations: createExaminations({ ...parts, registration, address }),
    isRegistered: () => registration.state.kind === "registered",
    listPrograms: () => programs.list(),
  });
}

/** In dev mode the SDK takes any call for the engine's, and functions run programs. */
function refuseUnsignedBeyondLoopback({ isDev, host }: Settings): void {
  if (!isDev || isLoopback(host)) return;
  throw new Error(
    `BUS_HOST is ${host}, and in dev mode calls are not signed: whoever reaches it could run functions. Use \`igs start\`, or leave BUS_HOST out.`,
  );
}

/** What asks for a signature. Health, metrics and the like are for this machine. */
function signedPart(app: Answering, servePath: string): Answering {
  return {
    fetch: (request) =>
      new URL(request.url).pathname === servePath
        ? app.fetch(request)
        : new Response("Not here.", { status: 404 }),
  };
}

interface Answering {
  fetch(request: Request): Response | Promise<Response>;
}

function listen(hostname: string, port: number, app: Answering): Server<undefined> {
  return Bun.serve({
    hostname,
    port,
    // A step may take longer than any limit: 0 lets the engine's call stay open.
    idleTimeout: 0,
    fetch: (request) => app.fetch(request),
  });
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
