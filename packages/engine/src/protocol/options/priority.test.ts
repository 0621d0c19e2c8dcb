import { describe, expect, test } from "bun:test";
import { readPriority } from "./priority.ts";

describe("priority", () => {
  test.each([
    [{ run: "event.data.isVip ? 120 : 0" }, "event.data.isVip ? 120 : 0"],
    [{ run: "" }, null],
    [{ run: null }, null],
    [undefined, null],
  ])("of %j is read", (value, expression) => {
    const problems: string[] = [];
    expect(readPriority(value, problems)).toBe(expression);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ run: "isVip" }, "Its priority is no valid expression: unknown name"],
    [{ run: 120 }, "Its priority can't be read (run: "],
    [120, "Its priority can't be read ("],
  ])("of %j is a problem", (value, problem) => {
    const problems: string[] = [];
    readPriority(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });
});
