import { isIP } from "node:net";

/** The name in a `Host` header or an origin's authority, without port and brackets; null when it is none. */
export function readHostName(authority: string): string | null {
  const url = `http://${authority}`;
  if (!URL.canParse(url)) return null;
  const { hostname, username, pathname } = new URL(url);
  if (username !== "" || pathname !== "/") return null;
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** This machine by name, or any plain address: names that no foreign DNS server can point at us. */
export function isUnspoofable(hostName: string): boolean {
  return isLoopback(hostName) || isIP(hostName) !== 0;
}

export function isLoopback(hostName: string): boolean {
  if (hostName === "localhost" || hostName.endsWith(".localhost")) return true;
  return hostName === "::1" || (isIP(hostName) === 4 && hostName.startsWith("127."));
}
