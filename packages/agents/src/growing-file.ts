import { closeSync, openSync, readSync, statSync } from "node:fs";

const PIECE_BYTES = 1024 * 1024;
/** No line that tells of a call is near to this; a longer one is an answer or a tool's output. */
const LINE_MAX_BYTES = 4 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Reads the lines of a file that somebody else writes, each once it is whole. When the file has become
 * shorter, which is what `packages/programs` does to an output that outgrew its bound, it is read again
 * from its beginning.
 */
export class GrowingFile {
  readonly #path: string;
  #offsetBytes = 0;
  /** The beginning of a line whose end isn't written yet. */
  #rest = NOTHING;

  constructor(path: string) {
    this.#path = path;
  }

  /** A line was begun and not ended, as far as it was read. */
  get isInLine(): boolean {
    return this.#rest.length > 0;
  }

  /** What is new since the last time. Nothing, when there is no such file yet. */
  readNewLines(take: (line: string) => void): void {
    // Asked hundreds of times a second by the watcher of `capped/`, so mostly it is this one call.
    const sizeBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (sizeBytes === this.#offsetBytes) return;
    if (sizeBytes < this.#offsetBytes) {
      this.#offsetBytes = 0;
      this.#rest = NOTHING;
    }
    const file = openSync(this.#path, "r");
    try {
      this.#readTo(sizeBytes, file, take);
    } finally {
      closeSync(file);
    }
  }

  #readTo(sizeBytes: number, file: number, take: (line: string) => void): void {
    while (this.#offsetBytes < sizeBytes) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, sizeBytes - this.#offsetBytes));
      const bytesRead = readSync(file, piece, 0, piece.length, this.#offsetBytes);
      if (bytesRead === 0) return;
      this.#offsetBytes += bytesRead;
      this.#takeLines(piece.subarray(0, bytesRead), take);
    }
  }

  #takeLines(piece: Buffer, take: (line: string) => void): void {
    const text = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const end = text.lastIndexOf(0x0a);
    if (end >= 0) for (const line of text.toString("utf8", 0, end).split("\n")) take(line);
    const rest = text.subarray(end + 1);
    this.#rest = Buffer.from(rest.length > LINE_MAX_BYTES ? rest.subarray(-1) : rest);
  }
}
