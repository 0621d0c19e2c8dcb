// The few things that we ask of Docker, in words of our own. Which container is wanted is decided
// elsewhere (wanted-container.ts).

import { CliError, type Failure } from "../output/failure.ts";
import type { ClientEnd, RunClient } from "./run-client.ts";
import { readContainer, type SeenContainer } from "./seen-container.ts";

/** Asked at every set-up, also where no container is wanted. */
const LOOK_MAX_MS = 10_000;
const QUICK_MAX_MS = 30_000;
/** `docker stop` gives the server ten seconds of its own before it kills it. */
const STOP_MAX_MS = 60_000;
const PULL_MAX_MS = 900_000;

export type DockerState =
  | { readonly kind: "ready"; readonly version: string }
  | { readonly kind: "not-installed" }
  | { readonly kind: "not-answering"; readonly reason: string };

export class DockerClient {
  readonly #run: RunClient;
  readonly #env: Readonly<Record<string, string>>;

  constructor(run: RunClient, env: Readonly<Record<string, string>>) {
    this.#run = run;
    this.#env = env;
  }

  async look(): Promise<DockerState> {
    const args = ["version", "--format", "{{.Server.Version}}"];
    const end = await this.#call(args, { timeMaxMs: LOOK_MAX_MS });
    if (end.exitCode === 127) return { kind: "not-installed" };
    if (end.exitCode !== 0) return { kind: "not-answering", reason: lastLine(end.stderr) };
    return { kind: "ready", version: end.stdout.trim() };
  }

  /** Null when there is none of this name, running or stopped. */
  async findContainer(name: string): Promise<SeenContainer | null> {
    const end = await this.#call(["container", "inspect", name]);
    if (end.exitCode === 0) return readContainer(end.stdout);
    if (isAbsent(end)) return null;
    throw refused(["container", "inspect", name], end);
  }

  async hasVolume(name: string): Promise<boolean> {
    return this.#has(["volume", "inspect", name]);
  }

  async hasImage(name: string): Promise<boolean> {
    return this.#has(["image", "inspect", name]);
  }

  /** The address under which containers of the default network reach this machine; null if unknown. */
  async findGateway(): Promise<string | null> {
    const format = "{{range .IPAM.Config}}{{.Gateway}} {{end}}";
    const end = await this.#call(["network", "inspect", "bridge", "--format", format]);
    const gateways = end.exitCode === 0 ? end.stdout.trim().split(/\s+/) : [];
    return gateways.find((gateway) => /^[0-9.]+$/.test(gateway)) ?? null;
  }

  async pullImage(name: string, stop: AbortSignal): Promise<void> {
    const args = ["pull", "--quiet", name];
    const end = await this.#call(args, { timeMaxMs: PULL_MAX_MS, stop });
    if (end.exitCode === 0) return;
    throw new CliError({
      code: stop.aborted ? "interrupted" : "unavailable",
      message: stop.aborted
        ? `Interrupted while ${name} was fetched. Nothing was changed.`
        : `The image ${name} can't be had: ${lastLine(end.stderr)}`,
      fix: stop.aborted
        ? "Run it again to go on."
        : "Check the network and `docker pull`, or use the embedded engine with --tier 0.",
    });
  }

  async createVolume(name: string): Promise<void> {
    await this.#do(["volume", "create", name]);
  }

  /** `args` are those after `docker run`; values of `env` are what its `-e NAME` takes. */
  async runContainer(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#do(["run", ...args], { env: { ...this.#env, ...env } });
  }

  async startContainer(name: string): Promise<void> {
    await this.#do(["start", name]);
  }

  async stopContainer(name: string): Promise<void> {
    await this.#do(["stop", name], { timeMaxMs: STOP_MAX_MS });
  }

  async removeContainer(name: string): Promise<void> {
    await this.#do(["rm", "--force", name], { timeMaxMs: STOP_MAX_MS });
  }

  /** Out of the way and stopped, also after the next boot; nothing of it is lost. */
  async setAsideContainer(name: string, as: string): Promise<void> {
    await this.#do(["update", "--restart", "no", name]);
    await this.stopContainer(name);
    await this.#do(["rename", name, as]);
  }

  async #has(args: readonly string[]): Promise<boolean> {
    const end = await this.#call(args);
    if (end.exitCode === 0) return true;
    if (isAbsent(end)) return false;
    throw refused(args, end);
  }

  async #do(args: readonly string[], options: CallOptions = {}): Promise<void> {
    const end = await this.#call(args, options);
    if (end.exitCode !== 0) throw refused(args, end);
  }

  #call(args: readonly string[], options: CallOptions = {}): Promise<ClientEnd> {
    return this.#run(["docker", ...args], { env: this.#env, timeMaxMs: QUICK_MAX_MS, ...options });
  }
}

interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeMaxMs?: number;
  readonly stop?: AbortSignal;
}

/** Old and new clients word it differently; both say "no such". */
function isAbsent({ stderr }: ClientEnd): boolean {
  return /no such/i.test(stderr);
}

function refused(args: readonly string[], { exitCode, stderr }: ClientEnd): CliError {
  return new CliError({
    code: "unavailable",
    message: `\`docker ${args.slice(0, 2).join(" ")}\` ended with ${exitCode}: ${lastLine(stderr)}`,
    fix: "Correct what it says, then run the same command again: it goes on where it stopped.",
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it said nothing";
}

/** Why nothing can be run in a container here. */
export function describeNoDocker(state: Exclude<DockerState, { kind: "ready" }>): Failure {
  const reason =
    state.kind === "not-installed"
      ? "docker is not installed"
      : `docker's daemon does not answer (${state.reason})`;
  return {
    code: "unavailable",
    message: `Inngest can't run in a container here: ${reason}.`,
    fix: "Install or start Docker (Docker Desktop, OrbStack, Colima), or use the embedded engine: --engine embedded, or `igs setup --tier 0`.",
  };
}
