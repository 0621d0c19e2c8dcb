import { expect, test } from "bun:test";
import { createPaint } from "./paint.ts";
import { renderTable } from "./table.ts";

test("columns are as wide as their widest cell, and nothing trails", () => {
  expect(
    renderTable(
      ["RUN", "STATUS"],
      [
        ["1", "failed"],
        ["123456", ""],
      ],
    ),
  ).toBe(["RUN     STATUS", "1       failed", "123456"].join("\n"));
});

test("colours and wide letters take the room that they are seen to take", () => {
  const { bad } = createPaint(true);
  const lines = renderTable(
    ["A", "B"],
    [
      [bad("✗"), "1"],
      ["漢字", "2"],
    ],
  ).split("\n");
  expect(lines.map((line) => Bun.stringWidth(line))).toEqual([7, 7, 7]);
});

test("a line that is too long for the terminal ends with an ellipsis", () => {
  const [, line] = renderTable(["A", "B"], [["1", "much too long"]], { columnsMax: 10 }).split(
    "\n",
  );
  expect(line).toBe("1  much t…");
});

test("a line break in a cell doesn't break the table", () => {
  expect(renderTable(["A", "B"], [["one\ntwo", "3"]])).toContain("one two  3");
});
