// A file server for download tests: ranges, a bound on its speed, connections that break, redirects.
// node:http, because it keeps Content-Length on a stream, which progress and resuming need.

import { createReadStream, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";

export interface SiteOptions {
  readonly folder: string;
  /** Of media files only. */
  readonly bytesPerSecond?: number;
  /** Breaks the connection after so many bytes of a media file, `cutCount` times. */
  readonly cutAfterBytes?: number;
  readonly cutCount?: number;
  /** Path to where it redirects. */
  readonly redirects?: Readonly<Record<string, string>>;
  /** Path to the status that it answers with. */
  readonly statuses?: Readonly<Record<string, number>>;
}

export interface SeenRequest {
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

export interface Site {
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".html": "text/html; charset=utf-8",
  ".vtt": "text/vtt",
};
const PIECES_PER_SECOND = 20;
const PIECE_BYTES = 65_536;

export async function openSite(options: SiteOptions): Promise<Site> {
  const requests: SeenRequest[] = [];
  const cuts = { left: options.cutCount ?? 0 };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const { range = null, authorization = null } = request.headers;
    requests.push({ path: pathname, range, authorization });
    void answer(options, { request, response, pathname, cuts });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly cuts: { left: number };
}

async function answer(options: SiteOptions, exchange: Exchange): Promise<void> {
  const { response, pathname } = exchange;
  const location = options.redirects?.[pathname];
  if (location !== undefined) return void response.writeHead(302, { location }).end();
  const status = options.statuses?.[pathname];
  if (status !== undefined) return void response.writeHead(status).end();
  const path = join(options.folder, decodeURIComponent(pathname));
  const found = statOrNull(path);
  if (!found?.isFile()) return void response.writeHead(404).end();
  await sendFile(options, exchange, { path, size: found.size });
}

function statOrNull(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

async function sendFile(
  options: SiteOptions,
  exchange: Exchange,
  { path, size }: { readonly path: string; readonly size: number },
): Promise<void> {
  const { request, response } = exchange;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from ?? 0);
  const end = to ? Math.min(Number(to), size - 1) : size - 1;
  if (start > end)
    return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
  response.writeHead(from === undefined ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-type": TYPES[extname(path)] ?? "application/octet-stream",
    "content-length": end - start + 1,
    ...(from === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === "HEAD") return void response.end();
  await sendPieces(extname(path) === ".mp4" ? options : {}, exchange, { path, start, end });
}

async function sendPieces(
  { bytesPerSecond, cutAfterBytes }: Pick<SiteOptions, "bytesPerSecond" | "cutAfterBytes">,
  { response, cuts }: Exchange,
  { path, start, end }: { readonly path: string; readonly start: number; readonly end: number },
): Promise<void> {
  const pieceBytes = bytesPerSecond ? Math.ceil(bytesPerSecond / PIECES_PER_SECOND) : PIECE_BYTES;
  const cutAt = cuts.left > 0 ? cutAfterBytes : undefined;
  let sent = 0;
  for await (const piece of createReadStream(path, { start, end, highWaterMark: pieceBytes })) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
    sent += piece.length;
    if (cutAt !== undefined && sent > cutAt) {
      cuts.left -= 1;
      response.destroy();
      return;
    }
    if (bytesPerSecond) await Bun.sleep(1000 / PIECES_PER_SECOND);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}
