// What holds of every history (test/loop-history.ts), after each of its facts.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decideEntry, nextRole } from "../src/record/decide-entry.ts";
import type { Fact } from "../src/record/fact.ts";
import { foldLoop } from "../src/record/fold-loop.ts";
import type { LoopState } from "../src/record/loop-state.ts";
import { historyOf, stateOf } from "./loop-history.ts";
import { BASE, BEGUN_MS, somePrd } from "./some-facts.ts";

const prd = somePrd({ id: "A" }, { id: "B", depends_on: ["A"] }, { id: "C", depends_on: ["A"] });
const draw = fc.record({
  chance: fc.nat(19),
  move: fc.nat(9_999),
  pick: fc.nat(9_999),
  waitMs: fc.nat(10_000),
});
// Without bias to small numbers, of which one history would be as the other.
const draws = fc.noBias(fc.array(draw, { minLength: 10, maxLength: 80, size: "max" }));
const histories = draws.map((drawn) => historyOf(prd, drawn));
const RUNS = { numRuns: 120 };

const atMs = (fact: Fact | undefined) => Date.parse(fact?.at ?? "") - BEGUN_MS;
/** The state after each fact, as of that moment. */
const statesOf = (facts: readonly Fact[]): readonly LoopState[] =>
  facts.map((fact, index) => stateOf(prd, facts.slice(0, index + 1), atMs(fact)));
const storyOf = (state: LoopState | undefined, id: string) =>
  state?.stories.find((story) => story.id === id);
const isStanding = ({ status }: LoopState) =>
  status === "paused" || status === "ended" || status === "cancelled";

function always(holds: (facts: readonly Fact[], states: readonly LoopState[]) => void): void {
  const property = fc.property(histories, (facts) => holds(facts, statesOf(facts)));
  fc.assert(property, RUNS);
}
/** Each state with the one before it. */
function eachTurn(turn: (before: LoopState, after: LoopState, fact: Fact) => void): void {
  always((facts, states) => {
    for (const [index, fact] of facts.entries()) {
      const [before, after] = [states[index - 1], states[index]];
      if (before !== undefined && after !== undefined) turn(before, after, fact);
    }
  });
}

describe("histories", () => {
  test("come far: stories pass, fail, wait and are skipped, loops end, are resumed and cancelled", () => {
    const seen = new Set<string>();
    const property = fc.property(histories, (facts) => {
      for (const state of statesOf(facts)) {
        seen.add(state.status).add(`generation ${Math.min(3, state.generation)}`);
        for (const { status } of state.stories) seen.add(`story ${status}`);
      }
    });
    // Always the same: what is looked for is rare.
    fc.assert(property, { ...RUNS, seed: 1 });
    const stories = ["open", "active", "later", "needs-human", "passed", "failed", "skipped"];
    const loops = ["waiting", "running", "paused", "cancelled", "ended"];
    const all = [...loops, "generation 3", ...stories.map((status) => `story ${status}`)];
    expect(all.filter((one) => !seen.has(one))).toEqual([]);
  });
});

