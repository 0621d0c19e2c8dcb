// Where the agents of a loop run that was started with `--docker`: infra/docker/agents has the image, the
// network without a way out and the proxy, under these names.

import { join } from "node:path";
import { type Container, examineDocker } from "@system-bus/agents";
import { type LoopPlaces, LoopsError } from "@system-bus/loops";
import type { LoopDeps } from "./loop-deps.ts";

const IMAGE = "system-bus-agents";
const NETWORK = "system-bus-agents";
const PROXY_URL = "http://proxy:3128";

/** Refuses where nothing could run in a container. */
export async function checkDocker(deps: LoopDeps): Promise<void> {
  const docker = findDocker(deps);
  const client = { docker, env: deps.env };
  const problem = await examineDocker(client, { image: IMAGE, network: NETWORK });
  if (problem !== null) throw new LoopsError("PROJECT_UNFIT", `--docker: ${problem}`);
}

/** `name` is unique among the loop's programs; `folder` is the clone that the agent works in. */
export function loopContainer(
  deps: LoopDeps,
  places: LoopPlaces,
  { name, folder }: { readonly name: string; readonly folder: string },
): Container {
  return {
    ...{ docker: findDocker(deps), clientEnv: deps.env, image: IMAGE, network: NETWORK },
    name: `system-bus-${places.loopId}-${name}`,
    labels: { "system-bus.loop": places.loopId },
    ...{ writable: [folder], readable: [join(folder, ".git"), places.scratch] },
    secretsPath: join(places.folder, `environment-${name}`),
    proxyUrl: PROXY_URL,
    user: `${process.getuid?.() ?? 1_000}:${process.getgid?.() ?? 1_000}`,
  };
}

function findDocker({ finder }: LoopDeps): string {
  const found = Bun.which("docker", { PATH: finder.searchPath });
  if (found !== null) return found;
  throw new LoopsError("PROJECT_UNFIT", "--docker: docker is not installed, or not on the PATH");
}
