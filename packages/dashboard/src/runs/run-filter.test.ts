import { describe, expect, test } from "bun:test";
import {
  ALL_RUNS,
  isFiltered,
  type RunFilter,
  readRunFilter,
  runQueryOf,
  toggleStatus,
  writeRunFilter,
} from "./run-filter.ts";

const failedOnes: RunFilter = {
  statuses: ["RUNNING", "FAILED"],
  fn: { appId: "my app", functionId: "a/b" },
  after: "eyJ=",
};

describe("a filter in the address", () => {
  test.each([[ALL_RUNS], [failedOnes]])("reads as it was written: %j", (filter) => {
    expect(readRunFilter(writeRunFilter(filter))).toEqual(filter);
  });

  test("is no part of the address when it lets every run pass", () => {
    expect(writeRunFilter(ALL_RUNS)).toBe("");
  });

  test("is left out where it is not known", () => {
    for (const search of ["?status=BROKEN", "?function=only", "?function=a/b/c", "?function=%25/x"])
      expect(readRunFilter(search)).toEqual(ALL_RUNS);
  });
});

test("a filter by status goes to the newest run again", () => {
  expect(toggleStatus(failedOnes, "FAILED")).toEqual({
    ...failedOnes,
    statuses: ["RUNNING"],
    after: undefined,
  });
  expect(toggleStatus(ALL_RUNS, "FAILED").statuses).toEqual(["FAILED"]);
});

test("the engine is asked for exactly the runs that pass", () => {
  expect(runQueryOf(ALL_RUNS)).toEqual({ limit: 40 });
  expect(runQueryOf(failedOnes)).toEqual({
    limit: 40,
    status: ["RUNNING", "FAILED"],
    appId: ["my app"],
    functionId: ["a/b"],
    cursor: "eyJ=",
  });
});

test("a page of all runs is not filtered", () => {
  expect(isFiltered({ ...ALL_RUNS, after: "x" })).toBe(false);
  expect(isFiltered(failedOnes)).toBe(true);
});
