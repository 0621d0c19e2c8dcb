import { describe, expect, test } from "bun:test";
import { BEGUN_MS, someFact, somePrd } from "../../test/some-facts.ts";
import { decideEntry, type LoopRole, nextRole, type StoryRole } from "./decide-entry.ts";
import type { Fact } from "./fact.ts";
import { foldLoop } from "./fold-loop.ts";
import type { LoopState } from "./loop-state.ts";

function stateAfter(...facts: readonly Fact[]): LoopState {
  const state = foldLoop(
    somePrd({ id: "A" }, { id: "B" }),
    [someFact("begun"), ...facts],
    BEGUN_MS,
  );
  if (state === null) throw new Error("it has begun");
  return state;
}
const decide = (
  state: LoopState,
  role: LoopRole,
  given: Partial<Parameters<typeof decideEntry>[1]> = {},
) => decideEntry(state, { role, generation: state.generation, storyId: "A", attempt: 1, ...given });
const kinds = (state: LoopState) =>
  (["implement", "review", "judge"] as const).map((role) => decide(state, role).kind).join(" ");

const planned = someFact("planned");
const implemented = someFact("implemented");
const reviewed = someFact("reviewed");
const passed = someFact("judged");
const published = someFact("published");

describe("a role of a story", () => {
  test("goes when its turn is, is done when its fact is there, and is stale before its turn", () => {
    expect(kinds(stateAfter(planned))).toBe("go stale stale");
    expect(kinds(stateAfter(planned, implemented))).toBe("done go stale");
    expect(kinds(stateAfter(planned, implemented, reviewed))).toBe("done done go");
  });

  test("of an attempt without a commit has no review", () => {
    const nothing = someFact("implemented", { commit: null, problem: "nothing was changed" });
    expect(kinds(stateAfter(planned, nothing))).toBe("done done go");
  });

  test("judge goes until what has passed is published, and is done then", () => {
    const judged = [planned, implemented, reviewed, passed];
    expect(kinds(stateAfter(...judged))).toBe("done done go");
    expect(kinds(stateAfter(...judged, published))).toBe("done done done");
  });

  test("judge goes once more when a person has passed what nobody could decide", () => {
    const asked = someFact("judged", { verdict: "NEEDS_HUMAN" });
    const byPerson = someFact("judged", { verdict: "PASS", by: "person" });
    const facts = [planned, implemented, reviewed, asked];
    expect(kinds(stateAfter(...facts))).toBe("done done done");
    expect(kinds(stateAfter(...facts, byPerson))).toBe("done done go");
  });

  test("of another attempt, of no story, or of none that was planned is stale, and says so", () => {
    const state = stateAfter(planned, someFact("judged", { verdict: "FAIL" }));
    const next = stateAfter(
      planned,
      someFact("judged", { verdict: "FAIL" }),
      someFact("planned", { iteration: 2, attempt: 2 }),
    );
    expect(decide(next, "implement")).toEqual({
      kind: "stale",
      reason: "attempt 1 at A is not under way: the last is 2",
    });
    expect(decide(state, "judge", { storyId: "B" })).toEqual({
      kind: "stale",
      reason: "attempt 1 at B is not under way: none was planned",
    });
    expect(decide(state, "judge", { storyId: "Z" })).toEqual({
      kind: "stale",
      reason: "Z is no story of this loop",
    });
  });

  test("stands while the loop is paused, and goes on in the next generation where it was", () => {
    const facts = [planned, implemented, someFact("paused")];
    expect(kinds(stateAfter(...facts))).toBe("paused paused paused");
    const resumed = stateAfter(...facts, someFact("resumed"));
    expect(kinds(resumed)).toBe("done go stale");
    expect(decide(resumed, "review", { generation: 1 })).toEqual({
      kind: "stale",
      reason: "generation 1 is over: the loop lives on as 2",
    });
  });

  test("hears that the loop is cancelled, and is stale when its end is written", () => {
    const cancelled = [planned, someFact("cancelled")];
    expect(kinds(stateAfter(...cancelled))).toBe("cancelled cancelled cancelled");
    const ended = someFact("ended", { outcome: "cancelled" });
    expect(kinds(stateAfter(...cancelled, ended))).toBe("stale stale stale");
  });

  test("of a generation that nobody has begun is stale", () => {
    expect(decide(stateAfter(planned), "implement", { generation: 2 })).toEqual({
      kind: "stale",
      reason: "generation 2 has not begun: the loop is at 1",
    });
  });
});

