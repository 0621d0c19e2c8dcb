import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { closeMatches, editDistance } from "./close-matches.ts";

const names = ["pipeline/video.download", "pipeline/video.downloaded", "content/summarize"];

describe("close matches", () => {
  test("a dropped, a doubled and a swapped letter are forgiven", () => {
    for (const typo of ["content/sumarize", "content/summmarize", "content/sumamrize"]) {
      expect(closeMatches(typo, names)).toEqual(["content/summarize"]);
    }
  });

  test("the nearest comes first", () => {
    expect(closeMatches("pipeline/video.downloade", names)).toEqual([
      "pipeline/video.download",
      "pipeline/video.downloaded",
    ]);
  });

  test("a name without its prefix finds its event", () => {
    expect(closeMatches("summarize", names)).toEqual(["content/summarize"]);
  });

  test("case does not matter", () => {
    expect(closeMatches("Content/Summarize", names)).toEqual(["content/summarize"]);
  });

  test("a name that has nothing in common gets no guess", () => {
    expect(closeMatches("billing/invoice.paid", names)).toEqual([]);
    expect(closeMatches("", names)).toEqual([]);
    expect(closeMatches("xy", ["ab"])).toEqual([]);
  });

  test("three guesses at most", () => {
    expect(closeMatches("aaaa", ["aaab", "aaac", "aaad", "aaae"])).toHaveLength(3);
  });
});

describe("the edit distance", () => {
  test.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["abcd", "acbd", 1],
    ["ca", "abc", 3],
  ] as const)("between %p and %p is %d", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test("is the same in both directions, zero only for equals, and never more than the longer", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});
