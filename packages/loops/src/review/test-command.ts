import { join } from "node:path";
import type { TestRunner, TestRunnerName } from "../checks/test-runner.ts";

interface CommandParts {
  readonly options: readonly string[];
  /** Relative to the folder where they run. */
  readonly files: readonly string[];
  readonly reportPath: string;
}

/** What runs these tests and no others, and writes a report about each. */
export function testCommand(
  { name, options }: TestRunner,
  parts: Omit<CommandParts, "options">,
): string[] {
  return COMMANDS[name]({ ...parts, options });
}

const NODE_REPORTER = join(import.meta.dirname, "node-reporter.mjs");

const COMMANDS = {
  // With `./` in front it is a path; without, a word to look for in paths.
  bun: ({ files, reportPath }) => [
    ...["bun", "test", "--reporter=junit", `--reporter-outfile=${reportPath}`],
    ...files.map((file) => `./${file}`),
  ],
  node: ({ options, files, reportPath }) => [
    ...["node", ...options, "--test"],
    ...[`--test-reporter=${NODE_REPORTER}`, `--test-reporter-destination=${reportPath}`],
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...files,
  ],
  vitest: ({ files, reportPath }) => [
    ...["vitest", "run", "--coverage.enabled=false"],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`],
    ...files,
  ],
  jest: ({ files, reportPath }) => [
    ...["jest", "--ci", "--coverage=false", "--json", `--outputFile=${reportPath}`],
    ...["--runTestsByPath", ...files],
  ],
  pytest: ({ files, reportPath }) => [
    ...["pytest", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"],
    ...[`--junitxml=${reportPath}`, ...files],
  ],
} as const satisfies Record<TestRunnerName, (parts: CommandParts) => string[]>;
