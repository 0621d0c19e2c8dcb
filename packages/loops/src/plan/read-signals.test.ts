import { describe, expect, test } from "bun:test";
import { sampleStory } from "../../test/sample-loop.ts";
import { readSignals, type StoryKind } from "./read-signals.ts";

const read = (title: string, more: Partial<Parameters<typeof readSignals>[0]> = {}) =>
  readSignals({
    ...{
      title,
      description: "As it says.",
      acceptance_criteria: ["It holds."],
      interface: undefined,
    },
    ...more,
  });

const STORIES: readonly (readonly [string, StoryKind])[] = [
  // Pure code, migrations, types.
  ["A title becomes a slug", "code"],
  ["Add a migration for the users table with a column for the time zone", "code"],
  ["Make the types of the parser strict", "code"],
  ["An endpoint that returns a page of results", "code"],
  ["Validate the form of a phone number", "code"],
  ["Retry requests in the form of exponential backoff", "code"],
  ["Parse the colour of a terminal", "code"],
  ["A CLI that prints the menu of the day", "code"],
  ["Compile a component graph", "code"],
  ["A person can move an item into the cart", "code"],
  // What has to be looked at.
  ["A settings page with a form for the name", "ui"],
  ["Dark mode", "ui"],
  ["The button is disabled while it saves", "ui"],
  ["Make the table responsive", "ui"],
  ["Icons in the menu change their colour", "ui"],
  ["Screen reader users hear the error", "ui"],
  // What has to be looked up.
  ["Use the latest version of the payment API", "research"],
  ["Find out which rate limits the service has, and hold to them", "research"],
  ["Compare libraries for PDF and use the best", "research"],
  ["Web research: which countries changed their time zones", "research"],
  ["Research the colours of the brand for a landing page", "research"],
  // Many files.
  ["Refactor the store", "refactor"],
  ["Rename `user` to `account` everywhere", "refactor"],
  ["Move the SQL of all tables into one folder", "refactor"],
  ["Split the 2,000 lines of engine.ts into parts", "refactor"],
  ["Replace moment with Temporal throughout", "refactor"],
  ["All callers pass options instead of flags", "refactor"],
  ["Use one logger across the whole codebase", "refactor"],
];

describe("a story is of the kind that its words say", () => {
  test.each(STORIES)("%s → %s", (title, storyKind) => {
    expect(read(title).storyKind).toBe(storyKind);
  });

  test("its criteria count as its title does", () => {
    const acceptance_criteria = ["The dialog closes with Escape"];
    expect(read("Leave", { acceptance_criteria })).toEqual({
      storyKind: "ui",
      signals: ["dialog"],
    });
  });

  test("the files of its interface tell, too: a component", () => {
    const provided = "src/settings.tsx exports Settings";
    expect(read("Settings", { interface: provided })).toEqual({
      ...{ storyKind: "ui", signals: ["src/settings.tsx"] },
    });
  });

  test("or many files", () => {
    const provided = "a.ts, b.ts, src/c.ts, d.py and ./e.go; a.ts again";
    expect(read("Names", { interface: provided })).toEqual({
      ...{ storyKind: "refactor", signals: ["5 files"] },
    });
  });

  test("signals are the words of the story, each once", () => {
    expect(read("Buttons and a button in the Browser").signals).toEqual(["buttons", "browser"]);
  });

  test("the sample of the documentation is code", () => {
    expect(readSignals(sampleStory())).toEqual({ storyKind: "code", signals: [] });
  });

  test("it takes no time, however long the story", () => {
    const begunAt = performance.now();
    read("split move rename replace extract ".repeat(600));
    read("a/".repeat(10_000), { description: "a.".repeat(10_000) });
    expect(performance.now() - begunAt).toBeLessThan(1_000);
  });
});
