import { open } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { errorCode } from "./write-file.ts";

const TAIL_BYTES = 4_096;
const LINE_CHARS_MAX = 300;

/** The last line that the program wrote, of the file that it wrote to last. For people's eyes. */
export async function readLastLine(paths: readonly string[]): Promise<string | null> {
  const tails = (await Promise.all(paths.map(readTail))).filter((tail) => tail !== null);
  const newestFirst = tails.sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  for (const { text } of newestFirst) {
    const line = lastLineOf(text);
    if (line !== null) return line;
  }
  return null;
}

/** A progress bar rewrites its line with carriage returns: the last rewriting is the line. */
export function lastLineOf(text: string): string | null {
  const lines = stripVTControlCharacters(text).split(/[\r\n]+/);
  const line = lines
    .map((one) => one.replace(/\p{Cc}/gu, " ").trim())
    .findLast((one) => one !== "");
  return line === undefined ? null : line.slice(0, LINE_CHARS_MAX);
}

interface Tail {
  readonly text: string;
  readonly writtenAtMs: number;
}

async function readTail(path: string): Promise<Tail | null> {
  try {
    const file = await open(path, "r");
    try {
      const { size, mtimeMs } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      await file.read(bytes, 0, bytes.length, size - bytes.length);
      return { text: bytes.toString("utf8"), writtenAtMs: mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
