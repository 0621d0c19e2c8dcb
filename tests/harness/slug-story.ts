// A story that real agents implement, test and judge by a script: what the files hold, and the commands
// that write them.

import type { AgentName } from "@system-bus/agents";
import { type Prd, runCommand, type Script } from "./loop-scene.ts";
import type { ModelAnswer } from "./model-apis/model-answer.ts";

export const SLUG_PRD: Prd = {
  title: "Slugs",
  description: "Notes get addresses that people can read.",
  checks: [["bun", "test"]],
  stories: [
    {
      id: "US-001",
      title: "Make slugs of titles",
      description: "A function that turns a title into a slug.",
      acceptance_criteria: ["“Hello, World!” becomes “hello-world”", "An empty title throws"],
      priority: 1,
      interface: "src/slugify.ts exports `slugify(title: string): string`",
    },
  ],
};

export const GOOD_SLUGIFY = `export function slugify(title: string): string {
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  if (slug === "") throw new Error("a title without letters has no slug");
  return slug;
}
`;

export const BAD_SLUGIFY = `export function slugify(title: string): string {
  return title;
}
`;

export const SLUG_TESTS = `import { expect, test } from "bun:test";
import { slugify } from "./slugify.ts";

test("1: a title becomes a slug", () => {
  expect(slugify("Hello, World!")).toBe("hello-world");
});

test("2: an empty title throws, and one with letters doesn't", () => {
  expect(() => slugify("")).toThrow();
  expect(slugify("a")).toBe("a");
});
`;

export const TEST_FILE = "src/story-us-001.test.ts";

/** An agent that writes files, and is done. */
export function writes(
  agent: AgentName,
  files: Readonly<Record<string, string>>,
  last = "Done.",
): readonly ModelAnswer[] {
  const commands = Object.entries(files).map(
    ([path, content]) => `mkdir -p "$(dirname ${path})" && cat > ${path} <<'EOF'\n${content}EOF`,
  );
  return [runCommand[agent](commands.join("\n")), { text: last }];
}

export const opinion = (verdict: "pass" | "fail", ...reasons: string[]): readonly ModelAnswer[] => [
  {
    text: JSON.stringify({
      ...{ verdict, reasons: reasons.length > 0 ? reasons : ["Both criteria hold."] },
      ...{ tests_contradict_criteria: false, needs_story: null },
    }),
  },
];

/** The story passes at once: `agent` does everything. */
export function passingScript(agent: AgentName): Script {
  return {
    implement: [writes(agent, { "src/slugify.ts": GOOD_SLUGIFY }, "PATTERN: Modules end in .ts")],
    review: [writes(agent, { [TEST_FILE]: SLUG_TESTS })],
    judge: [opinion("pass")],
  };
}
