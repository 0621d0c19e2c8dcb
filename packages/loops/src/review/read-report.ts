// What test runners say in their reports, test by test: the JUnit of bun and pytest, the JSON of vitest and
// jest, the lines of `node-reporter.mjs`. A report that can't be read holds no test (fails closed).

import { relative, resolve } from "node:path";
import { z } from "zod";
import type { TestRunnerName } from "../checks/test-runner.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

export interface ReportedTest {
  /** Relative to the folder in which the tests ran. */
  readonly file: string;
  /** `file > suite > test`. */
  readonly name: string;
  /** `skipped`: it was not run, or its failing wouldn't count (`todo`). */
  readonly outcome: "passed" | "failed" | "skipped";
}

export interface Report {
  /** Empty where the runner wrote none. */
  readonly text: string;
  /** In which the tests ran, as the runner may say it: links resolved. */
  readonly folder: string;
}

export function readReport(runner: TestRunnerName, report: Report): ReportedTest[] {
  if (report.text.trim() === "") return [];
  try {
    return READERS[runner](report);
  } catch {
    return [];
  }
}

const READERS = {
  bun: readBunJunit,
  pytest: readPytestJunit,
  node: readNodeLines,
  vitest: readJestJson,
  jest: readJestJson,
} as const satisfies Record<TestRunnerName, (report: Report) => ReportedTest[]>;

function named(
  { folder }: Report,
  test: { file: string; names: readonly string[]; outcome: ReportedTest["outcome"] },
): ReportedTest {
  const file = relative(folder, resolve(folder, test.file));
  return { file, name: [file, ...test.names].join(" > "), outcome: test.outcome };
}

/** Bun nests suites; the first is the file. */
function readBunJunit(report: Report): ReportedTest[] {
  const walk = (element: XmlElement, suites: readonly string[]): ReportedTest[] =>
    element.children.flatMap((child) => {
      const { name = "", file = "" } = child.attributes;
      if (child.name === "testcase") {
        return [named(report, { file, names: [...suites, name], outcome: junitOutcome(child) })];
      }
      return walk(child, child.name === "testsuite" ? [...suites, name] : suites);
    });
  // Of the root and of each file's suite, the name is none of a test's.
  return readXml(report.text).children.flatMap((root) =>
    root.children.flatMap((file) => walk(file, [])),
  );
}

/** Pytest nests nothing: module and class stand in `classname`, joined by dots. */
function readPytestJunit(report: Report): ReportedTest[] {
  const walk = (element: XmlElement): ReportedTest[] =>
    element.children.flatMap((child) => {
      if (child.name !== "testcase") return walk(child);
      const { name = "", file = "", classname = "" } = child.attributes;
      // A file that doesn't load is reported as a test of its name.
      if (child.children.some(({ attributes }) => attributes["message"] === "collection failure")) {
        return [];
      }
      const module = file.replace(/\.py$/, "").replaceAll("/", ".");
      const classes = classname
        .slice(module.length + 1)
        .split(".")
        .filter(Boolean);
      return [named(report, { file, names: [...classes, name], outcome: junitOutcome(child) })];
    });
  return walk(readXml(report.text));
}

function junitOutcome({ children }: XmlElement): ReportedTest["outcome"] {
  const has = (name: string) => children.some((child) => child.name === name);
  if (has("failure") || has("error")) return "failed";
  return has("skipped") ? "skipped" : "passed";
}

const NodeLineSchema = z.object({
  file: z.string().nullable(),
  names: z.array(z.string()).min(1),
  outcome: z.enum(["passed", "failed"]),
  isSkipped: z.boolean(),
  isSuite: z.boolean(),
});

function readNodeLines(report: Report): ReportedTest[] {
  return report.text
    .split("\n")
    .filter(Boolean)
    .map((line) => NodeLineSchema.parse(JSON.parse(line)))
    .filter(({ isSuite }) => !isSuite)
    .flatMap(({ file, names, outcome, isSkipped }) => {
      const test = named(report, {
        ...{ file: file ?? "", names },
        outcome: isSkipped ? "skipped" : outcome,
      });
      // A file that doesn't load, or has no test, is reported as a test of its own name.
      const isFile = resolve(report.folder, names[0] ?? "") === resolve(report.folder, test.file);
      return names.length === 1 && isFile ? [] : [test];
    });
}

const JestReportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

function readJestJson(report: Report): ReportedTest[] {
  const { testResults } = JestReportSchema.parse(JSON.parse(report.text));
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) =>
      named(report, {
        ...{ file, names: [...ancestorTitles, title] },
        outcome: status === "passed" || status === "failed" ? status : "skipped",
      }),
    ),
  );
}
