import { describe, expect, test } from "bun:test";
import { addCounts, closingLine, readSuiteResult } from "./report.ts";

/** As Bun 1.4.5 writes it, shortened to what counts. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" assertions="1" failures="1" skipped="2" time="0.008">
  <testsuite name="src/a.test.ts" file="src/a.test.ts" tests="5" assertions="1" failures="1" skipped="2" time="0.001">
    <testsuite name="failures=&quot;9&quot;" file="src/a.test.ts" line="2" tests="5" failures="1" skipped="2" />
  </testsuite>
</testsuites>`;

describe("the report of one suite", () => {
  test("tests that neither failed nor were skipped passed", () => {
    const result = readSuiteResult({ exitCode: 1, report: REPORT, files: ["src/a.test.ts"] });
    expect(result).toEqual({ passed: 2, failed: 1, skipped: 2, problems: [] });
  });

  test("a file that did not load is a failure, although the report does not know it", () => {
    const files = ["src/a.test.ts", "src/b.test.ts"];
    const result = readSuiteResult({ exitCode: 1, report: REPORT, files });
    expect(result.failed).toBe(2);
    expect(result.problems).toEqual([expect.stringContaining("src/b.test.ts")]);
  });

  test("a process that ended early with exit code 0 and no report is a failure", () => {
    const result = readSuiteResult({ exitCode: 0, report: null, files: ["src/a.test.ts"] });
    expect(result).toMatchObject({ passed: 0, failed: 1 });
  });

  test("an exit code is a failure even when every test passed", () => {
    const report = REPORT.replaceAll('failures="1"', 'failures="0"');
    const result = readSuiteResult({ exitCode: 137, report, files: ["src/a.test.ts"] });
    expect(result).toMatchObject({
      passed: 3,
      failed: 1,
      problems: [expect.stringContaining("137")],
    });
  });

  test("a killed process is named as such", () => {
    const report = REPORT.replaceAll('failures="1"', 'failures="0"');
    const result = readSuiteResult({ exitCode: null, report, files: ["src/a.test.ts"] });
    expect(result.problems).toEqual([expect.stringContaining("signal")]);
  });
});

describe("the closing line", () => {
  test("adds the suites up", () => {
    const sum = addCounts(
      { passed: 2, failed: 1, skipped: 0 },
      { passed: 40, failed: 0, skipped: 3 },
    );
    expect(closingLine(sum)).toBe("42 passed, 1 failed, 3 skipped");
  });

  test("is silent about skipped tests when there are none", () => {
    expect(closingLine({ passed: 7, failed: 0, skipped: 0 })).toBe("7 passed, 0 failed");
  });
});
