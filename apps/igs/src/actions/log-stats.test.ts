import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { renderStats } from "./log-stats.ts";

test("the log in figures is one sentence and a table of the commonest", () => {
  const words = Array.from({ length: 12 }, (_, at) => ({ word: `tool-${at}`, count: 12 - at }));
  const text = renderStats(
    {
      ...{
        count: 30,
        problemCount: 2,
        firstAt: "2026-11-01T00:00:00Z",
        lastAt: "2026-11-24T00:00:00Z",
      },
      ...{ ageMs: 3_600_000, actions: [{ word: "install", count: 30 }], tools: words },
      days: [{ word: "2026-11-24", count: 30 }],
    },
    { paint: plainPaint, columnsMax: 80 },
  );
  const lines = text.split("\n");
  expect(lines[0]).toBe(
    "30 entries from 2026-11-01T00:00:00Z to 2026-11-24T00:00:00Z, the last 1 h 00 min ago; 2 lines are no entries",
  );
  expect(lines.slice(2, 4).map((line) => line.split(/ {2,}/))).toEqual([
    ["ACTION", "TOOL", "DAY"],
    ["install", "30", "tool-0", "12", "2026-11-24", "30"],
  ]);
  expect(lines).toHaveLength(14);
  expect(lines.at(-1)).toBe("--json has the rest.");
});
