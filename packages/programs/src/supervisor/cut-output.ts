import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { errorCode } from "../folder/write-file.ts";

/**
 * Bounds an output file that a program may be writing to: when it outgrew `maxBytes`, its middle is cut
 * out, so that the first eighth of the bound and the last three eighths stay, with a line between them
 * that says so. Returns how many bytes are gone.
 *
 * The file cannot be swapped under the program, so the cut is a truncation and an append. What the
 * program writes in the microseconds between the last look and the truncation is lost.
 */
export async function cutOutput(path: string, maxBytes: number): Promise<number> {
  if ((await readSizeBytes(path)) <= maxBytes) return 0;
  // Reading and appending: a write goes to the end as it is then, wherever the program has got to.
  const file = openSync(path, "a+");
  try {
    const headBytes = Math.floor(maxBytes / 8);
    const { tail, sizeBytes } = readTail(file, headBytes * 3);
    ftruncateSync(file, headBytes);
    const kept = fromLineStart(tail);
    const droppedBytes = sizeBytes - headBytes - kept.length;
    writeSync(file, Buffer.concat([cutNote(droppedBytes, maxBytes), kept]));
    return droppedBytes;
  } finally {
    closeSync(file);
  }
}

const CATCH_UP_MAX = 20;

/** Reads on for as long as the file grows, so that the end of a program's output is not missed. */
function readTail(file: number, tailBytes: number): { tail: Buffer; sizeBytes: number } {
  let sizeBytes = fstatSync(file).size;
  let tail = readRange(file, Math.max(0, sizeBytes - tailBytes), sizeBytes);
  for (let turn = 0; turn < CATCH_UP_MAX; turn += 1) {
    const grownBytes = fstatSync(file).size;
    if (grownBytes === sizeBytes) break;
    const more = readRange(file, Math.max(sizeBytes, grownBytes - tailBytes), grownBytes);
    tail = Buffer.concat([tail, more]).subarray(-tailBytes);
    sizeBytes = grownBytes;
  }
  return { tail, sizeBytes };
}

function readRange(file: number, fromBytes: number, toBytes: number): Buffer {
  const bytes = Buffer.alloc(toBytes - fromBytes);
  const count = readSync(file, bytes, 0, bytes.length, fromBytes);
  return bytes.subarray(0, count);
}

function cutNote(droppedBytes: number, maxBytes: number): Buffer {
  return Buffer.from(
    `\n[${droppedBytes} bytes of output were cut out here: it outgrew its bound of ${maxBytes} bytes]\n`,
  );
}

function fromLineStart(tail: Buffer): Buffer {
  const lineEnd = tail.indexOf(0x0a);
  return lineEnd < 0 ? tail : tail.subarray(lineEnd + 1);
}

/** Asked several times a second, so it is one call and no more. */
async function readSizeBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}
