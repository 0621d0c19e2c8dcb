import { describe, expect, test } from "bun:test";
import { BASE, BEGUN_MS, commitOf, someFact, somePrd } from "../../test/some-facts.ts";
import type { Fact } from "./fact.ts";
import { foldLoop } from "./fold-loop.ts";
import type { LoopState, StoryState } from "./loop-state.ts";

const prd = somePrd({ id: "A" }, { id: "B", depends_on: ["A"] }, { id: "C", depends_on: ["B"] });
const begun = someFact("begun");

function fold(facts: readonly Fact[], atMs = 0): LoopState {
  const state = foldLoop(prd, [begun, ...facts], BEGUN_MS + atMs);
  if (state === null) throw new Error("it has begun");
  return state;
}
function story(facts: readonly Fact[], id = "A"): StoryState {
  const found = fold(facts).stories.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no story ${id}`);
  return found;
}
const planned = (attempt: number, storyId = "A") =>
  someFact("planned", { iteration: attempt, attempt, storyId });
const judged = (
  attempt: number,
  verdict: "PASS" | "FAIL" | "NEW_TESTS" | "LATER" | "NEEDS_HUMAN",
) => someFact("judged", { attempt, verdict });
const failed = [1, 2, 3].flatMap((attempt) => [planned(attempt), judged(attempt, "FAIL")]);

describe("a loop", () => {
  test("that has not begun is none, whatever else is said of it", () => {
    expect(foldLoop(prd, [], BEGUN_MS)).toBeNull();
    expect(foldLoop(prd, [someFact("cancelled")], BEGUN_MS)).toBeNull();
  });

  test("waits until its first story is planned", () => {
    const state = fold([someFact("baseline")]);
    expect(state).toMatchObject({ status: "waiting", generation: 1, iteration: 0, head: BASE });
    expect(state.baseline).toHaveLength(1);
    expect(state.stories.map(({ status }) => status)).toEqual(["open", "open", "open"]);
    expect(fold([planned(1)])).toMatchObject({ status: "running", iteration: 1 });
  });

  test("R1: of two facts with one key the first counts", () => {
    const other = someFact("planned", { tool: "pi" });
    expect(story([planned(1), other]).planned).toMatchObject({ tool: "codex" });
  });

  test("has the last published commit as its head", () => {
    const published = (storyId: string, commit: string) =>
      someFact("published", { storyId, commit });
    expect(fold([published("A", commitOf(1)), published("B", commitOf(2))]).head).toBe(commitOf(2));
    expect(fold([published("nobody", commitOf(3))]).head).toBe(BASE);
  });

  test("that is paused tells why, until it is resumed", () => {
    const paused = someFact("paused", { cause: "rate-limit", reason: "wait", until: null });
    expect(fold([planned(1), paused])).toMatchObject({
      status: "paused",
      pause: { cause: "rate-limit", reason: "wait", until: null },
    });
    expect(fold([planned(1), paused, someFact("resumed")])).toMatchObject({
      status: "running",
      generation: 2,
      pause: null,
    });
  });

  test("F1: a pause and an end of a generation that is over come too late", () => {
    const late = [someFact("paused"), someFact("ended"), someFact("finished"), someFact("retro")];
    expect(fold([planned(1), someFact("resumed"), ...late])).toMatchObject({
      status: "running",
      pause: null,
      ended: null,
      finished: null,
      retro: null,
    });
  });

  test("F4: that is held goes on when its own hold is over, in the same generation", () => {
    const held = someFact("held", { until: "2026-11-24T11:00:00.000Z" });
    expect(fold([planned(1), held])).toMatchObject({
      status: "paused",
      pause: { cause: "rate-limit", until: "2026-11-24T11:00:00.000Z" },
    });
    for (const other of [{ turn: 2 }, { role: "review" }, { attempt: 2 }, { storyId: "B" }]) {
      expect(fold([planned(1), held, someFact("released", other)]).status).toBe("paused");
    }
    expect(fold([planned(1), held, someFact("released")])).toMatchObject({
      status: "running",
      generation: 1,
      pause: null,
    });
  });

  test("F4: no end of a hold ends a pause, and a pause takes the place of a hold", () => {
    const facts = [planned(1), someFact("held"), someFact("paused", { cause: "trouble" })];
    expect(fold(facts).pause).toMatchObject({ cause: "trouble", until: null });
    expect(fold([...facts, someFact("released")]).pause).toMatchObject({ cause: "trouble" });
    const late = [planned(1), someFact("paused"), someFact("held"), someFact("released")];
    expect(fold(late).pause).toMatchObject({ cause: "cost" });
  });

  test("F4: a hold that a person has not waited for ends nothing later", () => {
    const facts = [planned(1), someFact("held"), someFact("resumed")];
    expect(fold(facts)).toMatchObject({ status: "running", generation: 2 });
    const again = [...facts, someFact("paused", { generation: 2 }), someFact("released")];
    expect(fold(again).status).toBe("paused");
  });

  test("takes the caps of a resume, or keeps its own", () => {
    const caps = { ...fold([]).caps, costMaxUsd: 50 };
    expect(fold([someFact("resumed", { caps })]).caps.costMaxUsd).toBe(50);
    expect(fold([someFact("resumed")]).caps.costMaxUsd).toBe(20);
  });

  test("that has ended lives again when it is resumed, with an end of its own", () => {
    const first = [
      someFact("ended", { outcome: "partial" }),
      someFact("finished"),
      someFact("retro"),
    ];
    expect(fold(first)).toMatchObject({ status: "ended", retro: { generation: 1 } });
    const again = [...first, planned(1), someFact("resumed")];
    expect(fold(again)).toMatchObject({ status: "running", ended: null, retro: null });
    expect(fold([...again, someFact("ended", { generation: 2 })])).toMatchObject({
      status: "ended",
      ended: { generation: 2, outcome: "completed" },
    });
  });

  test("F2: that is cancelled is so for good, before and after its end is written", () => {
    const cancelled = [planned(1), someFact("cancelled"), someFact("resumed")];
    expect(fold(cancelled)).toMatchObject({ status: "cancelled", generation: 1, ended: null });
    const ended = someFact("ended", { outcome: "cancelled" });
    expect(fold([...cancelled, ended])).toMatchObject({ status: "cancelled", ended });
  });

  test("that has ended is not paused: not by what came before, nor by what comes late", () => {
    for (const facts of [
      [someFact("paused"), someFact("ended")],
      [someFact("ended"), someFact("paused")],
      [someFact("cancelled"), someFact("paused")],
      [someFact("held"), someFact("ended")],
      [someFact("ended"), someFact("held")],
    ]) {
      expect(fold(facts).pause).toBeNull();
    }
  });

  test("that had ended before somebody cancelled it has ended", () => {
    expect(fold([someFact("ended"), someFact("cancelled")]).status).toBe("ended");
  });
});

describe("its time", () => {
  const paused = (atMs: number, generation = 1) => someFact("paused", { atMs, generation });
  const resumed = (atMs: number, generation = 2) => someFact("resumed", { atMs, generation });

  test("F3: runs from its beginning and stands while it is paused", () => {
    expect(fold([], 500).elapsedMs).toBe(500);
    expect(fold([paused(1_000)], 9_000).elapsedMs).toBe(1_000);
    expect(fold([paused(1_000), resumed(5_000)], 9_000).elapsedMs).toBe(5_000);
    const twice = [paused(1_000), resumed(5_000), paused(6_000, 2), resumed(7_000, 3)];
    expect(fold(twice, 7_500).elapsedMs).toBe(2_500);
  });

  test.each([
    ["end", someFact("ended", { atMs: 1_000 })],
    ["cancellation", someFact("cancelled", { atMs: 1_000 })],
  ])("F3: stands from its %s on", (_, fact) => {
    expect(fold([fact], 9_000).elapsedMs).toBe(1_000);
  });

  test("F3: stands while the loop is held", () => {
    const held = [someFact("held", { atMs: 1_000 }), someFact("released", { atMs: 5_000 })];
    expect(fold(held.slice(0, 1), 9_000).elapsedMs).toBe(1_000);
    expect(fold(held, 9_000).elapsedMs).toBe(5_000);
    const both = [...held.slice(0, 1), someFact("paused", { atMs: 2_000 })];
    expect(fold(both, 9_000).elapsedMs).toBe(1_000);
  });

  test("F3: is not running twice when a loop is resumed that was not paused", () => {
    expect(fold([resumed(4_000)], 9_000).elapsedMs).toBe(9_000);
  });

  test("F3: never goes back, though the clock may", () => {
    expect(fold([], -500).elapsedMs).toBe(0);
    const setBack = [paused(1_000), resumed(500), paused(200, 2)];
    expect(fold(setBack, 9_000).elapsedMs).toBe(1_000);
  });
});

describe("a story", () => {
  test("is active from its plan to its verdict, and keeps what it has come to", () => {
    const facts = [planned(1), someFact("implemented"), someFact("reviewed")];
    expect(story(facts)).toMatchObject({
      status: "active",
      attemptCount: 1,
      lastAttempt: 1,
      implemented: { commit: commitOf(1) },
      reviewed: { failingLockedTests: [] },
      locked: { round: 1 },
      testRounds: 1,
    });
  });

  test("S3: has passed when its commit is published, not when its verdict is PASS", () => {
    const facts = [planned(1), someFact("implemented"), someFact("reviewed"), judged(1, "PASS")];
    expect(story(facts).status).toBe("active");
    expect(story([...facts, someFact("published")]).status).toBe("passed");
  });

  test("S1: that has passed stays so", () => {
    const passed = [planned(1), judged(1, "PASS"), someFact("published")];
    const late = [
      someFact("judged", { verdict: "FAIL", by: "person" }),
      someFact("reopened"),
      planned(2),
      judged(2, "FAIL"),
    ];
    expect(story([...passed, ...late])).toEqual(story(passed));
    // A number that was given is used up all the same, or the next plan would have a key that is taken.
    expect(fold([...passed, ...late]).iteration).toBe(2);
  });

  test("that failed is open for another attempt, which begins with nothing but its tests", () => {
    const facts = [planned(1), someFact("implemented"), someFact("reviewed"), judged(1, "FAIL")];
    expect(story(facts).status).toBe("open");
    expect(story([...facts, planned(2)])).toMatchObject({
      status: "active",
      attemptCount: 2,
      implemented: null,
      reviewed: null,
      locked: { round: 1 },
      verdicts: [{ verdict: "FAIL" }],
    });
  });

  test("has failed with its last attempt; a person opens it again, with all attempts anew", () => {
    expect(story(failed)).toMatchObject({ status: "failed", attemptCount: 3 });
    const again = [...failed, someFact("resumed"), someFact("reopened")];
    expect(story(again)).toMatchObject({ status: "open", attemptCount: 0, lastAttempt: 3 });
    expect(story([...again, planned(4), judged(4, "FAIL")])).toMatchObject({
      status: "open",
      attemptCount: 1,
    });
  });

  test("whose tests were bad loses them, and is not charged for new ones", () => {
    const facts = [planned(1), someFact("reviewed"), judged(1, "NEW_TESTS")];
    expect(story(facts)).toMatchObject({ status: "open", locked: null, testRounds: 1 });
    expect(story([...facts, planned(2)])).toMatchObject({ status: "active", attemptCount: 1 });
    expect(story([...facts, planned(2), judged(2, "FAIL"), planned(3)]).attemptCount).toBe(2);
  });

  test("keeps its tests when a review comes to none", () => {
    const none = someFact("reviewed", { attempt: 2, locked: null, problem: "the agent crashed" });
    const facts = [planned(1), someFact("reviewed"), judged(1, "FAIL"), planned(2), none];
    expect(story(facts)).toMatchObject({ reviewed: none, locked: { round: 1 }, testRounds: 1 });
  });

  test("that waits for another comes later, unless its attempts are used up", () => {
    expect(story([planned(1), judged(1, "LATER")]).status).toBe("later");
    expect(story([...failed.slice(0, 4), planned(3), judged(3, "LATER")]).status).toBe("failed");
  });

  test("that nobody can decide waits for a person, who passes it, fails it, or opens it again", () => {
    const facts = [planned(1), judged(1, "NEEDS_HUMAN")];
    const byPerson = (verdict: "PASS" | "FAIL") => someFact("judged", { verdict, by: "person" });
    expect(story(facts).status).toBe("needs-human");
    expect(story([...facts, byPerson("PASS")]).status).toBe("active");
    expect(story([...facts, byPerson("PASS"), someFact("published")]).status).toBe("passed");
    expect(story([...facts, byPerson("FAIL")]).status).toBe("open");
    expect(story([...facts, someFact("reopened")])).toMatchObject({
      status: "open",
      attemptCount: 0,
    });
  });

  test("S4: that a person has decided about is not decided by anything else", () => {
    const byPerson = someFact("judged", { verdict: "FAIL", by: "person" });
    expect(story([planned(1), byPerson, judged(1, "PASS")])).toMatchObject({
      status: "open",
      verdicts: [byPerson],
    });
  });

  test("S2: takes nothing that belongs to another attempt than the one under way", () => {
    const facts = [planned(1), judged(1, "FAIL"), planned(2)];
    const late = [
      someFact("implemented", { attempt: 1 }),
      someFact("reviewed", { attempt: 1 }),
      someFact("judged", { attempt: 3, verdict: "FAIL" }),
    ];
    expect(story([...facts, ...late])).toEqual(story(facts));
    expect(story([someFact("implemented"), judged(1, "FAIL")]).status).toBe("open");
  });

  test("S2: is not planned under a number that was given before", () => {
    const again = someFact("planned", { iteration: 9, attempt: 1 });
    expect(story([planned(1), judged(1, "FAIL"), again])).toMatchObject({
      status: "open",
      attemptCount: 1,
    });
  });

  test("is skipped when what it depends on has failed, over any number of stories", () => {
    const statuses = (facts: readonly Fact[]) => fold(facts).stories.map(({ status }) => status);
    expect(statuses(failed)).toEqual(["failed", "skipped", "skipped"]);
    expect(statuses([...failed, someFact("reopened")])).toEqual(["open", "open", "open"]);
  });

  test("that waits fails when a lower cap leaves it no attempt, not for a cap that stays", () => {
    const facts = [planned(1), judged(1, "FAIL")];
    const caps = { ...fold([]).caps, attemptsMax: 1 };
    expect(story([...facts, someFact("resumed")]).status).toBe("open");
    expect(story([...facts, someFact("resumed", { caps })]).status).toBe("failed");
    const retest = [...failed.slice(0, 4), planned(3), judged(3, "NEW_TESTS")];
    expect(story([...retest, someFact("resumed")]).status).toBe("open");
  });

  test("that the PRD doesn't know changes nothing", () => {
    const stranger = [planned(1, "Z"), someFact("published", { storyId: "Z" })];
    expect(fold(stranger).stories).toEqual(fold([]).stories);
  });
});
