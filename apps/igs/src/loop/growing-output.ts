import { open } from "node:fs/promises";

const PIECE_BYTES = 256 * 1024;
/** A longer line is a tool's output: nothing that people read. */
const LINE_BYTES_MAX = 1024 * 1024;
/** Where an output has grown faster than one looks, only its end is read. */
const BEHIND_BYTES_MAX = 4 * 1024 * 1024;

/** The lines of a program's output as they come; each look reads what is new. */
export class GrowingOutput {
  readonly #path: string;
  #offsetBytes = 0;
  /** The beginning of a line whose end isn't written yet. */
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  async readNewLines(): Promise<readonly string[]> {
    const file = await open(this.#path, "r").catch(() => null);
    // Not there before the program was let go, nor after its folder was retired.
    if (file === null) return [];
    const lines: string[] = [];
    try {
      const { size } = await file.stat();
      // Its middle was cut out: what is before its end was told already.
      if (size < this.#offsetBytes) this.#jumpTo(size);
      if (size - this.#offsetBytes > BEHIND_BYTES_MAX) this.#jumpTo(size - BEHIND_BYTES_MAX);
      const piece = Buffer.alloc(PIECE_BYTES);
      while (this.#offsetBytes < size) {
        const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, this.#offsetBytes);
        if (bytesRead === 0) break;
        this.#offsetBytes += bytesRead;
        this.#take(piece.subarray(0, bytesRead), lines);
      }
    } finally {
      await file.close();
    }
    return lines;
  }

  #jumpTo(offsetBytes: number): void {
    this.#offsetBytes = offsetBytes;
    this.#rest = Buffer.alloc(0);
  }

  #take(piece: Buffer, lines: string[]): void {
    const bytes = Buffer.concat([this.#rest, piece]);
    const end = bytes.lastIndexOf(0x0a);
    if (end >= 0) lines.push(...bytes.toString("utf8", 0, end).split("\n"));
    const rest = bytes.subarray(end + 1);
    this.#rest = Buffer.from(rest.length > LINE_BYTES_MAX ? rest.subarray(-1) : rest);
  }
}
