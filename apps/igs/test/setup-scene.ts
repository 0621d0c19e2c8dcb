// `igs setup` in a home of its own, with fakes of docker and kubectl on its PATH and nothing else of theirs.

import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../src/clock.ts";
import { isDetachedBus, stopDetachedBus } from "../src/setup/detached-bus.ts";
import { readSetupRecord } from "../src/setup/setup-record.ts";
import { probeWorker } from "../src/status/probe-worker.ts";
import { findFreePorts } from "../src/supervisor/check-port.ts";
import { type Finished, Processes } from "./processes.ts";

const mainOfFakes = join(import.meta.dir, "fakes/fake-client-main.ts");

export class SetupScene {
  readonly processes: Processes;
  readonly enginePort: number;
  readonly workerPort: number;

  private constructor(processes: Processes, [enginePort, workerPort]: readonly [number, number]) {
    this.processes = processes;
    this.enginePort = enginePort;
    this.workerPort = workerPort;
  }

  static async create(programs: readonly ("docker" | "kubectl")[] = []): Promise<SetupScene> {
    const processes = await Processes.create();
    const [enginePort = 0, workerPort = 0] = findFreePorts("127.0.0.1", 2);
    const scene = new SetupScene(processes, [enginePort, workerPort]);
    const { home } = processes;
    await mkdir(join(home, "bin"));
    await mkdir(scene.state, { recursive: true });
    for (const name of programs) {
      const path = join(home, "bin", name);
      const call = `exec "${process.execPath}" --no-env-file "${mainOfFakes}" ${name} "$@"`;
      await writeFile(path, `#!/bin/sh\n${call}\n`);
      await chmod(path, 0o755);
    }
    processes.setEnv("FAKE_STATE", scene.state);
    processes.setEnv("FAKE_GATEWAY", "127.0.0.1");
    // ps comes from there, the real docker of a developer's machine does not.
    processes.setEnv("PATH", `${join(home, "bin")}:/usr/bin:/bin`);
    return scene;
  }

  get state(): string {
    return join(this.processes.home, "fake-state");
  }

  get settingsFile(): string {
    return join(this.processes.home, "env");
  }

  get ports(): readonly string[] {
    return ["--engine-port", String(this.enginePort), "--worker-port", String(this.workerPort)];
  }

  /** On ports of its own. */
  setup(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
    return this.processes.igs(["setup", ...this.ports, ...args], env);
  }

  /** What each step came to: `store-keys done`, `start-bus unchanged`. */
  static steps({ lines }: Finished): readonly string[] {
    return lines.flatMap(({ type, step, state }) => (type === "step" ? [`${step} ${state}`] : []));
  }

  async settingsText(): Promise<string> {
    return readFile(this.settingsFile, "utf8");
  }

  async keys(): Promise<readonly string[]> {
    const text = await this.settingsText();
    return [...text.matchAll(/_KEY=(\S+)/g)].map(([, key]) => key ?? "");
  }

  /** Every command line that a fake was given. */
  async calls(): Promise<readonly (readonly string[])[]> {
    const text = await readFile(join(this.state, "calls.jsonl"), "utf8").catch(() => "");
    // Written by the fakes.
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as string[]]));
  }

  /** As `docker container inspect` tells of it; null when there is none. */
  async container(name: string): Promise<InspectedContainer | null> {
    const docker = Bun.spawn(
      [join(this.processes.home, "bin/docker"), "container", "inspect", name],
      {
        env: { FAKE_STATE: this.state, PATH: process.env.PATH ?? "" },
        stdout: "pipe",
        stderr: "ignore",
      },
    );
    const text = await docker.stdout.text();
    // What the fake prints.
    const [container = null] = JSON.parse(text) as InspectedContainer[];
    return container;
  }

  /** Of the bus that setup has left running; null when there is none. */
  async busPid(): Promise<number | null> {
    const record = await readSetupRecord(join(this.processes.home, "start"));
    return record?.pid && (await isDetachedBus(record.pid)) ? record.pid : null;
  }

  /** Until a worker answers, whoever has started it. */
  async waitForBus(): Promise<void> {
    while ((await probeWorker(`http://127.0.0.1:${this.workerPort}`)) === null) await Bun.sleep(20);
  }

  async docker(...args: readonly string[]): Promise<void> {
    const docker = Bun.spawn([join(this.processes.home, "bin/docker"), ...args], {
      env: { FAKE_STATE: this.state, PATH: process.env.PATH ?? "" },
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await docker.exited) !== 0) throw new Error(`docker ${args.join(" ")} failed`);
  }

  async end(): Promise<void> {
    const pid = await this.busPid();
    if (pid !== null) await stopDetachedBus(pid, systemClock);
    await rm(this.state, { recursive: true, force: true });
    await this.processes.end();
  }
}

interface InspectedContainer {
  readonly Id: string;
  readonly State: { readonly Running: boolean };
  readonly Config: { readonly Env: readonly string[]; readonly Cmd: readonly string[] };
  readonly HostConfig: {
    readonly PortBindings: unknown;
    readonly RestartPolicy: { readonly Name: string };
    readonly ExtraHosts: readonly string[] | null;
  };
  readonly Mounts: readonly { readonly Name: string; readonly Destination: string }[];
}
