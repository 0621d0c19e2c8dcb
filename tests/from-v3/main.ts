// Writes the samples into docs/from-v3.md; with --check only says whether they are there as they stand.
//
//   bun tests/from-v3/main.ts [--check]

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fillPage, readSamples } from "./samples-in-page.ts";

const folder = join(import.meta.dir, "samples");
const pagePath = join(import.meta.dir, "../../docs/from-v3.md");
const { values: flags } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const samples = new Map(
  readdirSync(folder).flatMap((file) => {
    const name = file.replace(/(\.test)?\.tsx?$/, "");
    return [...readSamples(readFileSync(join(folder, file), "utf8"))].map(
      ([part, text]) => [`${name}#${part}`, text] as const,
    );
  }),
);
const page = readFileSync(pagePath, "utf8");
const wanted = fillPage(page, samples);
if (!flags.check) {
  writeFileSync(pagePath, wanted);
  console.log(`docs/from-v3.md: ${samples.size} samples`);
} else if (wanted !== page) {
  console.error(
    "docs/from-v3.md is out of date. Run `bun tests/from-v3/main.ts` and commit what it writes.",
  );
  process.exit(1);
}
