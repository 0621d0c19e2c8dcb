// The worker as it is, on the embedded engine, in this process: memory only, with short pauses.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createInngestApi, hasEnded, type InngestApi, type Run } from "@system-bus/inngest-api";
import { readSettings } from "@system-bus/settings";
import { createWorker, type Worker } from "../../src/index.ts";
import { createLogger } from "../../src/logger.ts";

export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly vault: string;
  readonly engine: RunningEngine;
  readonly worker: Worker;
  readonly workerUrl: string;
  readonly api: InngestApi;
  /** What the worker has told the engine of its functions, last. */
  readonly registration: () => Registration;
  readonly logLines: readonly string[];
  /** Waits for the ended runs of a function, newest first, until there are enough. */
  ended(functionId: string, count?: number): Promise<readonly Run[]>;
  send(name: string, data?: Record<string, unknown>): Promise<void>;
  /** The run, once it has ended. */
  invoke(functionId: string): Promise<Run>;
}

export interface Registration {
  readonly url: string;
  readonly body: { readonly functions: readonly { readonly id: string }[] };
}

const RETRY_MS = 20;
const WAIT_MAX_MS = 15_000;

export async function openBench(env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "system-"));
  const engine = await startEngine({
    ...{ host: "127.0.0.1", port: 0, storage: { kind: "memory" }, isDev: true, eventKeys: [] },
    retryIntervalMs: RETRY_MS,
  });
  const vault = join(folder, "vault");
  await mkdir(vault);
  await addPrograms(join(folder, ".local/bin"));
  const settings = readSettings({
    env: {
      BUS_HOME: join(folder, "bus"),
      VAULT_PATH: vault,
      BUS_WORKER_PORT: "0",
      INNGEST_BASE_URL: engine.url,
      ...env,
    },
    home: folder,
    mode: "dev",
  });
  let registration: Registration | null = null;
  const logLines: string[] = [];
  const worker = createWorker(settings, {
    ...{ env: { PATH: process.env["PATH"], HOME: folder }, home: folder, pausesMs: [] },
    logger: createLogger("info", (line) => logLines.push(line)),
    fetch: watchRegistration((seen) => {
      registration = seen;
    }),
  });
  const { url: workerUrl } = await worker.start();
  const api = createInngestApi({ baseUrl: engine.url });
  await until("the worker to be registered", async () => (await api.listFunctions()).length > 0);

  const ended: Bench["ended"] = (functionId, count = 1) =>
    until(`${count} ended run(s) of ${functionId}`, async () => {
      const { items } = await api.listRuns({ functionId: [functionId], includeOutput: true });
      const over = items.filter(({ status }) => hasEnded(status));
      return over.length >= count && over;
    });
  return {
    ...{ folder, vault, engine, worker, workerUrl, api, logLines, ended },
    registration() {
      if (registration === null) throw new Error("the worker has told the engine nothing");
      return registration;
    },
    async send(name, data = {}) {
      await api.sendEvents([{ name, data }]);
    },
    async invoke(functionId) {
      const runId = await api.invoke({ appId: "system-bus", functionId });
      return until(`run ${runId} of ${functionId} to end`, async () => {
        const run = await api.getRun(runId, { includeOutput: true });
        return hasEnded(run.status) && run;
      });
    },
    async [Symbol.asyncDispose]() {
      await worker.stop(1_000);
      await engine.stop(1_000);
      await rm(folder, { recursive: true });
    },
  };
}

/** What the health check looks for. None of them is run here. */
async function addPrograms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ["yt-dlp", "ffmpeg", "pocketsphinx_continuous"]) {
    await writeFile(join(folder, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  }
}

/** The network as it is, with an eye on what the worker tells the engine of its functions. */
function watchRegistration(onSeen: (seen: Registration) => void): typeof fetch {
  const watching = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (url.includes("/fn/register")) onSeen({ url, body: JSON.parse(String(init?.body)) });
    return fetch(input, init);
  };
  // `preconnect`, which Bun's type of fetch has beside the call, is never asked for here.
  return watching as unknown as typeof fetch;
}

export async function until<T>(
  what: string,
  look: () => Promise<T | false | null | undefined>,
): Promise<T> {
  const giveUpAtMs = performance.now() + WAIT_MAX_MS;
  while (performance.now() < giveUpAtMs) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) return seen;
    await Bun.sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
