/** Programs that run a project's tests, and whose reports we can read. */
export const TEST_RUNNERS = ["bun", "node", "vitest", "jest", "pytest"] as const;
export type TestRunnerName = (typeof TEST_RUNNERS)[number];

/** How the project's tests are run. */
export interface TestRunner {
  readonly name: TestRunnerName;
  /** Options of the project's own test script that tests need in order to load (`--import tsx`). */
  readonly options: readonly string[];
}

const FILE_PATTERNS = {
  bun: /[._](test|spec)\.[cm]?[jt]sx?$/,
  node: /[._-](test|spec)\.[cm]?[jt]s$/,
  vitest: /\.(test|spec)\.[cm]?[jt]sx?$/,
  jest: /(\.(test|spec)\.[cm]?[jt]sx?|(^|\/)__tests__\/.*\.[cm]?[jt]sx?)$/,
  pytest: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
} as const satisfies Record<TestRunnerName, RegExp>;

/** Whether the runner takes a file of this name for tests, as far as names tell. */
export function isTestFile(runner: TestRunnerName, path: string): boolean {
  return FILE_PATTERNS[runner].test(path);
}
