import { isIP } from "node:net";

/**
 * Whether a host, as it stands in an address or as one listens on, is this machine alone. `127.example.org`
 * is a name like any other.
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
