import { expect, test } from "bun:test";
import { runOf } from "../testing/trace.ts";
import { type CleanFacts, decideClean } from "./decide-clean.ts";

const program = { key: "r1.implement.1", runId: "r1", stepId: "implement", state: "running" };
const over: CleanFacts = {
  loopId: "a-1",
  hasEnded: true,
  activity: { runs: [], programs: [], strays: [] },
  folders: ["/loops/a-1/clone", "/loops/a-1/scratch"],
  heldProject: "/code/a",
};
const reasonOf = (change: Partial<CleanFacts>) => {
  const decision = decideClean({ ...over, ...change });
  return decision.kind === "keep" ? decision.reason : decision.kind;
};

test("K1: a loop that is over and of which nothing lives goes, with its claim", () => {
  expect(decideClean(over)).toEqual({
    kind: "clean",
    folders: over.folders,
    heldProject: "/code/a",
  });
});

test("K1: a loop that is not over stays, whatever lives of it", () => {
  expect(reasonOf({ hasEnded: false })).toBe("it is not over");
});

test("K1: an over loop of which a run or a program lives stays", () => {
  const { activity } = over;
  expect(reasonOf({ activity: { ...activity, runs: [runOf({ id: "r1" })] } })).toContain("r1");
  expect(reasonOf({ activity: { ...activity, programs: [program] } })).toContain(program.key);
  expect(reasonOf({ activity: { ...activity, strays: [program] } })).toContain("may be its");
});

test("K3: what can't be known counts as living", () => {
  const unknown = { runs: null, programs: null, strays: [] };
  expect(reasonOf({ activity: unknown })).toContain("no engine answers");
  expect(reasonOf({ activity: { ...unknown, runs: [] } })).toContain("no worker answers");
});

test("what a preflight has left that never ended goes, too", () => {
  expect(reasonOf({ hasEnded: null })).toBe("clean");
});

test("a loop that was cleaned before has nothing more", () => {
  expect(reasonOf({ folders: [], heldProject: null })).toBe("nothing");
});
