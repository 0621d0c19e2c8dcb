// What the last `igs setup` came to, in the state folder: so that a second one knows the tier, and whether
// the bus that runs is its own and has read the settings as they are now.

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../parse-json.ts";
import { startWays, tiers } from "./setup-answers.ts";

const RecordSchema = z.object({
  tier: z.literal(tiers),
  start: z.enum(startWays),
  /** Of the bus that was started as a process; null when it wasn't. */
  pid: z.number().nullable(),
  /** Of the settings file as it was when the bus was started. */
  settingsMark: z.string(),
});

export type SetupRecord = Readonly<z.output<typeof RecordSchema>>;

const recordPath = (stateFolder: string) => join(stateFolder, "setup.json");

/** Null before the first setup, and when the file is not ours. */
export async function readSetupRecord(stateFolder: string): Promise<SetupRecord | null> {
  const text = await readFile(recordPath(stateFolder), "utf8").catch(() => "");
  const parsed = RecordSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

export async function writeSetupRecord(stateFolder: string, record: SetupRecord): Promise<void> {
  const path = recordPath(stateFolder);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFile(`${path}.tmp`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

/** Tells one text of the settings file from another, and nothing of what is in it. */
export function markSettings(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
