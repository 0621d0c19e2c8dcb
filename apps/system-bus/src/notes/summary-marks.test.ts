import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  findSummary,
  hashOutsideMarks,
  SUMMARY_END,
  SUMMARY_START,
  spliceSummary,
} from "./summary-marks.ts";

const note = `---\nid: "x"\n---\n\n# T\n\n${SUMMARY_START}\nold\n${SUMMARY_END}\n\nmine\n`;

test("only the part between the marks changes", () => {
  const spliced = spliceSummary(note, "\nnew\n\n- point\n");
  expect(spliced).toBe(note.replace("old", "new\n\n- point"));
  expect(hashOutsideMarks(spliced ?? "")).toBe(hashOutsideMarks(note));
});

test("the same summary again changes nothing", () => {
  const once = spliceSummary(note, "new") ?? "";
  expect(spliceSummary(once, "new")).toBe(once);
});

test.each([
  ["gone", note.replace(SUMMARY_START, "")],
  ["doubled", note + note],
  ["swapped", `${SUMMARY_END}\n${SUMMARY_START}\n`],
  ["inside a line", note.replace(SUMMARY_END, `> ${SUMMARY_END}`)],
])("a note whose marks are %s is left alone", (_, broken) => {
  expect(findSummary(broken)).toBeNull();
  expect(spliceSummary(broken, "new")).toBeNull();
});

test("no summary can move the marks or change what stands around them", () => {
  const piece = fc.oneof(
    fc.constantFrom(SUMMARY_START, SUMMARY_END, "\n", "<!--summary:end-->", "---\n"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const spliced = spliceSummary(note, pieces.join("")) ?? "";
      expect(spliced).toStartWith(note.slice(0, note.indexOf("old")));
      expect(spliced).toEndWith(note.slice(note.indexOf(SUMMARY_END)));
      expect(findSummary(spliced)).not.toBeNull();
    }),
  );
});
