import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DEFAULT_PRICES } from "./default-prices.ts";
import type { PriceTable } from "./price-table.ts";

const usd = z.number().min(0).max(100_000);
const PriceFile = z.strictObject({
  asOf: z.iso.date(),
  models: z.record(
    z.string().min(1),
    z.strictObject({ inputUsd: usd, cachedUsd: usd, outputUsd: usd }),
  ),
});

/**
 * What models cost: those that we know, and over them those of a person's own file, in the form of a
 * `PriceTable`. Throws with every problem of the file.
 */
export async function readPriceTable(file: string | null): Promise<PriceTable> {
  if (file === null) return DEFAULT_PRICES;
  const parsed = PriceFile.safeParse(parseFile(file, await readFile(file, "utf8")));
  if (!parsed.success) {
    throw new Error(`bad price table ${file}:\n${z.prettifyError(parsed.error)}`);
  }
  const { asOf, models } = parsed.data;
  return { asOf, models: { ...DEFAULT_PRICES.models, ...models } };
}

function parseFile(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`bad price table ${file}: it is no JSON`, { cause });
  }
}
