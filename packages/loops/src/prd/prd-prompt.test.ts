import { describe, expect, test } from "bun:test";
import { prdPrompt } from "./prd-prompt.ts";
import { readPrd } from "./read-prd.ts";

const ask = (given: Partial<Parameters<typeof prdPrompt>[0]> = {}) =>
  prdPrompt({ goal: "Slugs", projectFacts: null, problems: null, previous: null, ...given });

describe("the writer of a PRD is told", () => {
  test("the goal, and what there is to know of the project", () => {
    const { prompt } = ask({ projectFacts: "# Slugs\n\nA small library." });
    expect(prompt).toContain("# Goal\n\nSlugs");
    expect(prompt).toContain("```\n# Slugs\n\nA small library.\n```");
  });

  test("a form that the schema takes when it is filled in", () => {
    const { prompt } = ask();
    const form: unknown = JSON.parse(prompt.slice(prompt.lastIndexOf("left out:") + 9));
    const filled = JSON.stringify(form).replace('"ids of other stories"', "");
    expect(readPrd(JSON.parse(filled)).stories).toHaveLength(1);
  });

  test("what is wrong with its last one, and that one", () => {
    const { prompt } = ask({ problems: ["stories[0].id: is missing"], previous: '{"title": "x"}' });
    expect(prompt).toContain("- stories[0].id: is missing");
    expect(prompt).toContain('```\n{"title": "x"}\n```');
  });
});
