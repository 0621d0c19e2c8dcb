// A log file that never outgrows its bound, with no help from outside.
//
//   L1. One process writes, whole lines, so nothing has to be agreed upon when the files move up.
//   L2. At most `sizeMaxBytes` in each file and `fileCountMax` files: `x`, `x.1`, … the oldest last.
//   L3. A file that somebody has moved or removed is not written to any longer than a second.
//   L4. A full disk costs lines, never the process: how many were lost is the first line after it.

import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface RotatingFileOptions {
  readonly path: string;
  readonly sizeMaxBytes?: number;
  readonly fileCountMax?: number;
  readonly nowMs: () => number;
}

const SIZE_MAX_BYTES = 10 * 1024 * 1024;
const FILE_COUNT_MAX = 5;
const LOOK_GAP_MS = 1_000;

interface OpenFile {
  readonly fd: number;
  readonly inode: number;
  sizeBytes: number;
}

export class RotatingFile {
  readonly #path: string;
  readonly #sizeMaxBytes: number;
  readonly #fileCountMax: number;
  readonly #nowMs: () => number;
  #file: OpenFile | null = null;
  #lookedAtMs = 0;
  #lostCount = 0;

  constructor(options: RotatingFileOptions) {
    this.#path = options.path;
    this.#sizeMaxBytes = options.sizeMaxBytes ?? SIZE_MAX_BYTES;
    this.#fileCountMax = options.fileCountMax ?? FILE_COUNT_MAX;
    this.#nowMs = options.nowMs;
  }

  /** Each line gets the moment before it; a text of several lines stays several lines. */
  write(text: string): void {
    const at = new Date(this.#nowMs()).toISOString();
    const lines = text.split("\n").map((line) => `${at} ${line}\n`);
    try {
      if (this.#lostCount > 0) {
        this.#append(`${at} ${this.#lostCount} lines before this one could not be written\n`);
        this.#lostCount = 0;
      }
      this.#append(lines.join(""));
    } catch {
      this.#lostCount += lines.length;
      this.close();
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  #append(text: string): void {
    const bytes = Buffer.from(text);
    const file = this.#fileFor(bytes.length);
    // A disk that fills up takes a part of it.
    let writtenBytes = 0;
    while (writtenBytes < bytes.length) {
      writtenBytes += writeSync(file.fd, bytes, writtenBytes);
    }
    file.sizeBytes += bytes.length;
  }

  #fileFor(addedBytes: number): OpenFile {
    const nowMs = this.#nowMs();
    if (nowMs - this.#lookedAtMs >= LOOK_GAP_MS || nowMs < this.#lookedAtMs) {
      this.#lookedAtMs = nowMs;
      if (this.#file !== null && this.#file.inode !== inodeOf(this.#path)) this.close();
    }
    this.#file ??= this.#open();
    const { sizeBytes } = this.#file;
    if (sizeBytes === 0 || sizeBytes + addedBytes <= this.#sizeMaxBytes) return this.#file;
    this.close();
    this.#moveUp();
    this.#file = this.#open();
    return this.#file;
  }

  #open(): OpenFile {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.#path, "a", 0o600);
    const { ino, size } = fstatSync(fd);
    return { fd, inode: ino, sizeBytes: size };
  }

  /** From the oldest on: stopped in the middle, it leaves a gap in the numbers and loses nothing. */
  #moveUp(): void {
    for (let number = this.#fileCountMax - 1; number >= 1; number -= 1) {
      const from = number === 1 ? this.#path : `${this.#path}.${number - 1}`;
      if (inodeOf(from) !== null) renameSync(from, `${this.#path}.${number}`);
    }
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
