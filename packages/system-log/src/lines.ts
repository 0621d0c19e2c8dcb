// Splits files into lines by bytes, from the front and from the back. A newline byte is never part
// of another UTF-8 character, so no character is cut. Of a line that is too long only so much is
// kept that `readLine` sees that it is: a file without newlines must not fill the memory.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { LINE_BYTES_MAX } from "./log-entry.ts";
import { SystemLogError } from "./system-log-error.ts";

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

interface FromEnd {
  /** Where the end is. Default: the file's. */
  readonly endAt?: number;
  /** How far back to go; a line whose beginning cannot be seen from there is left out. */
  readonly bytesMax?: number;
}

/**
 * Lines from the last to the first, without reading more than is asked for. What follows the last
 * newline counts as a line.
 */
export function* linesFromEnd(
  fd: number,
  { endAt = fstatSync(fd).size, bytesMax = Number.POSITIVE_INFINITY }: FromEnd = {},
): Generator<Uint8Array> {
  const stopAt = Math.max(0, endAt - bytesMax);
  // What lies between the block that is read next and the newline after it.
  let rest = new Uint8Array();
  let isFirst = true;
  for (let end = endAt; end > stopAt; ) {
    const start = Math.max(stopAt, end - BLOCK_BYTES);
    const block = readExactly(fd, start, end - start);
    let lineEnd = block.length;
    for (let at = block.lastIndexOf(NEWLINE); at !== -1; at = newlineBefore(block, at)) {
      const line = Buffer.concat([block.subarray(at + 1, lineEnd), rest]);
      // The file's last newline ends a line and begins none.
      if (!isFirst || line.length > 0) yield line;
      isFirst = false;
      rest = new Uint8Array();
      lineEnd = at;
    }
    if (rest.length <= LINE_BYTES_MAX) rest = Buffer.concat([block.subarray(0, lineEnd), rest]);
    end = start;
  }
  if (stopAt === 0 && (rest.length > 0 || !isFirst)) yield rest;
}

/** Lines from the first to the last, in blocks, whatever the file's size. */
export function* linesFromStart(fd: number): Generator<Uint8Array> {
  const splitter = new LineSplitter();
  for (let at = 0; ; ) {
    const block = Buffer.alloc(BLOCK_BYTES);
    const count = readSync(fd, block, 0, block.length, at);
    if (count === 0) break;
    at += count;
    yield* splitter.push(block.subarray(0, count));
  }
  const rest = splitter.rest();
  if (rest.length > 0) yield rest;
}

/** Cuts a stream of bytes into lines; what has no newline yet waits for the next bytes. */
export class LineSplitter {
  #waiting = new Uint8Array();

  push(bytes: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      lines.push(Buffer.concat([this.#waiting, bytes.subarray(from, at)]));
      this.#waiting = new Uint8Array();
      from = at + 1;
    }
    if (this.#waiting.length <= LINE_BYTES_MAX) {
      this.#waiting = Buffer.concat([this.#waiting, bytes.subarray(from)]);
    }
    return lines;
  }

  rest(): Uint8Array {
    return this.#waiting;
  }
}

/** Opens the log for `read`, or returns `absent` where there is none yet. */
export function withLog<T>(file: string, absent: T, read: (fd: number) => T): T {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return absent;
    throw new SystemLogError("LOG_NOT_READ", `${file} cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function newlineBefore(block: Uint8Array, at: number): number {
  return at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1);
}

function readExactly(fd: number, position: number, length: number): Uint8Array {
  const block = Buffer.alloc(length);
  let count = 0;
  while (count < length) {
    const got = readSync(fd, block, count, length - count, position + count);
    // The file shrank under us: what is gone is gone.
    if (got === 0) break;
    count += got;
  }
  return block.subarray(0, count);
}
