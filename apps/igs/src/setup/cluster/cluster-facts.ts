// What is known of a Kubernetes cluster and of the way between it and this machine.

export type ClusterState =
  | { readonly kind: "ready"; readonly context: string }
  | { readonly kind: "not-installed" }
  | { readonly kind: "not-answering"; readonly reason: string };

export interface ClusterFacts {
  readonly state: ClusterState;
  readonly nodeAddresses: readonly string[];
  /** This machine's own addresses with the length of their prefix, such as `172.18.0.1/16`. */
  readonly ownAddresses: readonly string[];
  /** Where the server's port is published on the nodes. */
  readonly nodePort: number;
  /** Keys in the cluster are those of the settings; null when there are none. */
  readonly hasSameKeys: boolean | null;
  /** The manifest was applied as it is now, with the worker's address as it is now. */
  readonly isApplied: boolean;
  readonly isReady: boolean;
}

/** How pods reach the worker, and what it listens on for that. */
export interface WorkerPlace {
  /** Empty: loopback, as always. */
  readonly host: string;
  readonly origin: string;
}

/**
 * A node that is this machine (k3s), or has a network with it (kind, minikube), is reached by the address
 * that this machine has there. Any other one is in a virtual machine, as on a Mac, where Docker's name for
 * the machine leads to its loopback.
 */
export function decideWorkerPlace(
  { nodeAddresses, ownAddresses }: Pick<ClusterFacts, "nodeAddresses" | "ownAddresses">,
  workerPort: number,
): WorkerPlace {
  for (const node of nodeAddresses) {
    const own = ownAddresses.find((address) => isInNetwork(node, address));
    const host = own?.split("/")[0];
    if (host !== undefined) return { host, origin: `http://${host}:${workerPort}` };
  }
  return { host: "", origin: `http://host.docker.internal:${workerPort}` };
}

/** Where this machine reaches the server: at the node, or, when that is in a virtual machine, at loopback. */
export function decideEngineUrl(
  facts: Pick<ClusterFacts, "nodeAddresses" | "ownAddresses" | "nodePort">,
): string {
  const node = facts.nodeAddresses.find((address) =>
    facts.ownAddresses.some((own) => isInNetwork(address, own)),
  );
  return `http://${node ?? "127.0.0.1"}:${facts.nodePort}`;
}

/** IPv4 only: that is what these networks have. */
function isInNetwork(address: string, network: string): boolean {
  const [base = "", lengthText = "32"] = network.split("/");
  const [a, b] = [readIpv4(address), readIpv4(base)];
  if (a === null || b === null) return false;
  const shift = 2 ** (32 - Number(lengthText));
  return Math.floor(a / shift) === Math.floor(b / shift);
}

function readIpv4(text: string): number | null {
  const parts = text.split(".").map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : null;
}
