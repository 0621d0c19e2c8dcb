import { describe, expect, test } from "bun:test";
import type { CheckResult } from "../record/fact.ts";
import { judgeHeadProbe, judgeStubProbe } from "./judge-probe.ts";
import type { TestsRun } from "./probe.ts";
import type { ReportedTest } from "./read-report.ts";

const result: CheckResult = {
  ...{ command: ["bun", "test"], exitCode: 1, endedBy: "exit", durationMs: 30 },
  ...{ failingTests: null, firstErrors: ["error: it is broken"], outputFile: "1.log" },
};
const passed: Partial<CheckResult> = { exitCode: 0, firstErrors: [] };
const reported = (name: string, outcome: ReportedTest["outcome"]): ReportedTest => ({
  ...{ file: name.split(" > ")[0] ?? "", name, outcome },
});
const run = (tests: readonly ReportedTest[], ended: Partial<CheckResult> = {}): TestsRun => ({
  ...{ result: { ...result, ...ended }, tests },
});
const judge = (runs: readonly TestsRun[], more: { isWhole?: boolean; written?: string[] } = {}) =>
  judgeStubProbe({ runs, files: ["a.test.ts"], isWhole: true, written: [], ...more });

describe("tests with a stub", () => {
  test("are good when one of them fails (P1)", () => {
    const tests = [reported("a.test.ts > a", "failed"), reported("a.test.ts > b", "passed")];
    expect(judge([run(tests), run(tests)])).toEqual({
      ...{ kind: "good", tests: ["a.test.ts > a", "a.test.ts > b"], empty: ["a.test.ts > b"] },
    });
  });

  test("are good when all pass with a stub that throws, and one fails with the silent one (P1)", () => {
    const loud = run([reported("a.test.ts > a", "passed")], passed);
    expect(judge([loud, run([reported("a.test.ts > a", "failed")])])).toMatchObject({
      kind: "good",
      empty: [],
    });
    expect(judge([loud, loud])).toMatchObject({ kind: "bad" });
    expect(judge([loud])).toMatchObject({ kind: "bad" });
  });

  test("are not those that were skipped: they are neither counted nor locked (P2)", () => {
    const tests = [reported("a.test.ts > a", "failed"), reported("a.test.ts > b", "skipped")];
    expect(judge([run(tests)])).toMatchObject({ tests: ["a.test.ts > a"] });
    const skipped = run([reported("a.test.ts > b", "skipped")], passed);
    expect(judge([skipped], { isWhole: false })).toMatchObject({ kind: "bad" });
  });

  test("may fail to load only where the stub can't be whole (P3)", () => {
    expect(judge([run([])], { isWhole: false })).toEqual({
      ...{ kind: "good", tests: ["a.test.ts"], empty: [] },
    });
    expect(judge([run([])])).toMatchObject({ kind: "bad" });
  });

  test.each<[string, Partial<CheckResult>]>([
    ["not-started", { endedBy: "not-started", exitCode: null }],
    ["time-limit", { endedBy: "time-limit", exitCode: null }],
  ])("are bad when their run ended with %s, whatever they reported", (_, ended) => {
    const tests = [reported("a.test.ts > a", "failed")];
    expect(judge([run(tests, ended)], { isWhole: false })).toMatchObject({ kind: "bad" });
  });

  test("are bad when they write into the project, or were never run", () => {
    const tests = [reported("a.test.ts > a", "failed")];
    expect(judge([run(tests)], { written: ["src/a.ts"] })).toMatchObject({ kind: "bad" });
    expect(judge([])).toMatchObject({ kind: "bad" });
  });
});

describe("tests at the head (P4)", () => {
  const locked = ["a.test.ts > a"];

  test("hold when each locked one has passed", () => {
    const tests = [reported("a.test.ts > a", "passed"), reported("a.test.ts > c", "skipped")];
    expect(judgeHeadProbe(run(tests, passed), locked)).toEqual({ failing: [], firstErrors: [] });
  });

  test.each<[string, ReportedTest[]]>([
    ["failed", [reported("a.test.ts > a", "failed")]],
    ["was skipped", [reported("a.test.ts > a", "skipped")]],
    ["is missing", [reported("a.test.ts > b", "passed")]],
    [
      "passed once and failed once",
      [reported("a.test.ts > a", "passed"), reported("a.test.ts > a", "failed")],
    ],
  ])("fail when a locked one %s", (_, tests) => {
    expect(judgeHeadProbe(run(tests, passed), locked).failing).toEqual(locked);
  });

  test("fail with another of their files that fails", () => {
    const tests = [reported("a.test.ts > a", "passed"), reported("a.test.ts > row 2", "failed")];
    expect(judgeHeadProbe(run(tests), locked).failing).toEqual(["a.test.ts > row 2"]);
  });

  test("fail when the run says so and no test does", () => {
    const tests = [reported("a.test.ts > a", "passed")];
    expect(judgeHeadProbe(run(tests), locked).failing).toHaveLength(1);
    const stopped = { endedBy: "time-limit", exitCode: null } as const;
    expect(judgeHeadProbe(run(tests, stopped), locked).failing).toHaveLength(1);
  });

  test("fail when they were not run", () => {
    expect(judgeHeadProbe(undefined, locked).failing).toEqual(locked);
  });

  test("that were locked as a file hold when it has tests and none fails", () => {
    const file = ["test_a.py"];
    const good = [reported("test_a.py > a", "passed")];
    expect(judgeHeadProbe(run(good, passed), file).failing).toEqual([]);
    expect(judgeHeadProbe(run([], passed), file).failing).toEqual(file);
    const skipped = [reported("test_a.py > a", "skipped")];
    expect(judgeHeadProbe(run(skipped, passed), file).failing).toEqual(file);
    const failing = [...good, reported("test_a.py > b", "failed")];
    expect(judgeHeadProbe(run(failing), file).failing).toEqual(["test_a.py", "test_a.py > b"]);
  });
});
