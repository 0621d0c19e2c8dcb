import { describe, expect, test } from "bun:test";
import { runOf } from "../testing/trace.ts";
import { describeFilter, filterWords, fitsRun, runQuery } from "./run-filter.ts";

const run = runOf({
  id: "1",
  app: { id: "demo" },
  function: { id: "first", name: "first" },
  status: "FAILED",
  queuedAt: "2026-11-21T09:00:00.000Z",
});

describe("a choice of runs", () => {
  test("is asked of the server as far as it can tell", () => {
    expect(
      runQuery({ status: ["FAILED"], function: "demo/first", since: "a", until: "b", event: "x" }),
    ).toEqual({
      status: ["FAILED"],
      appId: ["demo"],
      functionId: ["first"],
      from: "a",
      until: "b",
    });
    expect(runQuery({})).toEqual({});
  });

  test.each([
    [{}, true],
    [{ status: ["FAILED", "CANCELLED"] as const }, true],
    [{ status: ["COMPLETED"] as const }, false],
    [{ function: "first" }, true],
    [{ function: "demo/first" }, true],
    [{ function: "other/first" }, false],
    [{ function: "second" }, false],
    [{ app: "other" }, false],
    [{ since: "2026-11-21T09:00:00Z" }, true],
    [{ since: "2026-11-21T09:00:01Z" }, false],
    // As the server has it: the first moment that is out.
    [{ until: "2026-11-21T09:00:00Z" }, false],
  ])("%p holds for a failed run of demo/first: %p", (filter, fits) => {
    expect(fitsRun(run, filter)).toBe(fits);
  });

  test("is told as flags again, quoted for a shell", () => {
    expect(filterWords({ status: ["FAILED"], function: "a/b", event: "it's" })).toBe(
      "--status failed --function a/b --event 'it'\\''s' ",
    );
    expect(filterWords({})).toBe("");
  });

  test("is told in words", () => {
    expect(describeFilter({ status: ["FAILED", "CANCELLED"], function: "f" }, "runs")).toBe(
      "failed or cancelled runs of f",
    );
  });
});
