import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../output-lines.ts";
import { WATCH_RECORD, type WatchRecord } from "./watch-record.ts";

const Usage = z.object({
  inputTokens: z.number(),
  cachedTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().exactOptional(),
});
const price = z.object({ inputUsd: z.number(), cachedUsd: z.number(), outputUsd: z.number() });
const Record = z.object({
  usage: Usage,
  model: z.string().nullable(),
  pricedUsd: z.number(),
  isPricedWhole: z.boolean(),
  prices: z.object({ asOf: z.string(), models: z.record(z.string(), price) }),
});

/** From `EndedProgram.dir`. Null when the watcher never began. */
export async function readWatchRecord(folder: string): Promise<WatchRecord | null> {
  const text = await readFile(join(folder, WATCH_RECORD), "utf8").catch(() => "");
  const parsed = Record.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}
