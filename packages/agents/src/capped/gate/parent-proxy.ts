import type { Environment } from "../../agent.ts";

/** The proxy that this machine's programs are to use, and what they are not to use it for. */
export interface ParentProxy {
  readonly host: string;
  readonly port: number;
  /** For `Proxy-Authorization: Basic`; null when it wants none. */
  readonly authorization: string | null;
}

export interface ProxySettings {
  readonly tunnel: ParentProxy | null;
  readonly plain: ParentProxy | null;
  /** As in NO_PROXY, in lower case. */
  readonly directHosts: readonly string[];
}

/** Null when it names a proxy of a kind that we don't speak: SOCKS, or one over TLS. */
export function readProxySettings(env: Environment): ProxySettings | null {
  const named = (name: string): string => env[name.toLowerCase()] || env[name] || "";
  const all = named("ALL_PROXY");
  const tunnel = readParent(named("HTTPS_PROXY") || all);
  const plain = readParent(named("HTTP_PROXY") || all);
  if (tunnel === undefined || plain === undefined) return null;
  const directHosts = named("NO_PROXY")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return { tunnel, plain, directHosts };
}

/** Null: none is named. Undefined: not one of ours. */
function readParent(text: string): ParentProxy | null | undefined {
  if (text === "") return null;
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url?.protocol !== "http:") return undefined;
  const { hostname, port, username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 80 : Number(port),
    authorization: username === "" ? null : Buffer.from(credentials).toString("base64"),
  };
}

/** Whether NO_PROXY has this host, itself or by a domain over it; `*` is all of them. */
export function isDirect({ directHosts }: ProxySettings, host: string, port: number): boolean {
  const name = host.toLowerCase();
  return directHosts.some((entry) => {
    if (entry === "*") return true;
    // Without brackets, an IPv6 address has no port.
    const [, pattern = entry, digits] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    if (digits !== undefined && Number(digits) !== port) return false;
    const domain = pattern.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
    return name === domain || name.endsWith(`.${domain}`);
  });
}
