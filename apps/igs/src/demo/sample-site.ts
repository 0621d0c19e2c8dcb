// Serves the sample talk on loopback, as a site on the network would: a page with a video and its
// captions, and the file with byte ranges.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { checkoutFolder } from "../checkout.ts";
import { readByteRange } from "./byte-range.ts";

const FOLDER = join(checkoutFolder, "samples/talk");
const HOST = "127.0.0.1";
const TITLE = "A nervous system for a small machine";
const CHUNK_MS = 100;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${TITLE}</title>
<meta property="og:title" content="${TITLE}">
</head>
<body>
<h1>${TITLE}</h1>
<video controls width="640">
<source src="/talk.mp4" type="video/mp4">
<track src="/talk.vtt" kind="captions" srclang="en" label="English" default>
</video>
<p>A short talk, made by this project. MIT licence.</p>
</body>
</html>
`;

export interface SampleSiteOptions {
  readonly port: number;
  /** Slows the file down, for a demo that is to be interrupted in the middle of it. */
  readonly bytesPerSecondMax?: number | undefined;
}

export class SampleSite {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://${HOST}:${port}/talk.html`;
  }

  static async start(options: SampleSiteOptions): Promise<SampleSite> {
    const server = createServer((request, response) => {
      answer(request, response, options).catch(() => response.destroy());
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(options.port, HOST, resolve);
    await promise;
    return new SampleSite(server, options.port);
  }

  async stop(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: SampleSiteOptions,
): Promise<void> {
  switch (new URL(request.url ?? "/", `http://${HOST}`).pathname) {
    case "/":
    case "/talk.html":
      return end(response, "text/html; charset=utf-8", PAGE);
    case "/talk.vtt":
      return end(response, "text/vtt", await Bun.file(join(FOLDER, "talk.vtt")).text());
    case "/talk.mp4":
      return sendVideo(request, response, options);
    default:
      response.writeHead(404).end();
  }
}

function end(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { "content-type": type }).end(body);
}

async function sendVideo(
  request: IncomingMessage,
  response: ServerResponse,
  { bytesPerSecondMax }: SampleSiteOptions,
): Promise<void> {
  const path = join(FOLDER, "talk.mp4");
  const { size } = await stat(path);
  const range = readByteRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  const { start, end: last } = range ?? { start: 0, end: size - 1 };
  response.writeHead(range === null ? 200 : 206, {
    "content-type": "video/mp4",
    "content-length": last - start + 1,
    "accept-ranges": "bytes",
    ...(range === null ? {} : { "content-range": `bytes ${start}-${last}/${size}` }),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const chunkBytes = bytesPerSecondMax && Math.ceil((bytesPerSecondMax * CHUNK_MS) / 1_000);
  const stream = createReadStream(path, {
    start,
    end: last,
    ...(chunkBytes ? { highWaterMark: chunkBytes } : {}),
  });
  for await (const chunk of stream) {
    if (response.destroyed) return;
    response.write(chunk);
    if (chunkBytes) await Bun.sleep(CHUNK_MS);
  }
  response.end();
}
