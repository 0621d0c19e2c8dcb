// A place of one test's own in which something is wrong on purpose: home, settings, programs on a PATH, and
// whoever answers at the ports of engine and worker.

import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Examination } from "../doctor/examination.ts";
import { examine, type Report } from "../doctor/examine.ts";
import { createScene, type DoctorScene } from "../doctor/scene.ts";
import { findFreePorts } from "../supervisor/check-port.ts";

const EXAMINATION_MAX_MS = 10_000;

/** What a worker that is well answers to `GET /health`. */
const HEALTH = { status: "ok", problems: [], programs: [], sources: [] };

export interface PlantedWorker {
  readonly place?: Readonly<Record<string, unknown>>;
  readonly health?: Readonly<Record<string, unknown>>;
  /** Answers of `/examine/…`, by their names. */
  readonly examined?: Readonly<Record<string, unknown>>;
}

export class PlantedBus implements AsyncDisposable {
  readonly home: string;
  readonly env: Record<string, string>;
  readonly #servers: Bun.Server<undefined>[] = [];

  private constructor(home: string) {
    this.home = home;
    const [enginePort = 0, workerPort = 0] = findFreePorts("127.0.0.1", 2);
    this.env = {
      HOME: home,
      BUS_HOME: join(home, "bus"),
      VAULT_PATH: join(home, "vault"),
      PATH: join(home, "bin"),
      BUS_ENGINE_PORT: String(enginePort),
      BUS_WORKER_PORT: String(workerPort),
    };
  }

  static async create(): Promise<PlantedBus> {
    const bus = new PlantedBus(await mkdtemp(join(tmpdir(), "doctor-")));
    for (const name of ["bus", "vault", "bin"]) await mkdir(join(bus.home, name));
    return bus;
  }

  /** A program on the PATH, written for sh. Returns its path. */
  async program(name: string, script: string): Promise<string> {
    const path = join(this.home, "bin", name);
    await Bun.write(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** Lines of the settings file. */
  async setting(text: string, mode = 0o600): Promise<void> {
    const path = join(this.home, "bus/env");
    await Bun.write(path, `${text}\n`);
    await chmod(path, mode);
  }

  get engineUrl(): string {
    return `http://127.0.0.1:${this.env["BUS_ENGINE_PORT"]}`;
  }

  get workerUrl(): string {
    return `http://127.0.0.1:${this.env["BUS_WORKER_PORT"]}`;
  }

  /** What stands at the engine's port and is no embedded engine of ours. */
  engine(fetch: (request: Request) => Response): void {
    const port = Number(this.env["BUS_ENGINE_PORT"]);
    this.#servers.push(Bun.serve({ hostname: "127.0.0.1", port, fetch }));
  }

  /** A worker as the command line sees one. */
  worker({ place = {}, health = {}, examined = {} }: PlantedWorker = {}): void {
    const answers: Record<string, unknown> = {
      "/": { status: "running", functions: 11 },
      "/health": { ...HEALTH, ...health },
      "/programs": { programs: [] },
      "/examine/place": { place: { ...this.#place(), ...place } },
    };
    for (const [what, answer] of Object.entries(examined)) {
      answers[`/examine/${what}`] = { [what]: answer };
    }
    const fetch = (request: Request) => {
      const answer = answers[new URL(request.url).pathname];
      return answer === undefined ? new Response("", { status: 404 }) : Response.json(answer);
    };
    const port = Number(this.env["BUS_WORKER_PORT"]);
    this.#servers.push(Bun.serve({ hostname: "127.0.0.1", port, fetch }));
  }

  async scene(change: Partial<DoctorScene> = {}): Promise<DoctorScene> {
    return { ...(await createScene({ env: this.env }, {})), ...change };
  }

  async examine(examination: Examination, change?: Partial<DoctorScene>): Promise<Report> {
    const scene = await this.scene(change);
    return examine([examination], scene, { timeMaxMs: EXAMINATION_MAX_MS, isQuick: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server.stop(true);
    await rm(this.home, { recursive: true, force: true });
  }

  #place() {
    return {
      ...{ mode: "dev", isDev: true, engineUrl: this.engineUrl, listensOn: "127.0.0.1" },
      ...{ workerUrl: `${this.workerUrl}/api/inngest`, machine: hostname(), pid: process.pid },
      ...{ bunVersion: Bun.version, searchPath: this.env["PATH"], home: this.home },
      ...{ temporaryFolder: tmpdir(), hasSigningKey: false },
    };
  }
}
