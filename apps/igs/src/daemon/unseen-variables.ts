import { agentVariables } from "@system-bus/agents";

/** The network's own: without them nothing is fetched behind a proxy. */
const NETWORK_VARIABLES = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
] as const;

/** Variables of the terminal that programs of the bus would use, and that no setting of the bus can hold. */
export function findUnseenVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return [...agentVariables(), ...NETWORK_VARIABLES].filter((name) => Boolean(env[name]));
}
