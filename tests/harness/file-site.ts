// A small site on loopback that serves files as sites on the network do, with byte ranges, and fails as
// they do: slow, cut off, or silent in the middle of a file for as long as a test wants.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
}

export type SitePage =
  | { readonly kind: "file"; readonly path: string; readonly type: string }
  | { readonly kind: "html"; readonly text: string }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "status"; readonly status: number };

const HOST = "127.0.0.1";
const CHUNK_BYTES = 16 * 1024;

/** What a file's transfer does after so many bytes. */
type Fault = { readonly kind: "cut" | "hold"; readonly afterBytes: number };

export class FileSite implements AsyncDisposable {
  readonly #server: Server;
  readonly #pages = new Map<string, SitePage>();
  readonly #requests: SeenRequest[] = [];
  readonly #holds = new Map<string, PromiseWithResolvers<void>>();
  readonly #cuts = new Map<string, number>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<FileSite> {
    const server = createServer();
    const site = new FileSite(server);
    server.on("request", (request, response) => {
      site.#answer(request, response).catch(() => response.destroy());
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(port, HOST, resolve);
    await promise;
    return site;
  }

  get requests(): readonly SeenRequest[] {
    return this.#requests;
  }

  url(path: string): string {
    // Listening on a port, so its address is no pipe's name.
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  add(path: string, page: SitePage): this {
    this.#pages.set(path, page);
    return this;
  }

  addFile(file: string, type: string): this {
    return this.add(`/${basename(file)}`, { kind: "file", path: file, type });
  }

  /** From now on transfers of this file stand still in their middle until they are let go. */
  hold(path: string): void {
    this.#holds.set(path, Promise.withResolvers<void>());
  }

  letGo(path: string): void {
    this.#holds.get(path)?.resolve();
    this.#holds.delete(path);
  }

  /** The next so many transfers of this file are cut off in their middle. */
  cut(path: string, count: number): void {
    this.#cuts.set(path, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#holds.keys()) this.letGo(path);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", `http://${HOST}`).pathname);
    this.#requests.push({
      method: request.method ?? "GET",
      path,
      range: request.headers.range ?? null,
    });
    const page = this.#pages.get(path) ?? { kind: "status", status: 404 };
    switch (page.kind) {
      case "status":
        response.writeHead(page.status).end();
        return;
      case "redirect":
        response.writeHead(302, { location: page.to }).end();
        return;
      case "html":
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page.text);
        return;
      case "file":
        await this.#sendFile(path, page, { request, response });
    }
  }

  async #sendFile(
    path: string,
    page: Extract<SitePage, { kind: "file" }>,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    const bytes = await Bun.file(page.path).bytes();
    const range = readRange(request.headers.range, bytes.length);
    if (range === "unsatisfiable") {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: bytes.length };
    response.writeHead(range ? 206 : 200, {
      "content-type": page.type,
      "content-length": end - start,
      "accept-ranges": "bytes",
      ...(range ? { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await this.#sendBytes(response, bytes.subarray(start, end), this.#takeFault(path, end - start));
  }

  #takeFault(path: string, sizeBytes: number): (Fault & { path: string }) | null {
    const afterBytes = Math.floor(sizeBytes / 2);
    const cuts = this.#cuts.get(path) ?? 0;
    if (cuts > 0) {
      this.#cuts.set(path, cuts - 1);
      return { kind: "cut", afterBytes, path };
    }
    return this.#holds.has(path) ? { kind: "hold", afterBytes, path } : null;
  }

  async #sendBytes(
    response: ServerResponse,
    bytes: Uint8Array,
    fault: (Fault & { path: string }) | null,
  ): Promise<void> {
    const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
    response.once("close", onClosed);
    let sent = 0;
    let isFaultDue = fault !== null;
    while (sent < bytes.length && !response.destroyed) {
      if (fault && isFaultDue && sent >= fault.afterBytes) {
        isFaultDue = false;
        if (fault.kind === "cut") {
          response.destroy();
          return;
        }
        await this.#holds.get(fault.path)?.promise;
      }
      const chunk = bytes.subarray(sent, sent + CHUNK_BYTES);
      sent += chunk.length;
      const { promise: written, resolve: onWritten } = Promise.withResolvers<void>();
      response.write(chunk, () => onWritten());
      await Promise.race([written, closed]);
    }
    response.end();
  }
}

/** A Range header (RFC 9110 §14.2) with one range that names its start; null for the whole file. */
function readRange(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | null {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined) return null;
  const start = Number(first);
  const end = last ? Math.min(Number(last) + 1, sizeBytes) : sizeBytes;
  return start < end ? { start, end } : "unsatisfiable";
}