describe("folding", () => {
  test("gives the same twice, and leaves the facts as they were", () => {
    always((facts) => {
      const before = JSON.stringify(facts);
      const copy: readonly Fact[] = JSON.parse(before);
      expect(stateOf(prd, facts, 1e6)).toEqual(stateOf(prd, copy, 1e6));
      expect(JSON.stringify(facts)).toBe(before);
    });
  });

  test("R1: facts that come again, also in other words, change nothing", () => {
    const again = fc.array(fc.record({ from: fc.nat(), to: fc.nat(), other: fc.nat() }));
    const property = fc.property(histories, again, (facts, copies) => {
      const doubled = [...facts];
      for (const { from, to, other } of copies) {
        const first = from % doubled.length;
        const words = doubled[other % doubled.length];
        const key = doubled[first]?.key;
        if (words === undefined || key === undefined) continue;
        const place = first + 1 + (to % (doubled.length - first));
        doubled.splice(place, 0, { ...words, key });
      }
      expect(stateOf(prd, doubled, 1e6)).toEqual(stateOf(prd, facts, 1e6));
    });
    fc.assert(property, RUNS);
  });

  test("F1: never goes back by a generation, an iteration or an attempt", () => {
    eachTurn((before, after) => {
      expect(after.generation).toBeGreaterThanOrEqual(before.generation);
      expect(after.iteration).toBeGreaterThanOrEqual(before.iteration);
      for (const { id, lastAttempt } of before.stories) {
        expect(storyOf(after, id)?.lastAttempt).toBeGreaterThanOrEqual(lastAttempt);
      }
    });
  });

  test("S1: a passed story never becomes anything else", () => {
    eachTurn((before, after) => {
      for (const story of before.stories) {
        if (story.status === "passed") expect(storyOf(after, story.id)).toEqual(story);
      }
    });
  });

  test("S3: a story passes by nothing but its commit's being published, which is the head then", () => {
    eachTurn((before, after, fact) => {
      const count = (state: LoopState) =>
        state.stories.filter(({ status }) => status === "passed").length;
      if (fact.kind === "published") {
        expect([count(after), after.head]).toEqual([count(before) + 1, fact.commit]);
      } else {
        expect([count(after), after.head]).toEqual([count(before), before.head]);
      }
    });
  });

  test("F2: a cancelled loop is never taken up again, and no end undone but by a resume", () => {
    eachTurn((before, after, fact) => {
      if (before.cancelled !== null) {
        expect(["cancelled", "ended"]).toContain(after.status);
        expect(after.generation).toBe(before.generation);
      }
      if (before.ended !== null && fact.kind !== "resumed")
        expect(after.ended).toEqual(before.ended);
    });
  });

  test("F4: a standing loop moves again by a resume, or by the end of a hold, which has no other", () => {
    let releases = 0;
    eachTurn((before, after, fact) => {
      if (before.pause === null || after.pause !== null) return;
      expect(["resumed", "released", "ended"]).toContain(fact.kind);
      if (fact.kind !== "released") return;
      releases += 1;
      expect(after.generation).toBe(before.generation);
      expect(before.pause).toMatchObject({ cause: "rate-limit" });
    });
    expect(releases).toBeGreaterThan(0);
  });

  test("F3: its time is what lies between its facts while it neither is paused nor has ended", () => {
    always((facts, states) => {
      let workedMs = 0;
      for (const [index, state] of states.entries()) {
        expect(state.elapsedMs).toBe(workedMs);
        const next = facts[index + 1];
        if (next !== undefined && !isStanding(state)) workedMs += atMs(next) - atMs(facts[index]);
      }
    });
  });

  test("makes no story open for one more attempt at its code than the caps of that moment allow", () => {
    eachTurn((before, after) => {
      for (const { id, attemptCount } of after.stories) {
        const hasOneMore = attemptCount > (storyOf(before, id)?.attemptCount ?? 0);
        if (hasOneMore) expect(attemptCount).toBeLessThanOrEqual(after.caps.attemptsMax);
      }
    });
  });

  test("takes facts in any order at all: nothing throws, and passed, generation and time hold", () => {
    const mixed = histories.chain((facts) =>
      fc.shuffledSubarray([...facts], { minLength: facts.length }),
    );
    const property = fc.property(mixed, (facts) => {
      let before: LoopState | null = null;
      for (let length = 1; length <= facts.length; length += 1) {
        const after = foldLoop(prd, facts.slice(0, length), BEGUN_MS + 1e6);
        if (before !== null && after !== null) {
          expect(after.generation).toBeGreaterThanOrEqual(before.generation);
          expect(after.iteration).toBeGreaterThanOrEqual(before.iteration);
          expect(after.elapsedMs).toBeGreaterThanOrEqual(0);
          expect(after.head === BASE).toBe(
            after.stories.every((story) => story.published === null),
          );
          for (const { id, status } of before.stories) {
            if (status === "passed") expect(storyOf(after, id)?.status).toBe("passed");
          }
        }
        before = after;
      }
      expect(before).not.toBeNull();
    });
    fc.assert(property, RUNS);
  });
});

describe("deciding about an entry", () => {
  test("one role goes on with an active story; those before it are done, those behind it wait", () => {
    always((_, states) => {
      for (const state of states) {
        if (isStanding(state)) continue;
        for (const story of state.stories.filter(({ status }) => status === "active")) {
          const decide = (role: "implement" | "review" | "judge") =>
            decideEntry(state, {
              ...{ role, generation: state.generation },
              ...{ storyId: story.id, attempt: story.lastAttempt },
            }).kind;
          const kinds = [decide("implement"), decide("review"), decide("judge")];
          expect(["go stale stale", "done go stale", "done done go"]).toContain(kinds.join(" "));
        }
      }
    });
  });

  test("a story that is not active has no next role, and none of its roles goes", () => {
    always((_, states) => {
      for (const state of states) {
        for (const story of state.stories.filter(({ status }) => status !== "active")) {
          expect(nextRole(story)).toBeNull();
          for (const role of ["implement", "review", "judge"] as const) {
            const entry = { role, generation: state.generation, storyId: story.id };
            expect(decideEntry(state, { ...entry, attempt: story.lastAttempt }).kind).not.toBe(
              "go",
            );
          }
        }
      }
    });
  });
});
