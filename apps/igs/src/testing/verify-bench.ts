// A bus to verify: an engine and a worker that are plain objects behind real servers and the real client, and
// processes that come back when they are ended.

import { createInngestApi } from "@system-bus/inngest-api";
import type { ProcessIdentity, ProcessTable } from "@system-bus/programs/processes";
import type { FoundSupervisor } from "../supervisor/find-supervisor.ts";
import type { VerifyScene } from "../verify/verify-scene.ts";
import { LeapingClock } from "./leaping-clock.ts";

export const WORKER: ProcessIdentity = { pid: 4_711, startMark: "8", bootId: "boot" };
export const ENGINE: ProcessIdentity = { pid: 4_712, startMark: "8", bootId: "boot" };
export const SUPERVISOR: ProcessIdentity = { pid: 4_700, startMark: "8", bootId: "boot" };

export interface Planted {
  readonly registered?: readonly string[];
  readonly status?: string;
  readonly output?: unknown;
  /** Of the event that starts runs; one run where absent. */
  readonly runs?: readonly unknown[];
  /** Who ran the first step, by its own word. */
  readonly firstWorker?: ProcessIdentity;
  /** Ids of ended runs that are listed, the first time and after that. */
  readonly histories?: readonly (readonly string[])[];
  readonly staysDown?: boolean;
  readonly hasNoPage?: boolean;
  /** The run has ended by the time a part would be ended in its middle. */
  readonly isThrough?: boolean;
}

const step = (token: string, worker = WORKER) => ({ token, worker });

export const END = { one: step("1"), two: step("2", { ...WORKER, pid: 5_711 }) };

export class VerifyBench {
  readonly #planted: Planted;
  readonly #servers: Bun.Server<undefined>[] = [];
  readonly signals: string[] = [];
  #listCount = 0;
  /** The first event's run goes through at once; those after it pause until a part was ended. */
  #eventCount = 0;
  #hasSignalledSinceEvent = false;
  /** Null: nobody of ours keeps the bus. */
  supervisor: FoundSupervisor | null = null;

  constructor(planted: Planted = {}) {
    this.#planted = planted;
  }

  /** What `igs start` would have written. */
  static recordOf(fields: Partial<FoundSupervisor> = {}): FoundSupervisor {
    return {
      mode: "start",
      engine: "start-embedded",
      engineUrl: "",
      workerOrigin: "",
      supervisor: SUPERVISOR,
      parts: { engine: ENGINE, worker: WORKER },
      ...fields,
    };
  }

  createScene(more: Partial<VerifyScene> = {}): VerifyScene {
    const workerOrigin = this.#serve(() => Response.json({ functions: ["system-verify"] }));
    const engineUrl = this.#serve((path) => this.#answer(path, workerOrigin));
    return {
      api: createInngestApi({ baseUrl: engineUrl }),
      engineUrl,
      workerOrigin,
      processes: this.#processes(),
      findSupervisor: async () => this.supervisor,
      lookAtDaemon: async () => ({ kind: "none", reason: "no daemon", cure: "install one" }),
      clock: new LeapingClock(),
      signal: new AbortController().signal,
      askConsent: async () => ({ kind: "given" }),
      onProgress() {},
      onResult() {},
      ...more,
    };
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) await server.stop(true);
  }

  #serve(answer: (path: string) => Response): string {
    const fetch = (request: Request) => answer(new URL(request.url).pathname);
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
    this.#servers.push(server);
    return server.url.origin;
  }

  #answer(path: string, workerOrigin: string): Response {
    if (path === "/" && !this.#planted.hasNoPage) {
      const headers = { "content-type": "text/html" };
      return new Response("<title>Dashboard</title>", { headers });
    }
    if (path.startsWith("/e/")) {
      this.#eventCount += 1;
      this.#hasSignalledSinceEvent = false;
      return Response.json({ ids: ["01EVENT"], status: 200 });
    }
    const data = this.#data(path, workerOrigin);
    if (data !== undefined) return Response.json({ data });
    return Response.json({ errors: [{ message: "not found" }] }, { status: 404 });
  }

  #data(path: string, workerOrigin: string): unknown {
    const { registered = ["system-verify"], runs, status = "COMPLETED" } = this.#planted;
    const app = { id: "system-bus" };
    const run = runOf("01RUN", status, this.#planted.output ?? END);
    const isBusy = !this.#planted.isThrough && !this.#hasSignalledSinceEvent;
    switch (path) {
      case "/api/v2/apps":
        return [{ ...app, name: "bus", latestSync: { url: `${workerOrigin}/api/inngest` } }];
      case "/api/v2/apps/system-bus/functions":
        return registered.map((id) => ({ id, name: id, app }));
      case "/api/v2/events/01EVENT/runs":
        return runs ?? [run];
      case "/api/v2/runs/01RUN":
        return this.#eventCount > 1 && isBusy ? { ...run, status: "RUNNING" } : run;
      case "/api/v2/runs/01RUN/trace":
        return { rootSpan: traceOf(this.#planted.firstWorker) };
      case "/api/v2/runs":
        return this.#nextHistory().map((id) => runOf(id, "COMPLETED", null));
      default:
        return undefined;
    }
  }

  #nextHistory(): readonly string[] {
    const { histories = [[]] } = this.#planted;
    const history = histories[Math.min(this.#listCount, histories.length - 1)];
    this.#listCount += 1;
    return history ?? [];
  }

  #processes(): ProcessTable {
    return {
      bootId: "boot",
      find: async (pid) => ({ pid, parentPid: 1, groupPid: pid, startMark: "8", command: "bun" }),
      list: async () => [],
      listMarked: async () => new Set(),
      signal: (pid, signal) => {
        this.signals.push(`${signal} ${pid}`);
        this.#hasSignalledSinceEvent = true;
        if (this.supervisor === null || this.#planted.staysDown) return;
        const next = (one: ProcessIdentity | undefined) =>
          one?.pid === pid ? { ...one, pid: pid + 1_000 } : one;
        const { supervisor, parts } = this.supervisor;
        this.supervisor = {
          ...this.supervisor,
          supervisor: next(supervisor) ?? supervisor,
          parts: { engine: next(parts.engine), worker: next(parts.worker) },
        };
      },
    };
  }
}

function runOf(id: string, status: string, output: unknown) {
  return {
    id,
    app: { id: "system-bus" },
    function: { id: "system-verify", name: "" },
    status,
    queuedAt: "2026-11-21T09:00:00Z",
    output,
  };
}

function traceOf(worker = WORKER) {
  const one = { id: "1", name: "one", status: "COMPLETED", output: { data: step("1", worker) } };
  return { id: "root", name: "run", status: "RUNNING", children: [one] };
}
