// A file of lines with keys that only grows, written by several processes without a lock.
//
//   A1. One line is one write at the end of the file (O_APPEND): two processes never mix their bytes.
//   A2. Whoever appends reads again afterwards: of two that bring the same key, both see which line
//       came first, and one hears that its line doesn't count.
//   A3. Nothing is ever removed, not even a torn line: another process may write at that moment. The next
//       line stands right behind it, and is told from it by its start.

import { open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, syncFolder } from "@system-bus/programs";
import { LoopsError } from "../loops-error.ts";
import { type KeyedLines, type ParseLine, readLines } from "./read-lines.ts";

export interface LineFile<Item> {
  /** Of each key the first; none when there is no file. @throws LoopsError `RECORD_DAMAGED` */
  read(): Promise<readonly Item[]>;
  /** On disk when it returns. False when a line of this key is there already: that one counts. */
  append(item: Item): Promise<boolean>;
}

/** Far more than a loop of ten thousand iterations writes. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Whoever makes a line bounds its lists; this keeps a mistake in that out of the record. */
const LINE_BYTES_MAX = 1024 * 1024;

export function openLineFile<Item extends { readonly key: string }>(
  path: string,
  parse: ParseLine<Item>,
): LineFile<Item> {
  const read = () => readFileLines(path, parse);
  return {
    read: async () => (await read()).items,
    append: async (item) => {
      const text = toLine(item, parse);
      const isThere = (await read()).textByKey.has(item.key);
      await appendDurably(path, isThere ? "" : `${text}\n`);
      if (isThere) return false;
      return (await read()).textByKey.get(item.key) === text;
    },
  };
}

/** `key` comes first: what tells a line's start from everything inside of one. */
function toLine<Item extends { readonly key: string }>(item: Item, parse: ParseLine<Item>): string {
  const { key, ...rest } = item;
  const text = JSON.stringify({ key, ...rest });
  // A line that can't be read would damage the record for good.
  parse(text);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > LINE_BYTES_MAX) {
    throw new Error(`broken promise: a line is at most ${LINE_BYTES_MAX} bytes, not ${sizeBytes}`);
  }
  return text;
}

/** Syncs even when there is nothing to add: who wrote the line that is there may not have come so far. */
async function appendDurably(path: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const file = await open(path, "a", 0o600);
  try {
    const isNew = (await file.stat()).size === 0;
    if (bytes.length > 0) {
      // Not `appendFile`: that goes on after a short write, behind what others wrote meanwhile.
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) {
        throw new Error(`${path}: only ${bytesWritten} of ${bytes.length} bytes could be written`);
      }
    }
    await file.sync();
    if (isNew) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

async function readFileLines<Item extends { readonly key: string }>(
  path: string,
  parse: ParseLine<Item>,
): Promise<KeyedLines<Item>> {
  const reading = readLines(await readBounded(path), parse);
  if (reading.kind === "read") return reading.lines;
  throw new LoopsError(
    "RECORD_DAMAGED",
    `${path}, line ${reading.line} cannot be read: ${reading.problem}. Nothing goes on from a damaged record: mend that line from a backup, or remove it if you know what it said.`,
  );
}

async function readBounded(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) {
      throw new LoopsError(
        "RECORD_DAMAGED",
        `${path} has ${size} bytes, more than a loop can have written: look what has filled it`,
      );
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}
