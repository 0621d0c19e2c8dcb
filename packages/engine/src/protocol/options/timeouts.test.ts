import { describe, expect, test } from "bun:test";
import { readTimeouts } from "./timeouts.ts";

describe("timeouts", () => {
  test.each([
    [
      { start: "10s", finish: "1h30m" },
      { startMs: 10_000, finishMs: 5_400_000 },
    ],
    [{ start: "10s" }, { startMs: 10_000 }],
    [{ start: "", finish: null }, {}],
    [{}, null],
    [undefined, null],
  ])("of %j are read", (value, timeouts) => {
    const problems: string[] = [];
    expect(readTimeouts(value, problems)).toEqual(timeouts);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ start: "soon" }, 'Its timeout "soon" (timeouts.start) is no duration'],
    [{ finish: "0s" }, 'Its timeout "0s" (timeouts.finish) is no duration'],
    [{ finish: 7 }, "Its timeouts can't be read (finish: "],
    ["10s", "Its timeouts can't be read ("],
  ])("of %j are a problem", (value, problem) => {
    const problems: string[] = [];
    readTimeouts(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });
});
