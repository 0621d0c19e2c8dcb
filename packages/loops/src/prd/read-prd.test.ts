import { describe, expect, test } from "bun:test";
import { somePrd } from "../../test/some-facts.ts";
import { LoopsError } from "../loops-error.ts";
import { readPrd } from "./read-prd.ts";

function problemsOf(value: unknown): readonly string[] {
  try {
    readPrd(value);
    return [];
  } catch (error) {
    if (!(error instanceof LoopsError) || error.code !== "PRD_INVALID") throw error;
    const [first, ...problems] = error.message.split("\n");
    expect(first).toBe("The PRD cannot be used:");
    return problems;
  }
}

describe("reading a PRD", () => {
  test("a good one comes out as it went in", () => {
    const prd = {
      ...somePrd({ id: "US-001" }, { id: "US-002", depends_on: ["US-001"], tool: "pi" }),
      checks: [["bun", "test"]],
      keep_tests: true,
    };
    expect(readPrd(structuredClone(prd))).toEqual(prd);
  });

  test.each([[undefined], [null], ["a PRD"], [[]], [17]])("%p is refused", (value) => {
    expect(problemsOf(value)).toHaveLength(1);
  });

  test("everything that is wrong is told at once, each with its place", () => {
    const [story] = somePrd({ id: "US-001" }).stories;
    const value = {
      title: "Slugs",
      storys: [],
      checks: ["bun test"],
      stories: [
        { ...story, acceptance_criteria: [], priority: "high" },
        { ...story, id: "US 2", depends_on: ["US-001", "US-003"], criteria: ["it works"] },
        { ...story, tool: "cursor" },
      ],
    };
    expect(problemsOf(value)).toEqual([
      "description: is required",
      "checks[0]: Invalid input: expected array, received string",
      "stories[0].acceptance_criteria: needs at least one criterion that a test can hold the story to",
      "stories[0].priority: Invalid input: expected number, received string",
      "stories[1].id: must be a story's id: letters, digits, “.”, “-” and “_”, at most 64, such as US-001",
      'stories[2].tool: Invalid option: expected one of "codex"|"claude"|"pi"',
      "storys: is not a field of this PRD; did you mean “stories”?",
      "stories[1].criteria: is not a field of this PRD; did you mean “acceptance_criteria”?",
      "stories[2].id: “US-001” is the id of stories[0] already",
      "stories[1].depends_on[1]: “US-003” is no story of this PRD; did you mean “US-001”?",
    ]);
  });

  test("ids that differ in capitals alone are refused: not every file system tells them apart", () => {
    expect(problemsOf(somePrd({ id: "us-1" }, { id: "US-1" }))).toEqual([
      "stories[1].id: “US-1” differs from “us-1” of stories[0] in capitals alone",
    ]);
  });

  test("a dependency with no likeness to any story lists what there is", () => {
    expect(problemsOf(somePrd({ id: "US-1" }, { id: "US-2", depends_on: ["login"] }))).toEqual([
      "stories[1].depends_on[0]: “login” is no story of this PRD; known are: US-1, US-2",
    ]);
  });

  test("a story that depends on itself is a circle", () => {
    expect(problemsOf(somePrd({ id: "A", depends_on: ["A"] }))).toEqual([
      "stories[0].depends_on[0]: goes round in a circle: A → A",
    ]);
  });

  test("each circle is named once, without those who only lead into it", () => {
    const prd = somePrd(
      { id: "in", depends_on: ["A"] },
      { id: "A", depends_on: ["B"] },
      { id: "B", depends_on: ["C"] },
      { id: "C", depends_on: ["out", "A"] },
      { id: "out" },
      { id: "X", depends_on: ["Y"] },
      { id: "Y", depends_on: ["X"] },
    );
    expect(problemsOf(prd)).toEqual([
      "stories[3].depends_on[1]: goes round in a circle: A → B → C → A",
      "stories[6].depends_on[0]: goes round in a circle: X → Y → X",
    ]);
  });

  test("many ways to one story are no circle", () => {
    const prd = somePrd(
      { id: "A" },
      { id: "B", depends_on: ["A"] },
      { id: "C", depends_on: ["A", "A"] },
      { id: "D", depends_on: ["B", "C"] },
    );
    expect(problemsOf(prd)).toEqual([]);
  });

  test("one that fits into no event is refused before anybody sends it", () => {
    const [story] = somePrd({ id: "A" }).stories;
    const stories = Array.from({ length: 25 }, (_, index) => ({
      ...story,
      id: `US-${index}`,
      description: "x".repeat(20_000),
    }));
    const [problem, ...others] = problemsOf({ ...somePrd(), stories });
    expect(problem).toMatch(/^The PRD has \d{6} bytes, and at most 400000 fit into an event/);
    expect(others).toEqual([]);
  });

  test("one that is far too large is refused fast", () => {
    const stories = Array.from({ length: 20_000 }, (_, index) => ({
      id: `US-${index}`,
      depends_on: [`US-${index + 1}`],
    }));
    const startedMs = performance.now();
    expect(problemsOf({ stories }).length).toBeGreaterThan(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test("names that every object inherits are neither fields nor stories", () => {
    const story = '{"id":"toString","title":"t","description":"d","acceptance_criteria":["c"]';
    const value = JSON.parse(
      `{"title":"t","description":"d","__proto__":{"stories":[]},"stories":[${story},"priority":1,"depends_on":["constructor"]}]}`,
    );
    expect(problemsOf(value)).toEqual([
      expect.stringContaining("__proto__: is not a field of this PRD"),
      expect.stringContaining("stories[0].depends_on[0]: “constructor” is no story"),
    ]);
  });
});
