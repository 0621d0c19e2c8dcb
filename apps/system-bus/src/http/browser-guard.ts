import type { MiddlewareHandler } from "hono";

/**
 * The worker listens on loopback and its dev mode checks no signatures, so any page in a browser of
 * this machine could call it. Browsers say who asks (`Origin`, `Sec-Fetch-Site`); the engine and
 * other programs don't. A browser may ask only from this machine's own pages, and only under a name
 * of this machine: a foreign name that resolves to 127.0.0.1 (DNS rebinding) is refused.
 */
export function browserGuard(ownHosts: readonly string[]): MiddlewareHandler {
  const own = new Set([...ownHosts, "localhost", "127.0.0.1", "[::1]"]);
  return async (c, next) => {
    const origin = c.req.header("origin");
    const isBrowser = origin !== undefined || c.req.header("sec-fetch-site") !== undefined;
    const isOwn =
      own.has(new URL(c.req.url).hostname) && (origin === undefined || own.has(hostOf(origin)));
    if (isBrowser && !isOwn) return c.json({ error: "Not for pages of other sites" }, 403);
    return next();
  };
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : "";
}
