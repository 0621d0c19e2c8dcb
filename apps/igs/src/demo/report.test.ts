import { describe, expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { renderNote } from "./report.ts";

describe("the note as the demo prints it", () => {
  test("has a frame", () => {
    expect(renderNote("# Title\n\ntext\n", plainPaint)).toBe("│ # Title\n│\n│ text");
  });

  test("says how much of a long one is left out", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const shown = renderNote(lines.join("\n"), plainPaint).split("\n");
    expect(shown.at(-1)).toBe("│ … and 30 more lines");
    expect(shown).toHaveLength(71);
  });
});
