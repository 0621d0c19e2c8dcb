import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Container } from "../src/container/container.ts";
import { WatchedRun } from "./watched-run.ts";

/** A `docker` on disk that is the fake one, and a container for a run of `WatchedRun`. */
export class ContainedRun implements AsyncDisposable {
  readonly run: WatchedRun;
  readonly container: Container;

  private constructor(run: WatchedRun) {
    this.run = run;
    this.container = {
      docker: run.path("docker"),
      clientEnv: { DOCKER_CONFIG: run.path("docker-state"), DOCKER_UNKNOWN: "x" },
      image: "system-bus-agents",
      name: "loop-1",
      labels: { "system-bus.loop": "1" },
      writable: [run.path("project")],
      readable: [run.path("project/.git"), run.path("scratch")],
      secretsPath: run.path("secrets/loop-1"),
      network: "system-bus-agents",
      proxyUrl: "http://proxy:3128",
      user: "1000:1000",
    };
  }

  static async create(): Promise<ContainedRun> {
    const run = await WatchedRun.create();
    await mkdir(run.path("project/.git"));
    await mkdir(run.path("scratch"));
    const contained = new ContainedRun(run);
    const fake = join(import.meta.dir, "fake-docker.ts");
    const script = `#!/bin/sh\nexec '${process.execPath}' '${fake}' "$@"\n`;
    await writeFile(contained.container.docker, script, { mode: 0o755 });
    return contained;
  }

  /** The command lines of the client, in their order. */
  async calls(): Promise<readonly (readonly string[])[]> {
    const lines = (await this.run.read("docker-state/calls.jsonl")).split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** Of containers that the server has. */
  containers(): Promise<readonly string[]> {
    return readdir(this.run.path("docker-state/containers")).catch(() => []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run[Symbol.asyncDispose]();
  }
}
