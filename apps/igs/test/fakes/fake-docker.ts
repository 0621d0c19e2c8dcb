// Docker's client and server in one, as far as `igs setup` and `igs start` speak to them: it knows those
// commands and flags that it is sent, refuses every other, writes down each command line, and keeps
// containers, volumes and images in a folder. A container runs as a server (server-host.ts) with the
// environment and the published port that it was given.
//
// Messages, exit codes and the shape of `inspect` are those of Docker 27.
//
//   <state>/docker-is-down   the daemon doesn't answer
//   <state>/no-network       nothing can be pulled

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientEnd } from "../../src/containers/run-client.ts";
import {
  type ClientCall,
  type ClientContext,
  callFake,
  type FakeClientOptions,
  fail,
} from "./fake-client.ts";
import type { ServerHost } from "./server-host.ts";

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly Config: {
    readonly Image: string;
    readonly Env: readonly string[];
    readonly Cmd: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, { HostIp: string; HostPort: string }[]>>;
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
    readonly ExtraHosts: readonly string[] | null;
  };
  readonly Mounts: readonly {
    readonly Type: "volume";
    readonly Name: string;
    readonly Destination: string;
  }[];
  readonly server: number | null;
}

const VALUED = ["--name", "--label", "--publish", "--add-host", "--volume", "--restart", "--env"];

export class FakeDocker {
  readonly #options: FakeClientOptions;
  readonly #host: ServerHost;

