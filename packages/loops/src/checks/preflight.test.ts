import { describe, expect, test } from "bun:test";
import type { CheckResult } from "../record/fact.ts";
import { type PreflightInput, preflight } from "./preflight.ts";

const passed: CheckResult = {
  ...{ command: ["bun", "test"], exitCode: 0, endedBy: "exit", durationMs: 10 },
  ...{ failingTests: [], firstErrors: [], outputFile: "1.log" },
};
const agent = { isInstalled: true, login: "yes", version: "1.2.3", problem: null } as const;
const GB = 1024 ** 3;

const ready: PreflightInput = {
  facts: { problems: [] },
  found: {
    ...{ setup: null, checks: [["bun", "test"]], runner: "bun", testFiles: [] },
    testRunner: { name: "bun", options: [] },
  },
  baseline: [passed],
  agents: [
    { ...agent, name: "codex" },
    { ...agent, name: "claude" },
  ],
  disk: { freeBytes: 10 * GB, projectBytes: GB },
  caps: {
    ...{ attemptsMax: 3, iterationsMax: 100, wallClockMaxMs: 1, tokensMax: null },
    ...{ costMaxUsd: 20, agentTimeMaxMs: 1 },
  },
  prices: { unpriced: [] },
  prd: { stories: [{ id: "US-001" }, { id: "US-002" }] },
};

const problemsOf = (more: Partial<PreflightInput>) => preflight({ ...ready, ...more }).problems;
const notesOf = (more: Partial<PreflightInput>) => preflight({ ...ready, ...more }).notes;
const containing = (text: string) => [expect.stringContaining(text)];

describe("preflight", () => {
  test("has nothing to say when all is there", () => {
    expect(preflight(ready)).toEqual({ problems: [], notes: [] });
  });

  test("says everything that is wrong at once", () => {
    const { problems } = preflight({
      ...ready,
      facts: { problems: ["the working tree is not clean: src/a.ts"] },
      found: { ...ready.found, checks: [], runner: null, testRunner: null },
      baseline: null,
      agents: [{ ...agent, name: "codex", isInstalled: false, login: "unknown" }],
      disk: { freeBytes: GB, projectBytes: GB },
    });
    expect(problems.map((problem) => problem.slice(0, 30))).toEqual([
      "the working tree is not clean:",
      "no check was found that a mach",
      "no test runner was found that ",
      "none of the agents runs here (",
      "the disk of the loops folder h",
    ]);
    expect(problems.join()).toContain("whether US-001, US-002 is done");
  });

  test("lets failures from before stand, and names one", () => {
    const failing = { ...passed, exitCode: 1, failingTests: ["a > b", "c"] };
    expect(problemsOf({ baseline: [failing] })).toEqual([]);
    expect(notesOf({ baseline: [failing] })).toEqual(
      containing("bun test fails already (2 named, such as a > b): only what is new counts"),
    );
  });

  test.each<[string, Partial<CheckResult>, string]>([
    [
      "can't be started",
      { endedBy: "not-started", exitCode: null, firstErrors: ["cannot start bun"] },
      "cannot start bun",
    ],
    [
      "starts something that is missing",
      { exitCode: 127, firstErrors: ["sh: vitest: not found"] },
      "vitest: not found",
    ],
    ["doesn't end", { endedBy: "time-limit", exitCode: null, durationMs: 600_000 }, "600 s"],
  ])("stops at a check that %s", (_, more, why) => {
    expect(problemsOf({ baseline: [{ ...passed, ...more }] })).toEqual(containing(why));
  });

  test("stops when dependencies can't be fetched", () => {
    const setup = { ...passed, command: ["npm", "ci"], exitCode: 1, firstErrors: ["E404 absent"] };
    expect(problemsOf({ setup })).toEqual(containing("npm ci (exit code 1): E404 absent"));
  });

  test("stops at an agent that is not logged in, and notes one that can't tell", () => {
    const agents = [
      { ...agent, name: "codex", login: "no" } as const,
      { ...agent, name: "pi", login: "unknown" } as const,
    ];
    expect(problemsOf({ agents })).toEqual(containing("codex is not logged in"));
    expect(notesOf({ agents })).toEqual(containing("whether pi is logged in can't be told"));
  });

  test("goes on without an agent that doesn't run, and says that reviews are less independent", () => {
    const agents = [
      { ...agent, name: "codex" },
      { ...agent, name: "pi", problem: "needs node 22" },
    ];
    expect(problemsOf({ agents })).toEqual([]);
    expect(notesOf({ agents })).toEqual([
      "pi doesn't run: needs node 22",
      expect.stringContaining("codex writes both the code and its tests"),
    ]);
  });

  test("stops at a story whose own tool doesn't run", () => {
    const prd = { stories: [{ id: "US-001", tool: "pi" }] };
    expect(problemsOf({ prd })).toEqual(containing("story US-001 asks for pi"));
  });

  test("notes what the money cap can't hold", () => {
    expect(notesOf({ prices: { unpriced: ["codex"] } })).toEqual(
      containing("the cost of codex can't be told"),
    );
    const caps = { ...ready.caps, costMaxUsd: null };
    expect(notesOf({ prices: { unpriced: ["codex"] }, caps })).toEqual([]);
  });
});
