import { describe, expect, test } from "bun:test";
import { readDebounce } from "./debounce.ts";

describe("debounce", () => {
  test.each([
    [{ period: "1s" }, { periodMs: 1_000 }],
    [{ period: "168h" }, { periodMs: 7 * 86_400_000 }],
    [
      { period: "5s", timeout: "1m", key: "event.data.user" },
      { periodMs: 5_000, timeoutMs: 60_000, key: "event.data.user" },
    ],
    [{ period: "5s", timeout: "", key: "" }, { periodMs: 5_000 }],
    [
      { period: "1m", timeout: "1s" },
      { periodMs: 60_000, timeoutMs: 1_000 },
    ],
    [undefined, null],
    [{}, null],
  ])("of %j is read", (value, debounce) => {
    const problems: string[] = [];
    expect(readDebounce(value, problems)).toEqual(debounce as never);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ period: "" }, 'The period "" of its debounce is no duration from 1s to 7d.'],
    [{ period: "999ms" }, 'The period "999ms" of its debounce is no duration'],
    [{ period: "169h" }, 'The period "169h" of its debounce is no duration'],
    [{ period: 5 }, "Its debounce can't be read (period: "],
    [{ key: "event.data.user" }, "Its debounce can't be read (period: "],
    [
      { period: "5s", timeout: "500ms" },
      'The timeout "500ms" of its debounce is no duration from 1s to 366d.',
    ],
    [{ period: "5s", timeout: "367d" }, 'The timeout "367d" of its debounce is no duration'],
    [{ period: "5s", timeout: "soon" }, 'The timeout "soon" of its debounce is no duration'],
    [{ period: "5s", key: "user" }, "The key of its debounce is no valid expression: unknown name"],
  ])("of %j is a problem", (value, problem) => {
    const problems: string[] = [];
    readDebounce(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });
});
