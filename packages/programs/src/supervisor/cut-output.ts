import { open, stat } from "node:fs/promises";
import { errorCode } from "../folder/write-file.ts";

/**
 * Bounds an output file that a program may be writing to: when it outgrew `maxBytes`, its middle is cut
 * out, so that the first eighth of the bound and the last three eighths stay, with a line between them
 * that says so. Returns how many bytes are gone. What the program writes during the cut may be lost or
 * stand before the note: a flood is a fault, and its ends are what explains it.
 */
export async function cutOutput(path: string, maxBytes: number): Promise<number> {
  const sizeBytes = await readSizeBytes(path);
  if (sizeBytes <= maxBytes) return 0;
  // Reading and appending: a write goes to the end as it is then, wherever the program has got to.
  const file = await open(path, "a+");
  try {
    const headBytes = Math.floor(maxBytes / 8);
    const tailBytes = headBytes * 3;
    const tail = Buffer.alloc(tailBytes);
    const { bytesRead } = await file.read(tail, 0, tailBytes, sizeBytes - tailBytes);
    const kept = fromLineStart(tail.subarray(0, bytesRead));

    const droppedBytes = (await file.stat()).size - headBytes - kept.length;
    await file.truncate(headBytes);
    await file.appendFile(Buffer.concat([cutNote(droppedBytes, maxBytes), kept]));
    return droppedBytes;
  } finally {
    await file.close();
  }
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
