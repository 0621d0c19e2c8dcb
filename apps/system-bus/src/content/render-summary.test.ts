import { expect, test } from "bun:test";
import { renderSummary, type SummarySource, summarySourceOf } from "./render-summary.ts";

const summary = {
  executiveSummary: "# It works.\n\n\n## Really\nvery well.",
  keyPoints: ["- One", "Two\nlines"],
  speakerContext: null,
  research: [],
};

test("the sections stand in their order, and no heading of a model comes between", () => {
  const quotes = [{ text: "A [queue] is it", at: 3661 }];
  expect(renderSummary({ by: "pi", model: "m", summary, quotes })).toBe(`## Executive Summary

It works.

Really
very well.

## Key Points

- One
- Two lines

## Speaker Context

*Nothing is known about the speaker.*

## Quotes

> “A \\[queue\\] is it” **[1:01:01]**

*Summary by pi (m). Research: none.*`);
});

test("the pages of the research are listed, but for addresses that are none", () => {
  const research = [
    { title: "Ada] [x", url: "https://example.org/a b" },
    { title: "evil", url: "javascript:alert(1)" },
    { title: "", url: "https://example.org/>" },
  ];
  const text = renderSummary({
    by: "model",
    model: undefined,
    summary: { ...summary, research },
    quotes: [],
  });
  expect(text).toEndWith(
    "*Summary by a model. Research:*\n\n- [Ada\\] \\[x](<https://example.org/a%20b>)\n- [https://example.org/>](<https://example.org/%3E>)",
  );
  expect(text).not.toContain("## Quotes");
});

test("who wrote a summary can be read from it", () => {
  const written = (by: SummarySource) => renderSummary({ by, model: "m", summary, quotes: [] });
  for (const by of ["pi", "codex", "claude", "model", "extractive"] as const) {
    expect(summarySourceOf(written(by))).toBe(by);
  }
  expect(summarySourceOf("*Not summarised yet.*")).toBeNull();
});

test("why another way was taken is said at the end", () => {
  expect(
    renderSummary({
      by: "extractive",
      model: undefined,
      summary,
      quotes: [],
      remark: "pi failed: <x>",
    }),
  ).toEndWith("No model has read it.*\n*pi failed: \\<x>*");
});
