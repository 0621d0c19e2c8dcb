// What the tests with real processes share: a folder of their own, an engine that only takes events,
// and the promise that no process of theirs outlives them.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  listProgramKeys,
  openProgramFolder,
  type ProgramFolder,
} from "../src/folder/program-folder.ts";
import { bury } from "../src/life/bury.ts";
import type { ProgramLife } from "../src/life/program-life.ts";
import { readLife } from "../src/life/read-life.ts";
import type { ProgramSpec } from "../src/program-spec.ts";
import { createPrograms, type Programs } from "../src/programs.ts";
import { fillWorkerDeps, type ProgramsOptions } from "../src/programs-options.ts";
import { killSupervisor } from "../src/worker/kill-supervisor.ts";
import { startProgram } from "../src/worker/start-program.ts";
import type { WorkerDeps } from "../src/worker/worker-deps.ts";

/**
 * Drawn anew for every run of the tests: programs are found by a mark that has the run's id in it, and
 * two who test on one machine must not end each other's.
 */
export const RUN_ID = drawRunId();
export const OTHER_RUN_ID = drawRunId();

function drawRunId(): string {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `01K3ZJ4T1Q${[...bytes].map((byte) => digits[byte % 32]).join("")}`;
}

export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly data: {
    readonly key: string;
    readonly endedBy: string;
    readonly exitCode: number | null;
  };
}

export interface StartOptions extends Partial<ProgramSpec> {
  readonly runId?: string;
  readonly stepId?: string;
  readonly attempt?: number;
}

export class ProgramBench {
  readonly dir: string;
  /** For what the programs of a test write. */
  readonly scratch: string;
  readonly events: SentEvent[] = [];
  readonly eventPaths: string[] = [];
  /** Folders that a test has spoilt: nothing runs in them. */
  readonly damagedKeys = new Set<string>();
  readonly deps: WorkerDeps;
  readonly #options: ProgramsOptions;
  readonly #server: Bun.Server<undefined>;
  readonly #opened: Programs[] = [];
  /** What the engine answers; 0 means that it does not answer at all. */
  engineStatus = 200;

  static async open(options: Partial<ProgramsOptions> = {}): Promise<ProgramBench> {
    return new ProgramBench(await mkdtemp(join(tmpdir(), "programs-")), options);
  }

  private constructor(root: string, options: Partial<ProgramsOptions>) {
    this.dir = join(root, "programs");
    this.scratch = root;
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => this.#take(request),
    });
    this.#options = {
      dir: this.dir,
      slots: { gpu: 1 },
      sendTo: { baseUrl: this.baseUrl, eventKey: "bench-event-key" },
      lookEveryMs: 200,
      onLog: () => {},
      ...options,
    };
    this.#opened.push(createPrograms(this.#options));
    this.deps = fillWorkerDeps(this.#options);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async #take(request: Request): Promise<Response> {
    if (this.engineStatus !== 200) return new Response("down", { status: this.engineStatus });
    this.eventPaths.push(new URL(request.url).pathname);
    // The tests look at what is in it.
    this.events.push((await request.json()) as SentEvent);
    return Response.json({ ids: ["01K3ZJ4T1Q8X5V7N2M6B9C0D3G"], status: 200 });
  }

  /** A worker over the bench's folder; another one of the same is a worker that was restarted. */
  openPrograms(changes: Partial<ProgramsOptions> = {}): Programs {
    const programs = createPrograms({ ...this.#options, ...changes });
    this.#opened.push(programs);
    return programs;
  }

  depsWith(changes: Partial<ProgramsOptions>): WorkerDeps {
    return fillWorkerDeps({ ...this.#options, ...changes });
  }

  /** Starts a shell script as a program. */
  start(script: string, options: StartOptions = {}, deps = this.deps): Promise<string> {
    const { runId = RUN_ID, stepId = "work", attempt = 1, ...spec } = options;
    return startProgram(deps, {
      ...{ runId, stepId, attempt },
      spec: {
        command: "/bin/sh",
        args: ["-c", script],
        wallClockMaxMs: 60_000,
        attemptsMax: 3,
        ...spec,
      },
    });
  }

  folder(key: string): ProgramFolder {
    return openProgramFolder(this.dir, key);
  }

  life(key: string): Promise<ProgramLife> {
    return readLife(this.folder(key), this.deps.table);
  }

  async collect(key: string): Promise<void> {
    await this.folder(key).writeCollected({ collectedAt: new Date().toISOString() });
  }

  async waitForState<State extends ProgramLife["state"]>(
    key: string,
    state: State,
  ): Promise<Extract<ProgramLife, { state: State }>> {
    const isIt = (life: ProgramLife): life is Extract<ProgramLife, { state: State }> =>
      life.state === state;
    return waitFor(`${key} is ${state}`, async () => {
      const life = await this.life(key);
      return isIt(life) ? life : null;
    });
  }

  async ended(key: string) {
    return (await this.waitForState(key, "ended")).ended;
  }

  /** Nothing before the program was launched. */
  stdout(key: string): Promise<string> {
    return readFile(this.folder(key).stdoutPath, "utf8").catch(() => "");
  }

  stderr(key: string): Promise<string> {
    return readFile(this.folder(key).stderrPath, "utf8");
  }

  async supervisorPid(key: string): Promise<number> {
    const claim = await this.folder(key).readClaim();
    if (claim === null) throw new Error(`${key} has no claim`);
    return claim.supervisor.pid;
  }

  /** Returns when it is dead. */
  async killSupervisor(key: string): Promise<void> {
    await killSupervisor(this.folder(key), this.deps);
  }

  /** The program's living processes, found by the mark that they carry. */
  async marked(key: string): Promise<readonly number[]> {
    return [...(await this.deps.table.listMarked("SYSTEM_BUS_PROGRAM", key))];
  }

  async isPidAlive(pid: number): Promise<boolean> {
    return (await this.deps.table.find(pid)) !== null;
  }

  async close(): Promise<void> {
    try {
      for (const programs of this.#opened) await programs.close();
      for (const key of await listProgramKeys(this.dir)) await this.#end(key);
    } finally {
      await this.#server.stop(true);
      // A supervisor that still lives goes with its folder.
      await rm(this.scratch, { recursive: true, force: true });
    }
  }

  async #end(key: string): Promise<void> {
    if (this.damagedKeys.has(key)) return;
    const folder = this.folder(key);
    await killSupervisor(folder, this.deps);
    await bury(folder, { ...this.deps, endedBy: "lost", graceMs: 0 });
  }
}

/** Real processes take real time; a test fails when it takes much longer than it should. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | null | false | undefined>,
  withinMs = 10_000,
): Promise<T> {
  const beganMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    if (performance.now() - beganMs > withinMs) {
      throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    }
    await Bun.sleep(20);
  }
}
