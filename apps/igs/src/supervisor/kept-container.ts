// The container that `igs setup` leaves running for BUS_ENGINE=docker: `igs start` uses it, and starts it
// when it is stopped, rather than another one beside it.

import type { Settings } from "@system-bus/settings";
import type { Clock } from "../clock.ts";
import type { DockerClient } from "../containers/docker-client.ts";
import { CONTAINER_NAME } from "../containers/wanted-container.ts";
import { type EngineProbe, probeEngine } from "../status/probe-engine.ts";

const READY_MAX_MS = 60_000;
const LOOK_GAP_MS = 200;

export interface KeptContainerDeps {
  readonly docker: DockerClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Null where there is none with the engine's port. Else what answers there now, which is nothing when the
 * server is not ready in a minute: the worker then waits for it.
 */
export async function startKeptContainer(
  { enginePort, engineUrl }: Pick<Settings, "enginePort" | "engineUrl">,
  { docker, clock, signal }: KeptContainerDeps,
): Promise<Extract<EngineProbe, { kind: "inngest" | "none" }> | null> {
  const container = await docker.findContainer(CONTAINER_NAME);
  if (!container?.published.some(({ port }) => port === enginePort)) return null;
  if (!container.isRunning) await docker.startContainer(CONTAINER_NAME);
  const giveUpAtMs = clock.nowMs() + READY_MAX_MS;
  while (!signal.aborted && clock.nowMs() < giveUpAtMs) {
    const probe = await probeEngine(engineUrl);
    if (probe.kind === "inngest") return probe;
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
  return { kind: "none" };
}
