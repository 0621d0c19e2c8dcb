// Writes docs/events.md from the catalogue; with --check only says whether it is up to date.
//
//   bun packages/events/src/docs/main.ts [--check] [--out <file>]

import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalogue } from "../catalogue.ts";
import { checkPage } from "./check-page.ts";
import { renderCatalogue } from "./render-catalogue.ts";

const COMMAND = "bun packages/events/src/docs/main.ts";

const { values: flags } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    out: { type: "string", default: resolve(import.meta.dir, "../../../../docs/events.md") },
  },
});

const shownPath = relative(process.cwd(), flags.out);
const page = renderCatalogue(catalogue);
if (flags.check) {
  const state = checkPage(flags.out, page);
  if (state.kind !== "current") {
    const fault =
      state.kind === "missing" ? "is missing" : `is out of date from line ${state.line}`;
    console.error(`${shownPath} ${fault}. Run \`${COMMAND}\` and commit what it writes.`);
    process.exit(1);
  }
} else {
  writeFileSync(flags.out, page);
  console.log(`${shownPath}: ${catalogue.length} events`);
}
