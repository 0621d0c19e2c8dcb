import { describe, expect, test } from "bun:test";
import { readSingleton } from "./singleton.ts";

describe("singleton", () => {
  test.each([
    [{ mode: "skip" }, { mode: "skip" }],
    [
      { mode: "cancel", key: "event.data.user" },
      { mode: "cancel", key: "event.data.user" },
    ],
    [{ mode: "skip", key: "" }, { mode: "skip" }],
    [undefined, null],
    [{}, null],
  ])("of %j is read", (value, singleton) => {
    const problems: string[] = [];
    expect(readSingleton(value, problems)).toEqual(singleton as never);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ mode: "wait" }, "Its singleton can't be read (mode: "],
    [{ key: "event.data.user" }, "Its singleton can't be read (mode: "],
    [
      { mode: "skip", key: "user" },
      "The key of its singleton is no valid expression: unknown name",
    ],
    ["skip", "Its singleton can't be read ("],
  ])("of %j is a problem", (value, problem) => {
    const problems: string[] = [];
    readSingleton(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });
});
