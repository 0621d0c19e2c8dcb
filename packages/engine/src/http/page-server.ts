// The pages that people look at. Bun bundles a page only for a route of `Bun.serve`, and answers such a
// route before any code of ours is asked. So pages get a server of their own, on a socket that nobody
// else can open, and come through the guarded app like every other answer.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Serve } from "bun";

/** What a bundled page is to `Bun.serve`, by path. */
export type Pages = Readonly<Record<string, Serve.BaseRouteValue>>;

export interface PageServer {
  /** The page or the bundled file at the request's path; 404 where there is none. */
  respond(request: Request): Promise<Response>;
  stop(): Promise<void>;
}

/** Cookies and keys stay outside: pages are the same for everyone who may see them. */
const FORWARDED_HEADERS = ["accept", "if-none-match", "if-modified-since"] as const;

/** Starts the inner server with the first page that is asked for: an engine alone needs none. */
export function createPageServer(pages: Pages): PageServer {
  let inner: InnerServer | null = null;
  return {
    async respond(request) {
      inner ??= startInnerServer(pages);
      const { pathname } = new URL(request.url);
      const { method } = request;
      const { socket: unix } = inner;
      const headers = forwardedHeaders(request);
      return fetch(`http://pages${pathname}`, { method, headers, unix, redirect: "manual" });
    },
    async stop() {
      await inner?.stop();
    },
  };
}

interface InnerServer {
  readonly socket: string;
  stop(): Promise<void>;
}

function startInnerServer(pages: Pages): InnerServer {
  const folder = mkdtempSync(join(tmpdir(), "system-bus-"));
  const socket = join(folder, "pages.sock");
  const server = Bun.serve({
    unix: socket,
    // Bun's script for reloading is refused by the pages' Content-Security-Policy.
    development: false,
    routes: pages,
    fetch: () => new Response("Not found", { status: 404 }),
  });
  return {
    socket,
    async stop() {
      await server.stop(true);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function forwardedHeaders({ headers }: Request): Headers {
  const forwarded = new Headers();
  for (const name of FORWARDED_HEADERS) {
    const value = headers.get(name);
    if (value !== null) forwarded.set(name, value);
  }
  return forwarded;
}
