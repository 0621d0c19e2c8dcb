/** What a client asks a proxy for, as far as its way has to be known. */
export type ProxyRequest =
  /** Bytes in both directions, whatever they say: TLS, as a rule. */
  | { readonly kind: "tunnel"; readonly host: string; readonly port: number }
  /** One plain request. `head` is what its server gets. */
  | {
      readonly kind: "plain";
      readonly host: string;
      readonly port: number;
      readonly head: string;
    };

export interface RequestHead {
  readonly request: ProxyRequest | null;
  /** As its client has sent it, without the word before the credentials; null when there is none. */
  readonly authorization: string | null;
}

const AUTHORITY = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/?#\s]+)):(\d{1,5})$/;
/** Of the way between client and proxy alone (RFC 9110, section 7.6.1). */
const HOP_HEADER = /^(?:proxy-[a-z-]+|connection|keep-alive):/i;
const UPGRADE_HEADER = /^upgrade:/im;

/** `text` is a whole head, without the empty line that ends it. A request that no proxy can take is null. */
export function readRequestHead(text: string): RequestHead {
  const [first = "", ...headers] = text.split("\r\n");
  const [method = "", target = "", version = ""] = first.split(" ");
  const authorization = /^proxy-authorization: *basic +(\S+) *$/im.exec(text)?.[1] ?? null;
  const request = !version.startsWith("HTTP/1.")
    ? null
    : method === "CONNECT"
      ? readTunnel(target)
      : readPlain(method, target, version, headers);
  return { request, authorization };
}

function readTunnel(target: string): ProxyRequest | null {
  const [, six, name, digits] = AUTHORITY.exec(target) ?? [];
  const host = six ?? name;
  const port = Number(digits);
  return host === undefined || !(port > 0 && port < 65_536) ? null : { kind: "tunnel", host, port };
}

/**
 * The connection is closed after its answer: what a client sends on it afterwards may be meant for another
 * server, and this one would read it. A change of protocol has the connection for itself anyway.
 */
function readPlain(
  method: string,
  target: string,
  version: string,
  headers: readonly string[],
): ProxyRequest | null {
  const url = URL.parse(target);
  if (url?.protocol !== "http:") return null;
  const isUpgrade = UPGRADE_HEADER.test(headers.join("\n"));
  const kept = headers.filter((line) => !HOP_HEADER.test(line));
  const head = [
    `${method} ${url.pathname}${url.search} ${version}`,
    ...kept,
    `Connection: ${isUpgrade ? "Upgrade" : "close"}`,
  ];
  return {
    kind: "plain",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    head: `${head.join("\r\n")}\r\n\r\n`,
  };
}
