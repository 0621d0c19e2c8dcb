import { describe, expect, test } from "bun:test";
import { samplePrd, sampleStory } from "../../test/sample-loop.ts";
import { type ImplementQuestion, implementPrompt } from "./implement-prompt.ts";

const story = sampleStory();
const ask = (given: Partial<ImplementQuestion> = {}) =>
  implementPrompt({
    ...{ prd: samplePrd([{}, { title: "Slugs that are free" }]), story, feedback: null },
    ...{ patterns: [], agentsFile: null, lockedTests: [] },
    ...given,
  });

describe("an implementor is told", () => {
  test("the story with its numbered criteria and its interface", () => {
    const { prompt } = ask();
    expect(prompt).toContain("# Story US-001: Slugs of titles");
    expect(prompt).toContain("1. “Hello World” becomes “hello-world”\n2. A title without letters");
    expect(prompt).toContain("# Interface that it has to provide\n\nsrc/slug.ts exports");
  });

  test("which stories are others'", () => {
    expect(ask().prompt).toContain("Other stories, not yours:\n\n- US-002: Slugs that are free");
  });

  test("the project's checks, as a person would type them", () => {
    const prd = samplePrd([{}], {
      checks: [
        ["bun", "run", "check"],
        ["sh", "-c", "a b"],
      ],
    });
    expect(ask({ prd }).prompt).toContain('- bun run check\n- sh -c "a b"');
  });

  test("what earlier agents noticed, as material, and the rules of AGENTS.md", () => {
    const { prompt } = ask({ patterns: ["Tests lie beside the file"], agentsFile: "Use tabs." });
    expect(prompt).toContain("```\n- Tests lie beside the file\n```");
    expect(prompt).toContain("# AGENTS.md of the project\n\nUse tabs.");
  });

  test("that the loop commits, and that checks are not to be weakened", () => {
    const { prompt } = ask();
    expect(prompt).toContain("Never commit");
    expect(prompt).toContain("Never make a check pass by weakening it");
  });

  test("nothing of a last attempt when there was none", () => {
    expect(ask().prompt).not.toMatch(/last attempt|refused whole/);
  });

  test("what was wrong with the last attempt, and to begin with that", () => {
    const { prompt } = ask({ feedback: "2 tests fail" });
    expect(prompt).toContain("# What was wrong with the last attempt\n\n```\n2 tests fail\n```");
    expect(prompt).toContain("Begin with what was wrong.");
  });

  test("which tests are locked, and what a change to them costs", () => {
    const { prompt } = ask({ lockedTests: ["src/story-us-001.test.ts"] });
    expect(prompt).toContain("- src/story-us-001.test.ts");
    expect(prompt).toContain("a change to them is refused whole");
  });

  test("feedback of any length, uncut: what is long comes as a file", () => {
    const feedback = Array.from({ length: 20_000 }, (_, index) => `- test ${index} fails`).join(
      "\n",
    );
    const { prompt, material } = ask({ feedback });
    expect(material).toContain(feedback);
    expect(prompt).toContain("under the same heading. Read all of it.");
    expect(prompt).toContain("# Story US-001");
  });
});
