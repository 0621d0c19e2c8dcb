import { open } from "node:fs/promises";

/** More than five hundred long lines. */
const READ_MAX_BYTES = 256 * 1024;
const FILES_MAX = 5;

/** The last lines of a rotated log, oldest first; as far back as `x.1`, `x.2` … are needed. */
export async function readLogTail(path: string, countMax: number): Promise<readonly string[]> {
  let lines: string[] = [];
  for (let number = 0; number < FILES_MAX && lines.length < countMax; number += 1) {
    const older = await readLastLines(number === 0 ? path : `${path}.${number}`);
    lines = [...older, ...lines];
  }
  return lines.slice(-countMax);
}

async function readLastLines(path: string): Promise<readonly string[]> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    const fromByte = Math.max(0, size - READ_MAX_BYTES);
    const bytes = Buffer.alloc(size - fromByte);
    await file.read(bytes, 0, bytes.length, fromByte);
    const lines = bytes.toString("utf8").split("\n");
    // The first is a rest where the beginning was left out.
    return lines.slice(fromByte > 0 ? 1 : 0).filter((line) => line !== "");
  } finally {
    await file.close();
  }
}
