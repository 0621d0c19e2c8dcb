import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type FoundKeys, type KeysRead, readFoundKeys } from "@system-bus/settings";
import { checkoutFolder } from "../../checkout.ts";
import type { ClusterFacts } from "./cluster-facts.ts";
import type { KubectlClient } from "./kubectl-client.ts";
import { type ManifestFacts, readManifest } from "./read-manifest.ts";

export const manifestPath = join(checkoutFolder, "infra/k8s/inngest.yaml");

export async function loadManifest(): Promise<ManifestFacts> {
  return readManifest(await readFile(manifestPath, "utf8"));
}

export interface SeenCluster {
  readonly facts: ClusterFacts;
  /** Those of its Secret; null when there is none. */
  readonly keys: KeysRead | null;
}

/** `inForce` are the keys of the settings, to be compared with those of the cluster. */
export async function lookAtCluster(
  kubectl: KubectlClient,
  inForce: FoundKeys,
): Promise<SeenCluster> {
  const state = await kubectl.look();
  const ownAddresses = listOwnAddresses();
  if (state.kind !== "ready") {
    return { facts: { ...NOTHING, state, ownAddresses }, keys: null };
  }
  const { statefulSet, secret, nodePort } = await loadManifest();
  const stored = await kubectl.readSecret(secret);
  const hasSameKeys =
    stored === null
      ? null
      : stored.get("INNGEST_EVENT_KEY") === inForce.eventKey &&
        stored.get("INNGEST_SIGNING_KEY") === inForce.signingKey;
  const facts: ClusterFacts = {
    state,
    nodeAddresses: await kubectl.listNodeAddresses(),
    ownAddresses,
    nodePort,
    hasSameKeys,
    isApplied: await kubectl.isApplied(manifestPath),
    isReady: await kubectl.isReady(statefulSet),
  };
  return { facts, keys: stored === null ? null : readFoundKeys(stored) };
}

const NOTHING = {
  nodeAddresses: [],
  nodePort: 0,
  hasSameKeys: null,
  isApplied: false,
  isReady: false,
};

function listOwnAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ cidr, family, internal }) =>
      family === "IPv4" && !internal && cidr !== null ? [cidr] : [],
    );
}
