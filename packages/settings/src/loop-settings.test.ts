import { expect, test } from "bun:test";
import { readSettings } from "./read-settings.ts";

const home = "/home/sam";
const read = (env: Record<string, string>) => readSettings({ env, home }).loops;
const problemOf = (env: Record<string, string>): string => {
  try {
    read(env);
  } catch (error) {
    return String(error);
  }
  return "none";
};

test("without a word no folder is open to loops, all three agents are, and two run at once", () => {
  expect(read({})).toEqual({
    projects: [],
    pricesFile: undefined,
    tools: ["codex", "claude", "pi"],
    agentsMax: 2,
  });
});

test("LOOP_PROJECTS is a list of folders, each of which may begin with ~", () => {
  expect(read({ LOOP_PROJECTS: "~/code:/srv/work/: ~/code" }).projects).toEqual([
    "/home/sam/code",
    "/srv/work",
  ]);
});

test("a folder of LOOP_PROJECTS that is not absolute is named", () => {
  expect(problemOf({ LOOP_PROJECTS: "/srv/work:code" })).toContain(
    "“code” must be an absolute path",
  );
});

test("LOOP_TOOLS gives the agents and their order", () => {
  expect(read({ LOOP_TOOLS: "pi, codex" }).tools).toEqual(["pi", "codex"]);
});

test("LOOP_TOOLS refuses an agent that there is none of, one that is named twice, and none", () => {
  expect(problemOf({ LOOP_TOOLS: "codex,copilot" })).toContain("does not know copilot");
  expect(problemOf({ LOOP_TOOLS: "pi,pi" })).toContain("names none, or one twice");
  expect(problemOf({ LOOP_TOOLS: "," })).toContain("names none, or one twice");
});

test("LOOP_AGENTS_MAX is a number from 1 to 16", () => {
  expect(read({ LOOP_AGENTS_MAX: "16" }).agentsMax).toBe(16);
  for (const bad of ["0", "17", "many"]) {
    expect(problemOf({ LOOP_AGENTS_MAX: bad })).toContain("from 1 to 16");
  }
});
