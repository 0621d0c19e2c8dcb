// Short questions to Docker's server, through its client.

import type { Environment } from "../agent.ts";

export interface DockerClient {
  /** The client's executable. */
  readonly docker: string;
  readonly env: Environment;
  /** How long it may take to answer. */
  readonly answerMaxMs?: number;
}

const ANSWER_MAX_MS = 20_000;

/** Kills the containers with this label, wherever the programs that started them are. Returns how many. */
export async function killContainers(
  client: DockerClient,
  [label, value]: readonly [label: string, value: string],
): Promise<number> {
  const listed = await ask(client, ["ps", "--quiet", "--filter", `label=${label}=${value}`]);
  if (listed.exitCode !== 0) throw new Error(`docker can't list its containers: ${listed.said}`);
  const ids = listed.said.split("\n").filter((id) => id !== "");
  // Each for itself: one that has just ended is no reason to leave the others.
  for (const id of ids) await ask(client, ["kill", id]);
  return ids.length;
}

/** Why nothing can run in a container of this image in this network; null when it can. */
export async function examineDocker(
  client: DockerClient,
  { image, network }: { readonly image: string; readonly network: string },
): Promise<string | null> {
  const server = await ask(client, ["version", "--format", "{{.Server.Version}}"]);
  if (server.exitCode !== 0) return `docker doesn't answer: ${server.said}`;
  const found = await ask(client, ["image", "inspect", "--format", "{{.Id}}", image]);
  if (found.exitCode !== 0) {
    return `there is no image ${image}: build it as infra/docker/agents/README.md says`;
  }
  const isInternal = await ask(client, [
    "network",
    "inspect",
    "--format",
    "{{.Internal}}",
    network,
  ]);
  if (isInternal.exitCode !== 0) {
    return `there is no network ${network}: start the proxy as infra/docker/agents/README.md says`;
  }
  if (isInternal.said !== "true")
    return `the network ${network} leads outside: it has to be internal`;
  return null;
}

async function ask(
  { docker, env, answerMaxMs = ANSWER_MAX_MS }: DockerClient,
  args: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  try {
    const child = Bun.spawn([docker, ...args], {
      ...{ env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      timeout: answerMaxMs,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    if (child.exitCode === 0) return { exitCode: 0, said: stdout.trim() };
    const said = stderr.trim() || `it has not answered within ${answerMaxMs / 1_000} s`;
    return { exitCode: child.exitCode, said };
  } catch (error) {
    return { exitCode: null, said: String(error) };
  }
}