  constructor(options: Omit<FakeClientOptions, "name"> & { readonly host: ServerHost }) {
    this.#options = { ...options, name: "docker" };
    this.#host = options.host;
    for (const kind of ["containers", "volumes", "images"]) {
      mkdirSync(this.#path(kind), { recursive: true });
    }
  }

  call(call: ClientCall): Promise<ClientEnd> {
    return callFake(this.#options, call, (context) => this.#run(call, context));
  }

  async #run({ argv, env }: ClientCall, { print, change }: ClientContext): Promise<void> {
    if (existsSync(this.#path("docker-is-down"))) {
      fail(
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        1,
      );
    }
    const [first = "", second = "", third = ""] = argv;
    switch (first) {
      case "version":
        return print("27.3.1");
      case "network":
        return print(env["FAKE_GATEWAY"] ?? "172.17.0.1");
      case "container":
        return this.#inspectContainer(third, print);
      case "image":
        return inspect(
          print,
          existsSync(this.#image(third)) ? { RepoTags: [third] } : null,
          `No such image: ${third}`,
        );
      case "volume":
        if (second === "create") return change(() => this.#createVolume(third));
        return inspect(
          print,
          existsSync(this.#path("volumes", third)) ? { Name: third, Driver: "local" } : null,
          `get ${third}: no such volume`,
        );
      case "pull":
        if (second !== "--quiet") fail(`unknown flag: ${second}`, 125);
        return change(() => this.#pull(third));
      case "run":
        return change(() => this.#runContainer(argv.slice(1), env));
      case "start":
        return change(() => this.#start(second));
      case "stop":
        return change(() => this.#stop(second));
      case "rm":
        if (second !== "--force") fail("the fake only knows rm --force", 125);
        return change(async () => {
          await this.#stop(third);
          rmSync(this.#containerFile(third));
        });
      case "rename":
        return change(() => this.#rename(second, third));
      case "update":
        if (second !== "--restart") fail(`unknown flag: ${second}`, 125);
        return change(() => this.#setRestart(argv[3] ?? "", third));
      default:
        fail(`docker: '${first}' is not a docker command.`, 1);
    }
  }

  #path(...names: readonly string[]): string {
    return join(this.#options.state, ...names);
  }

  #image(name: string): string {
    return this.#path("images", name.replaceAll(/[/:]/g, "_"));
  }

  #containerFile(name: string): string {
    return this.#path("containers", `${name}.json`);
  }

  #load(name: string): Container | null {
    const file = this.#containerFile(name);
    // Written by this fake.
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Container) : null;
  }

  #get(name: string): Container {
    return this.#load(name) ?? fail(`Error response from daemon: No such container: ${name}`, 1);
  }

  #save(name: string, container: Container): void {
    const file = this.#containerFile(name);
    writeFileSync(`${file}.tmp`, JSON.stringify(container));
    renameSync(`${file}.tmp`, file);
  }

  #isRunning({ server }: Container): boolean {
    return server !== null && this.#host.isRunning(server);
  }

  #inspectContainer(name: string, print: (text: string) => void): void {
    const container = this.#load(name);
    if (container === null) return inspect(print, null, `No such container: ${name}`);
    const { server, ...shown } = container;
    const Running = this.#isRunning(container);
    const State = { Status: Running ? "running" : "exited", Running };
    inspect(print, { ...shown, State }, "");
  }

  #createVolume(name: string): void {
    mkdirSync(this.#path("volumes", name), { recursive: true });
  }

  #pull(image: string): void {
    if (existsSync(this.#path("no-network"))) {
      fail(
        'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
        1,
      );
    }
    writeFileSync(this.#image(image), "");
  }

  async #runContainer(words: readonly string[], env: ClientCall["env"]): Promise<void> {
    const options = new Map<string, string[]>();
    let index = 0;
    for (; words[index]?.startsWith("-"); index += 1) {
      const flag = words[index] ?? "";
      if (flag === "--detach") continue;
      if (!VALUED.includes(flag)) fail(`unknown flag: ${flag}`, 125);
      index += 1;
      options.set(flag, [...(options.get(flag) ?? []), words[index] ?? ""]);
    }
    const [image = "", ...command] = words.slice(index);
    const [name = ""] = options.get("--name") ?? [];
    const other = this.#load(name);
    if (other) {
      fail(
        `docker: Error response from daemon: Conflict. The container name "/${name}" is already in use by container "${other.Id}". You have to remove (or rename) that container to be able to reuse that name.`,
        125,
      );
    }
    if (!existsSync(this.#image(image))) this.#pull(image);
    const volumes = (options.get("--volume") ?? []).map(readVolume);
    for (const { Name } of volumes) this.#createVolume(Name);
    this.#save(name, {
      Id: crypto.randomUUID().replaceAll("-", ""),
      Name: `/${name}`,
      Config: {
        Image: image,
        Env: (options.get("--env") ?? []).flatMap((entry) => readEnv(entry, env)),
        Cmd: command,
        Labels: Object.fromEntries((options.get("--label") ?? []).map((pair) => pair.split("="))),
      },
      HostConfig: {
        PortBindings: Object.fromEntries((options.get("--publish") ?? []).map(readPublish)),
        RestartPolicy: { Name: options.get("--restart")?.[0] ?? "no", MaximumRetryCount: 0 },
        ExtraHosts: options.get("--add-host") ?? null,
      },
      Mounts: volumes,
      server: null,
    });
    await this.#start(name);
  }

  /** A container whose port is taken is there, and does not run. */
  async #start(name: string): Promise<void> {
    const container = this.#get(name);
    if (this.#isRunning(container)) return;
    const [binding] = Object.values(container.HostConfig.PortBindings).flat();
    const [mount] = container.Mounts;
    const server = await this.#host.start({
      port: Number(binding?.HostPort),
      mount: mount ? `${mount.Destination}=${this.#path("volumes", mount.Name)}` : "",
      env: Object.fromEntries(container.Config.Env.map((pair) => pair.split(/=(.*)/s, 2))),
    });
    if (server === null) {
      fail(
        `Error response from daemon: driver failed programming external connectivity on endpoint ${name}: Bind for 127.0.0.1:${binding?.HostPort} failed: port is already allocated`,
        125,
      );
    }
    this.#save(name, { ...container, server });
  }

  async #stop(name: string): Promise<void> {
    const container = this.#get(name);
    if (container.server !== null) await this.#host.stop(container.server);
    this.#save(name, { ...container, server: null });
  }

  #rename(from: string, to: string): void {
    const container = this.#get(from);
    if (this.#load(to)) {
      fail(
        `Error response from daemon: Conflict. The container name "/${to}" is already in use`,
        1,
      );
    }
    this.#save(to, { ...container, Name: `/${to}` });
    rmSync(this.#containerFile(from));
  }

  #setRestart(name: string, policy: string): void {
    const container = this.#get(name);
    const RestartPolicy = { Name: policy, MaximumRetryCount: 0 };
    this.#save(name, {
      ...container,
      HostConfig: { ...container.HostConfig, RestartPolicy },
    });
  }
}

function inspect(print: (text: string) => void, found: unknown, complaint: string): void {
  print(found === null ? "[]" : JSON.stringify([found], null, 4));
  if (found === null) fail(`Error response from daemon: ${complaint}`, 1);
}

/** `NAME` alone takes the value of docker's own environment, and nothing when there is none. */
function readEnv(entry: string, env: ClientCall["env"]): string[] {
  if (entry.includes("=")) return [entry];
  const value = env[entry];
  return value === undefined ? [] : [`${entry}=${value}`];
}

function readPublish(entry: string): [string, { HostIp: string; HostPort: string }[]] {
  const [inside = "", HostPort = "", HostIp = ""] = entry.split(":").toReversed();
  return [`${inside}/tcp`, [{ HostIp, HostPort }]];
}

function readVolume(entry: string): Container["Mounts"][number] {
  const [Name = "", Destination = ""] = entry.split(":");
  return { Type: "volume", Name, Destination };
}
