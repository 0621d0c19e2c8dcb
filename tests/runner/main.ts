// What `bin/test` runs once the machine is ready: the check, then every test; the last line sums them up.
//
// Two suites at a time, since most of them wait for processes. What one prints comes in one piece, when it has ended.

import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { addCounts, type Counts, closingLine, NOTHING_COUNTED, readSuiteResult } from "./report.ts";
import { findSuites, listTestFiles, type Suite } from "./suites.ts";

const LANES = 2;
/** A suite that hangs is a failure, and the others still get their turn within the twenty minutes. */
const SUITE_MAX_MS = 10 * 60_000;

const root = join(import.meta.dir, "../..");
const scratch = await mkdtemp(join(tmpdir(), "system-bus-test-"));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: "boolean", default: false } },
});
const suites = findSuites(await listTestFiles(root), { isFast: values.fast, filters: positionals });

let sum: Counts = NOTHING_COUNTED;
const troubles: string[] = [];

if (positionals.length === 0) await runCheck();
if (suites.length === 0) fail(`no test file has ${positionals.join(" or ")} in its path`);
const waiting = [...suites];
await Promise.all(Array.from({ length: LANES }, runLane));

await rm(scratch, { recursive: true, force: true });
if (troubles.length > 0)
  console.log(`\nFailed:\n${troubles.map((line) => `  ${line}`).join("\n")}`);
console.log(`\n${closingLine(sum)}`);
process.exitCode = sum.failed > 0 ? 1 : 0;

async function runLane(): Promise<void> {
  for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
    await runSuite(suite);
  }
}

async function runCheck(): Promise<void> {
  console.log("── check");
  const check = Bun.spawn(["bun", "run", "check"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await check.exited) !== 0) fail("bun run check: see above");
}

async function runSuite({ name, folder, files }: Suite): Promise<void> {
  console.log(`── ${name} …`);
  const startedMs = performance.now();
  const place = join(scratch, name.replaceAll("/", "-"));
  const [reportPath, outputPath] = [`${place}.xml`, `${place}.log`];
  // One for both streams: each of two would write over what the other wrote.
  const output = openSync(outputPath, "a");
  const run = Bun.spawn(
    // The package's own test script carries its time limits; `./` keeps each file an exact path, not a pattern.
    [
      ...["bun", "run", "test", "--reporter=junit", `--reporter-outfile=${reportPath}`],
      ...files.map((file) => `./${file}`),
    ],
    {
      cwd: join(root, folder),
      stdio: ["ignore", output, output],
      timeout: SUITE_MAX_MS,
      killSignal: "SIGKILL",
    },
  );
  await run.exited;
  closeSync(output);

  const reportFile = Bun.file(reportPath);
  const report = (await reportFile.exists()) ? await reportFile.text() : null;
  const result = readSuiteResult({ exitCode: run.exitCode, report, files });
  sum = addCounts(sum, result);
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  const said = (await Bun.file(outputPath).text()).trimEnd();
  console.log(`\n── ${name}, ${seconds} s\n${said}\n${closingLine(result)}\n`);
  for (const problem of result.problems) troubles.push(`${name}: ${problem}`);
  if (result.failed > result.problems.length) {
    troubles.push(`${name}: ${result.failed - result.problems.length} failed`);
  }
}

function fail(problem: string): void {
  troubles.push(problem);
  sum = addCounts(sum, { passed: 0, failed: 1, skipped: 0 });
}