describe("the planner", () => {
  test("goes for a choice that was not made, and is done with one that was", () => {
    expect(decide(stateAfter(planned), "plan", { iteration: 2 })).toEqual({ kind: "go" });
    expect(decide(stateAfter(planned), "plan", { iteration: 1 })).toEqual({ kind: "done" });
    expect(decide(stateAfter(planned), "plan")).toEqual({ kind: "go" });
  });

  test("goes with the next generation to take a loop up, whether it is paused, ended or neither", () => {
    for (const facts of [[], [someFact("paused")], [someFact("ended")]]) {
      const state = stateAfter(...facts);
      expect(decide(state, "plan", { generation: 2 })).toEqual({ kind: "go" });
      expect(decide(state, "plan", { generation: 3 }).kind).toBe("stale");
    }
  });

  test("stands with the loop, and is done when its end is there", () => {
    expect(decide(stateAfter(someFact("paused")), "plan")).toEqual({ kind: "paused" });
    expect(decide(stateAfter(someFact("ended")), "plan")).toEqual({ kind: "done" });
  });

  test("hears that a loop is cancelled until the end is written, also when somebody resumes it", () => {
    const cancelled = stateAfter(planned, someFact("paused"), someFact("cancelled"));
    expect(decide(cancelled, "plan", { iteration: 1 })).toEqual({ kind: "cancelled" });
    expect(decide(cancelled, "plan", { generation: 2 })).toEqual({ kind: "cancelled" });
    const ended = stateAfter(someFact("cancelled"), someFact("ended", { outcome: "cancelled" }));
    expect(decide(ended, "plan", { generation: 2 })).toEqual({ kind: "done" });
  });
});

describe("the roles after the end", () => {
  test("go once it is written, and are done by facts of their own", () => {
    const ended = someFact("ended");
    expect(decide(stateAfter(planned), "complete").kind).toBe("stale");
    expect(decide(stateAfter(planned), "retro").kind).toBe("stale");
    expect(decide(stateAfter(ended), "complete")).toEqual({ kind: "go" });
    expect(decide(stateAfter(ended, someFact("finished")), "complete")).toEqual({ kind: "done" });
    expect(decide(stateAfter(ended, someFact("finished")), "retro")).toEqual({ kind: "go" });
    expect(decide(stateAfter(ended, someFact("retro")), "retro")).toEqual({ kind: "done" });
  });

  test("go for a loop that was cancelled, too", () => {
    const facts = [someFact("cancelled"), someFact("ended", { outcome: "cancelled" })];
    expect(decide(stateAfter(...facts), "complete")).toEqual({ kind: "go" });
    expect(decide(stateAfter(...facts), "retro")).toEqual({ kind: "go" });
  });

  test("go again for the end of another generation", () => {
    const facts = [someFact("ended"), someFact("finished"), someFact("retro"), someFact("resumed")];
    expect(decide(stateAfter(...facts), "retro").kind).toBe("stale");
    const again = stateAfter(...facts, someFact("ended", { generation: 2 }));
    expect(decide(again, "complete")).toEqual({ kind: "go" });
    expect(decide(again, "retro", { generation: 1 }).kind).toBe("stale");
  });
});

test("the next role of a story is the first whose fact is missing", () => {
  const next = (...facts: readonly Fact[]): StoryRole | null | undefined => {
    const [story] = stateAfter(...facts).stories;
    return story && nextRole(story);
  };
  expect(next()).toBeNull();
  expect(next(planned)).toBe("implement");
  expect(next(planned, implemented)).toBe("review");
  expect(next(planned, implemented, reviewed)).toBe("judge");
  expect(next(planned, implemented, reviewed, someFact("judged", { verdict: "FAIL" }))).toBeNull();
  expect(next(planned, implemented, reviewed, passed)).toBe("judge");
  expect(next(planned, implemented, reviewed, passed, published)).toBeNull();
});
