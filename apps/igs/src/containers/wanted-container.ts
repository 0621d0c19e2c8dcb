// The Inngest server in a container that stays: what `igs setup` runs for tiers 1 and 2. Pure.
//
//   C1. Keys travel by name (`-e NAME`): a command line is open to everyone on the machine.
//   C2. The port is published on loopback only: Inngest's dashboard has no login.
//   C3. Tier 2 keeps its history in a volume, because INNGEST_SQLITE_DIR says so: without it the server
//       writes under its working folder, and a volume elsewhere keeps nothing (seed 000, tier 2).
//   C4. The container reaches the worker as host.docker.internal. Docker on a Mac knows that name by
//       itself, on Linux it has to be told.

import { INNGEST_IMAGE } from "../supervisor/engine-parts.ts";
import { PORT_INSIDE, type SeenContainer } from "./seen-container.ts";

export const CONTAINER_NAME = "inngest";
export const VOLUME_NAME = "inngest-data";
const STATE_FOLDER = "/var/lib/inngest";
const LABEL = "system-bus.setup";
const HOST_NAME = "host.docker.internal";

export interface WantedContainer {
  readonly isPersistent: boolean;
  readonly enginePort: number;
  /** As the container calls it. */
  readonly workerUrl: string;
  readonly platform: string;
  readonly eventKey: string;
  readonly signingKey: string;
}

/** What follows `docker run`. */
export function containerArgs(wanted: WantedContainer): readonly string[] {
  const { isPersistent, enginePort, workerUrl, platform } = wanted;
  const names = Object.keys(containerEnv(wanted));
  return [
    ...["--detach", "--name", CONTAINER_NAME, "--label", `${LABEL}=1`],
    ...["--publish", `127.0.0.1:${enginePort}:${PORT_INSIDE}`],
    ...(platform === "linux" ? ["--add-host", `${HOST_NAME}:host-gateway`] : []),
    ...(isPersistent ? ["--volume", `${VOLUME_NAME}:${STATE_FOLDER}`] : []),
    ...(isPersistent ? ["--restart", "unless-stopped"] : []),
    ...names.flatMap((name) => ["--env", name]),
    INNGEST_IMAGE,
    ...["inngest", "start", "--host", "0.0.0.0", "--port", String(PORT_INSIDE)],
    ...["--sdk-url", workerUrl],
  ];
}

/** What its `--env NAME` takes from docker's own environment. */
export function containerEnv(wanted: WantedContainer): Readonly<Record<string, string>> {
  return {
    INNGEST_EVENT_KEY: wanted.eventKey,
    INNGEST_SIGNING_KEY: wanted.signingKey,
    ...(wanted.isPersistent ? { INNGEST_SQLITE_DIR: STATE_FOLDER } : {}),
    DO_NOT_TRACK: "1",
  };
}

export function isOurs({ labels }: Pick<SeenContainer, "labels">): boolean {
  return labels[LABEL] !== undefined;
}

/** Why a container that is there can't be the one that is wanted, in words; empty when it can. */
export function findMisfits(seen: SeenContainer, wanted: WantedContainer): readonly string[] {
  const misfits: string[] = [];
  const { env, published, extraHosts, restartPolicy } = seen;
  const keysAreSame =
    env.get("INNGEST_EVENT_KEY") === wanted.eventKey &&
    env.get("INNGEST_SIGNING_KEY") === wanted.signingKey;
  if (!keysAreSame) misfits.push("it was started with other keys");
  if (!published.some(({ port }) => port === wanted.enginePort)) {
    misfits.push(`it does not publish port ${wanted.enginePort}`);
  }
  if (published.some(({ address }) => address !== "127.0.0.1")) {
    misfits.push("its dashboard, which has no login, is open to the network");
  }
  const knowsHost = extraHosts.some((entry) => entry.startsWith(`${HOST_NAME}:`));
  if (wanted.platform === "linux" && !knowsHost) misfits.push("it can't reach the worker");
  if (wanted.isPersistent && !keepsHistory(seen)) {
    misfits.push("it keeps no history: INNGEST_SQLITE_DIR is on no volume");
  }
  if (wanted.isPersistent && restartPolicy !== "unless-stopped" && restartPolicy !== "always") {
    misfits.push("Docker would not start it again");
  }
  // Somebody else's container may well do more than is asked for; ours is as the tier says.
  if (isOurs(seen)) misfits.push(...findOwnMisfits(seen, wanted));
  return misfits;
}

function findOwnMisfits(seen: SeenContainer, wanted: WantedContainer): readonly string[] {
  const misfits: string[] = [];
  if (seen.image !== INNGEST_IMAGE) misfits.push(`it runs ${seen.image}, not ${INNGEST_IMAGE}`);
  if (!wanted.isPersistent && keepsHistory(seen)) misfits.push("it is one of tier 2");
  if (!seen.command.includes(wanted.workerUrl)) {
    misfits.push("it calls the worker at another address");
  }
  return misfits;
}

function keepsHistory({ env, mounts }: SeenContainer): boolean {
  const folder = env.get("INNGEST_SQLITE_DIR");
  if (folder === undefined) return false;
  return mounts.some(
    ({ destination }) => folder === destination || folder.startsWith(`${destination}/`),
  );
}
