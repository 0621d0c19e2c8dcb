import { describe, expect, test } from "bun:test";
import { samplePrd, sampleStory } from "../../test/sample-loop.ts";
import { type ReviewQuestion, reviewPrompt } from "./review-prompt.ts";

const ask = (given: Partial<ReviewQuestion> = {}) =>
  reviewPrompt({
    ...{ prd: samplePrd(), story: sampleStory(), runner: "bun", problem: null },
    testFolderHint: ["src/title.test.ts"],
    declarations: [
      {
        path: "src/slug.ts",
        declarations: "export declare function slugify(title: string): string;\n",
      },
    ],
    ...given,
  });

describe("the writer of the tests is told", () => {
  test("the criteria, the interface, and the declarations by the file that they come from", () => {
    const { prompt } = ask();
    expect(prompt).toContain("1. “Hello World” becomes “hello-world”");
    expect(prompt).toContain("# Interface that it has to provide");
    expect(prompt).toContain(
      "==> src/slug.ts <==\nexport declare function slugify(title: string): string;\n```",
    );
  });

  test("to test behaviour and no more than the criteria say", () => {
    const { prompt } = ask();
    expect(prompt).toContain("Test behaviour, never implementation");
    expect(prompt).toContain("Test no more than the criteria say.");
    expect(prompt).toContain("Each test has to be able to fail.");
  });

  const RUNNERS = [
    ["bun", "bun:test", "story-us-001.test.ts"],
    ["node", "node:assert/strict", "story-us-001.test"],
    ["vitest", 'from "vitest"', "story-us-001.test.ts"],
    ["jest", "without an import", "story-us-001.test"],
    ["pytest", "plain functions", "test_story_us_001.py"],
  ] as const;
  test.each(RUNNERS)(
    "how tests for %s import, and what the file is called",
    (runner, words, file) => {
      const { prompt } = ask({ runner });
      expect(prompt).toContain(words);
      expect(prompt).toContain(file);
    },
  );

  test("a runner that is not known by its name alone", () => {
    expect(ask({ runner: "ava" }).prompt).toContain("The tests are for ava.");
  });

  test("why the last tests were refused, uncut", () => {
    const problem = "all tests are skipped\n".repeat(10_000).trim();
    const { prompt, material } = ask({ problem });
    expect(prompt).toContain("# Why the tests that were written before are not used");
    expect(material).toContain(problem);
  });

  test("nothing of declarations where none could be made", () => {
    expect(ask({ declarations: [] }).prompt).not.toContain("What the implementation exports");
  });
});
