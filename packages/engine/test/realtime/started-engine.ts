// A started engine on a free port with an app of the official SDK, both over real sockets: what listens
// does so as it would from another machine.

import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/bun";
import type { LogLine } from "../../src/runtime/log.ts";
import { type RunningEngine, startEngine } from "../../src/start-engine.ts";
import type { Storage } from "../../src/store/database.ts";

export interface StartedEngineOptions {
  readonly functions?: (inngest: Inngest) => InngestFunction.Any[];
  readonly signingKey?: string;
  readonly storage?: Storage;
  /** 0, if absent: any. */
  readonly port?: number;
}

export interface StartedEngine extends RunningEngine {
  readonly inngest: Inngest;
  readonly logged: readonly LogLine[];
}

export async function startEngineWithApp(options: StartedEngineOptions): Promise<StartedEngine> {
  const { signingKey, storage = { kind: "memory" }, port = 0, functions } = options;
  const logged: LogLine[] = [];
  const engine = await startEngine({
    host: "127.0.0.1",
    port,
    storage,
    isDev: signingKey === undefined,
    eventKeys: ["test-key"],
    retryIntervalMs: 10,
    onLog: (line) => logged.push(line),
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  const inngest = new Inngest({
    id: "app",
    baseUrl: engine.url,
    isDev: signingKey === undefined,
    eventKey: "test-key",
    logger: silentLogger,
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  const app = functions && (await serveApp(inngest, functions(inngest)));
  return {
    ...engine,
    inngest,
    logged,
    stop: async (graceMs) => {
      await engine.stop(graceMs);
      await app?.stop(true);
    },
  };
}

async function serveApp(client: Inngest, functions: InngestFunction.Any[]) {
  const app = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    routes: { "/api/inngest": serve({ client, functions }) },
  });
  const synced = await fetch(new URL("/api/inngest", app.url), { method: "PUT" });
  if (!synced.ok) throw new Error(`the app was not registered: ${await synced.text()}`);
  return app;
}

/** Messages as they come, and a wait for as many as a test wants. */
export class Inbox<T> {
  readonly messages: T[] = [];
  #wake: () => void = () => {};

  readonly put = (message: T): void => {
    this.messages.push(message);
    this.#wake();
  };

  async waitFor(holds: (messages: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!holds(this.messages)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.messages;
  }
}

const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
