// Remembers which engine `igs start` used last, so that runs which wait on one engine are not
// forgotten by a silent change to the other.

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { parseJson } from "../parse-json.ts";

const RecordSchema = z.object({ engine: z.enum(["embedded", "inngest"]), url: z.string() });

export type EngineRecord = z.output<typeof RecordSchema>;

export function engineRecordPath(stateFolder: string): string {
  return join(stateFolder, "engine-in-use.json");
}

/** Null before the first start, and when the file is not ours. */
export async function readEngineRecord(stateFolder: string): Promise<EngineRecord | null> {
  const text = await readFile(engineRecordPath(stateFolder), "utf8").catch(() => "");
  const parsed = RecordSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

export async function writeEngineRecord(stateFolder: string, record: EngineRecord): Promise<void> {
  const path = engineRecordPath(stateFolder);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.tmp`, `${JSON.stringify(record)}\n`);
  await rename(`${path}.tmp`, path);
}
