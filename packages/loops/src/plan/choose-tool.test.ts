import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SampleLoop, samplePrd, sampleStory } from "../../test/sample-loop.ts";
import { EMPTY_PLAYBOOK, type Playbook, type ToolRecord } from "../retro/playbook.ts";
import { chooseTool, type ToolQuestion } from "./choose-tool.ts";

const choose = (given: Partial<ToolQuestion> = {}) =>
  chooseTool({
    ...{ story: sampleStory(), tools: ["codex", "claude", "pi"], playbook: EMPTY_PLAYBOOK },
    state: new SampleLoop().state(),
    ...given,
  });
type Tool = ToolRecord["tool"];
const playbook = (...records: readonly (readonly [Tool, number, number, number?])[]): Playbook => ({
  records: records.map(([tool, passes, attempts, costUsd = 0]) => ({
    ...{ storyKind: "code", tool, passes, attempts, costUsd, durationMs: 0 },
  })),
  counted: [],
});

describe("a first attempt goes", () => {
  const BY_TABLE = [
    ["Slugs of titles", "codex", "code"],
    ["A settings page with a form", "pi", "ui"],
    ["Find out which rate limits hold", "pi", "research"],
    ["Refactor the store", "claude", "refactor"],
  ] as const;
  test.each(BY_TABLE)("%s → %s, by the seeds' table", (title, tool, storyKind) => {
    expect(choose({ story: sampleStory({ title }) })).toMatchObject({ tool, storyKind });
  });

  test("with reasons that say which words told", () => {
    expect(choose({ story: sampleStory({ title: "Dark mode" }) }).reasons).toEqual([
      "It is about a user interface (dark mode).",
      "pi is for that.",
    ]);
  });

  test("to the person's first when the one of the table is not there", () => {
    const { tool, reasons } = choose({ tools: ["pi", "claude"] });
    expect(tool).toBe("pi");
    expect(reasons.at(-1)).toBe("codex would be for that, and this loop can't use it: pi instead.");
  });

  test("to the one that the PRD names, whatever its signals and the playbook say", () => {
    const asked = { story: sampleStory({ tool: "claude" }), playbook: playbook(["codex", 40, 40]) };
    expect(choose(asked)).toMatchObject({
      tool: "claude",
      reasons: ["Pure code.", "The PRD says claude."],
    });
  });

  test("elsewhere when that one is not there, and says so", () => {
    const { tool, reasons } = choose({ story: sampleStory({ tool: "claude" }), tools: ["codex"] });
    expect(tool).toBe("codex");
    expect(reasons).toContain("The PRD says claude, which this loop can't use.");
  });
});

describe("the playbook", () => {
  const CASES: readonly (readonly [string, Playbook, Tool])[] = [
    ["says nothing below 20 samples", playbook(["pi", 19, 19]), "codex"],
    ["says who passed most, from 20 on", playbook(["pi", 9, 10], ["codex", 5, 10]), "pi"],
    ["prefers the cheaper of two", playbook(["codex", 9, 10, 5], ["pi", 9, 10, 1]), "pi"],
    ["keeps to the table where all is equal", playbook(["pi", 9, 10], ["codex", 9, 10]), "codex"],
    ["is not fooled by one lucky attempt", playbook(["codex", 19, 20], ["pi", 1, 1]), "codex"],
    ["lets a bad one give way to one that was never tried", playbook(["codex", 2, 20]), "claude"],
    ["stays with a good one", playbook(["codex", 15, 20]), "codex"],
  ];
  test.each(CASES)("%s", (_, given, tool) => {
    expect(choose({ playbook: given }).tool).toBe(tool);
  });

  test("gives its figures as the reason", () => {
    const given = playbook(["pi", 9, 10], ["codex", 5, 10]);
    expect(choose({ playbook: given }).reasons.at(-1)).toBe(
      "At such stories, codex passed 5 of 10, pi passed 9 of 10: pi is best.",
    );
  });

  test("speaks of agents that are there, and of this kind of story alone", () => {
    const given = playbook(["pi", 20, 20], ["codex", 0, 20]);
    expect(choose({ playbook: given, tools: ["codex", "claude"] }).tool).toBe("claude");
    const story = sampleStory({ title: "Refactor the store" });
    expect(choose({ playbook: given, story }).tool).toBe("claude");
  });
});

describe("a further attempt", () => {
  test("goes to the next of the ladder, with the reason", () => {
    const state = new SampleLoop().attempt("FAIL").state();
    const { tool, reasons } = choose({ state });
    expect(tool).toBe("claude");
    expect(reasons.at(-1)).toBe("codex failed on it: claude is the next of the ladder.");
  });

  test("does not go to the PRD's tool again while another is left", () => {
    const state = new SampleLoop().attempt("FAIL", { tool: "pi" }).state();
    expect(choose({ state, story: sampleStory({ tool: "pi" }) }).tool).toBe("codex");
  });

  test("goes to the only one that is there, when there is but one", () => {
    const state = new SampleLoop().attempt("FAIL").state();
    const { tool, reasons } = choose({ state, tools: ["codex"] });
    expect(tool).toBe("codex");
    expect(reasons.at(-1)).toContain("no other agent is there: codex again, with what was wrong.");
  });

  test.each(["LATER", "NEW_TESTS"] as const)(
    "after %s no code has failed: the same again",
    (verdict) => {
      expect(choose({ state: new SampleLoop().attempt(verdict).state() }).tool).toBe("codex");
    },
  );

  test("another story's failures are nothing to it", () => {
    const loop = new SampleLoop(samplePrd([{}, {}])).attempt("FAIL", { storyId: "US-002" });
    expect(choose({ state: loop.state() }).tool).toBe("codex");
  });

  test("never goes to one that has failed while another is left, and all take turns after that", () => {
    const tools = fc
      .shuffledSubarray<Tool>(["codex", "claude", "pi"], { minLength: 1 })
      .map((drawn): readonly Tool[] => drawn);
    const own = fc.option(fc.constantFrom<Tool>("codex", "claude", "pi"), { nil: undefined });
    fc.assert(
      fc.property(tools, own, fc.integer({ min: 1, max: 7 }), (given, tool, times) => {
        const loop = new SampleLoop(samplePrd(), { tools: given, attemptsMax: 20 });
        const used: Tool[] = [];
        for (let time = 0; time < times; time += 1) {
          const story = sampleStory(tool === undefined ? {} : { tool });
          const chosen = choose({ story, tools: given, state: loop.state() }).tool;
          expect(given).toContain(chosen);
          used.push(chosen);
          loop.attempt("FAIL", { tool: chosen });
        }
        const counts = given.map((one) => used.filter((other) => other === one).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
