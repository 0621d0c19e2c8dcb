import { type FileHandle, open, stat } from "node:fs/promises";
import type { Clock } from "../../clock.ts";

const LOOK_GAP_MS = 250;
const PIECE_BYTES = 64 * 1024;

/**
 * The lines that come from now on; ends when the signal aborts. A log that moves up is read to its end first:
 * what is open stays open under its new name.
 */
export async function* followLog(
  path: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  let reader = await LineReader.open(path, "end");
  try {
    while (!signal.aborted) {
      await clock.sleepMs(LOOK_GAP_MS, signal);
      const hasMoved = reader !== null && (await inodeOf(path)) !== reader.inode;
      if (reader !== null) yield* await reader.readNewLines();
      if (reader !== null && !hasMoved) continue;
      await reader?.close();
      reader = await LineReader.open(path, "beginning");
      if (reader !== null) yield* await reader.readNewLines();
    }
  } finally {
    await reader?.close();
  }
}

async function inodeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ ino }) => ino,
    () => null,
  );
}

class LineReader {
  readonly inode: number;
  readonly #file: FileHandle;
  #offsetBytes: number;
  /** The beginning of a line whose end isn't written yet. */
  #rest = Buffer.alloc(0);

  private constructor(
    file: FileHandle,
    { inode, offsetBytes }: { inode: number; offsetBytes: number },
  ) {
    this.#file = file;
    this.inode = inode;
    this.#offsetBytes = offsetBytes;
  }

  /** Null where there is no file. */
  static async open(path: string, from: "beginning" | "end"): Promise<LineReader | null> {
    const file = await open(path, "r").catch(() => null);
    if (file === null) return null;
    const { ino, size } = await file.stat();
    return new LineReader(file, { inode: ino, offsetBytes: from === "end" ? size : 0 });
  }

  async readNewLines(): Promise<readonly string[]> {
    const lines: string[] = [];
    const piece = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await this.#file.read(piece, 0, PIECE_BYTES, this.#offsetBytes);
      if (bytesRead === 0) return lines;
      this.#offsetBytes += bytesRead;
      const bytes = Buffer.concat([this.#rest, piece.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(0x0a);
      if (end >= 0) lines.push(...bytes.toString("utf8", 0, end).split("\n"));
      this.#rest = Buffer.from(bytes.subarray(end + 1));
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
