import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_PRICES } from "./default-prices.ts";
import { readPriceTable } from "./read-price-table.ts";

let folder = "";
let file = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agents-"));
  file = join(folder, "prices.json");
});
afterEach(() => rm(folder, { recursive: true }));

const price = { inputUsd: 9, cachedUsd: 1, outputUsd: 90 };

test("without a file, the prices are those that we know, with their day", async () => {
  expect(await readPriceTable(null)).toBe(DEFAULT_PRICES);
  expect(DEFAULT_PRICES.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test("a person's own prices stand over them", async () => {
  const models = { "gpt-5.5": price, "my-model": price };
  await writeFile(file, JSON.stringify({ asOf: "2027-01-02", models }));
  const table = await readPriceTable(file);
  expect(table.asOf).toBe("2027-01-02");
  expect(table.models).toMatchObject(models);
  expect(table.models["gpt-5"]).toEqual(DEFAULT_PRICES.models["gpt-5"]);
});

test("every problem of a file is told at once, with its place", async () => {
  const bad = { ...price, inputUsd: -1, input: 2 };
  await writeFile(file, JSON.stringify({ asOf: "today", models: { one: bad } }));
  const reading = readPriceTable(file);
  await expect(reading).rejects.toThrow(`bad price table ${file}`);
  for (const problem of ["asOf", "models.one.inputUsd", '"input"']) {
    await expect(reading).rejects.toThrow(problem);
  }
});

test("what is no JSON, or not there, is no price table", async () => {
  await expect(readPriceTable(file)).rejects.toThrow("ENOENT");
  await writeFile(file, "prices:");
  await expect(readPriceTable(file)).rejects.toThrow(`bad price table ${file}: it is no JSON`);
});
