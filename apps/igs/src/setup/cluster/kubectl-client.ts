// The few things that we ask of a cluster, through the person's own kubectl and its current context.

import { z } from "zod";
import type { ClientEnd, RunClient } from "../../containers/run-client.ts";
import { CliError } from "../../output/failure.ts";
import { parseJson } from "../../parse-json.ts";
import type { ClusterState } from "./cluster-facts.ts";

const QUICK_MAX_MS = 30_000;
/** The first time the image is fetched and a volume made. */
const ROLLOUT_MAX_S = 300;

const NodesSchema = z.object({
  items: z.array(
    z.object({
      status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
    }),
  ),
});
const SecretSchema = z.object({ data: z.record(z.string(), z.string()).nullish() });

export interface InNamespace {
  readonly name: string;
  readonly namespace: string;
}

export class KubectlClient {
  readonly #run: RunClient;
  readonly #env: Readonly<Record<string, string>>;

  constructor(run: RunClient, env: Readonly<Record<string, string>>) {
    this.#run = run;
    this.#env = env;
  }

  async look(): Promise<ClusterState> {
    const context = await this.#call(["config", "current-context"]);
    if (context.exitCode === 127) return { kind: "not-installed" };
    if (context.exitCode !== 0) return { kind: "not-answering", reason: firstLine(context.stderr) };
    const version = await this.#call(["version", "--request-timeout=10s"]);
    if (version.exitCode !== 0) return { kind: "not-answering", reason: firstLine(version.stderr) };
    return { kind: "ready", context: context.stdout.trim() };
  }

  async listNodeAddresses(): Promise<readonly string[]> {
    const { stdout } = await this.#do(["get", "nodes", "--output", "json"]);
    const addresses = NodesSchema.parse(parseJson(stdout)).items.flatMap(
      ({ status }) => status.addresses,
    );
    return addresses.flatMap(({ type, address }) => (type === "InternalIP" ? [address] : []));
  }

  /** Values decoded; null when there is none of this name. */
  async readSecret({ name, namespace }: InNamespace): Promise<ReadonlyMap<string, string> | null> {
    const args = ["get", "secret", name, "--namespace", namespace, "--output", "json"];
    const end = await this.#call(args);
    if (isAbsent(end)) return null;
    if (end.exitCode !== 0) throw refused(args, end);
    const { data } = SecretSchema.parse(parseJson(end.stdout));
    return new Map(
      Object.entries(data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString("utf8"),
      ]),
    );
  }

  /** Makes it, or gives it these values. They travel by standard input: a command line is open to all. */
  async writeSecret(
    { name, namespace }: InNamespace,
    values: Readonly<Record<string, string>>,
  ): Promise<void> {
    const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
    const { stdout } = await this.#do(
      [
        ...["create", "secret", "generic", name, "--namespace", namespace],
        ...["--from-env-file=/dev/stdin", "--dry-run=client", "--output", "json"],
      ],
      { input: lines.join("") },
    );
    await this.#do(["apply", "--filename", "-"], { input: stdout });
  }

  /** Whether the cluster has the manifest's objects as it has them. */
  async isApplied(manifest: string): Promise<boolean> {
    const args = ["diff", "--filename", manifest];
    const end = await this.#call(args);
    if (end.exitCode > 1) throw refused(args, end);
    return end.exitCode === 0;
  }

  async apply(manifest: string): Promise<void> {
    await this.#do(["apply", "--filename", manifest]);
  }

  async isReady({ name, namespace }: InNamespace): Promise<boolean> {
    const end = await this.#call([
      ...["get", "statefulset", name, "--namespace", namespace],
      ...["--output", "jsonpath={.status.readyReplicas}"],
    ]);
    return end.exitCode === 0 && Number(end.stdout.trim()) > 0;
  }

  /** A pod reads its keys when it starts. */
  async restart({ name, namespace }: InNamespace): Promise<void> {
    await this.#do(["rollout", "restart", `statefulset/${name}`, "--namespace", namespace]);
  }

  async waitUntilReady({ name, namespace }: InNamespace, stop: AbortSignal): Promise<void> {
    await this.#do(
      [
        ...["rollout", "status", `statefulset/${name}`, "--namespace", namespace],
        `--timeout=${ROLLOUT_MAX_S}s`,
      ],
      { stop, timeMaxMs: (ROLLOUT_MAX_S + 10) * 1_000 },
    );
  }

  async #do(args: readonly string[], options: CallOptions = {}): Promise<ClientEnd> {
    const end = await this.#call(args, options);
    if (end.exitCode !== 0) throw refused(args, end);
    return end;
  }

  #call(args: readonly string[], options: CallOptions = {}): Promise<ClientEnd> {
    return this.#run(["kubectl", ...args], { env: this.#env, timeMaxMs: QUICK_MAX_MS, ...options });
  }
}

interface CallOptions {
  readonly input?: string;
  readonly timeMaxMs?: number;
  readonly stop?: AbortSignal;
}

function isAbsent({ exitCode, stderr }: ClientEnd): boolean {
  return exitCode !== 0 && /\(NotFound\)|not found/i.test(stderr);
}

function refused(args: readonly string[], { exitCode, stderr }: ClientEnd): CliError {
  return new CliError({
    code: "unavailable",
    message: `\`kubectl ${args.slice(0, 2).join(" ")}\` ended with ${exitCode}: ${firstLine(stderr)}`,
    fix: "Correct what it says, then run the same command again: it goes on where it stopped.",
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] || "it said nothing";
}
