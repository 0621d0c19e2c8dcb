import { describe, expect, test } from "bun:test";
import { BEGUN_MS, LOOP_ID, someFact, somePrd } from "../../test/some-facts.ts";
import type { Caps, Fact } from "../record/fact.ts";
import { foldLoop } from "../record/fold-loop.ts";
import type { LoopState, Spent } from "../record/loop-state.ts";
import { budgetLeft, fillCaps, findReachedCap } from "./caps.ts";

const NOTHING: Spent = {
  agentRuns: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  unpricedRuns: 0,
};

function stateWith(caps: Partial<Caps>, facts: readonly Fact[] = [], atMs = 0): LoopState {
  const begun = someFact("begun", { caps: { ...fillCaps({}), ...caps } });
  const state = foldLoop(somePrd({ id: "A" }), [begun, ...facts], BEGUN_MS + atMs);
  if (state === null) throw new Error("it has begun");
  return state;
}

describe("the caps of a loop", () => {
  test("are these, where a person says nothing", () => {
    const defaults = {
      attemptsMax: 3,
      iterationsMax: 100,
      wallClockMaxMs: 43_200_000,
      tokensMax: null,
      costMaxUsd: 20,
      agentTimeMaxMs: 900_000,
    };
    expect(fillCaps({})).toEqual(defaults);
    expect(fillCaps(undefined)).toEqual(defaults);
  });

  test("keep what a person leaves out, at the start and when a loop is resumed", () => {
    const started = fillCaps({ costMaxUsd: 5, tokensMax: 1_000 });
    expect(started).toMatchObject({ attemptsMax: 3, costMaxUsd: 5, tokensMax: 1_000 });
    expect(fillCaps({ costMaxUsd: 10, tokensMax: undefined }, started)).toEqual({
      ...started,
      costMaxUsd: 10,
    });
  });
});

describe("a cap that is reached", () => {
  test("is none, as long as there is something left of everything", () => {
    const state = stateWith({ tokensMax: 1_000, wallClockMaxMs: 1_000 }, [], 999);
    const spent = { ...NOTHING, inputTokens: 900, outputTokens: 99, costUsd: 19.99 };
    expect(findReachedCap(state, spent)).toBeNull();
  });

  test("money is told with what was spent and how to go on", () => {
    expect(findReachedCap(stateWith({ costMaxUsd: 5 }), { ...NOTHING, costUsd: 5.004 })).toEqual({
      cause: "cost",
      reason: `5.00 of 5 US dollars are spent: \`igs loop resume ${LOOP_ID} --cost-max 10\` goes on`,
    });
  });

  test("tokens are those that go in and those that come out", () => {
    const spent = { ...NOTHING, inputTokens: 990, outputTokens: 10 };
    expect(findReachedCap(stateWith({ tokensMax: 1_000 }), spent)).toEqual({
      cause: "tokens",
      reason: `1000 of 1000 tokens are used: \`igs loop resume ${LOOP_ID} --tokens-max 2000\` goes on`,
    });
    expect(findReachedCap(stateWith({}), { ...NOTHING, inputTokens: 1e9 })).toBeNull();
  });

  test("time is what the loop has worked, pauses left out", () => {
    const paused = [someFact("paused"), someFact("resumed", { atMs: 10_000_000 })];
    const caps = { wallClockMaxMs: 5_400_000 };
    expect(findReachedCap(stateWith(caps, paused, 15_399_999), NOTHING)).toBeNull();
    expect(findReachedCap(stateWith(caps, paused, 15_400_000), NOTHING)).toEqual({
      cause: "time",
      reason: `1.5 of 1.5 hours are used: \`igs loop resume ${LOOP_ID} --hours-max 3\` goes on`,
    });
  });

  test("what it tells to raise a very short time to is longer than that", () => {
    const { reason } =
      findReachedCap(stateWith({ wallClockMaxMs: 1_000 }, [], 1_000), NOTHING) ?? {};
    const hours = Number(/--hours-max ([0-9.]+)/.exec(reason ?? "")?.[1]);
    expect(hours * 3_600_000).toBeGreaterThanOrEqual(2_000);
  });

  test("iterations hold the next one back, not the one that is under way", () => {
    const planned = someFact("planned");
    const caps = { iterationsMax: 1 };
    expect(findReachedCap(stateWith(caps, [planned]), NOTHING)).toBeNull();
    const failed = [planned, someFact("judged", { verdict: "FAIL" })];
    expect(findReachedCap(stateWith(caps, failed), NOTHING)).toEqual({
      cause: "iterations",
      reason: `1 of 1 iterations are used: \`igs loop resume ${LOOP_ID} --iterations-max 2\` goes on`,
    });
  });

  test("iterations that are as many as there may be are told so", () => {
    const failed = [
      someFact("planned", { iteration: 10_000 }),
      someFact("judged", { verdict: "FAIL" }),
    ];
    const reached = findReachedCap(stateWith({ iterationsMax: 10_000 }, failed), NOTHING);
    expect(reached?.reason).toContain("no loop may have more");
  });
});

test("what is left for the next run is never less than nothing", () => {
  const caps = fillCaps({ tokensMax: 1_000, costMaxUsd: 5 });
  expect(budgetLeft(caps, NOTHING)).toEqual({ tokensMax: 1_000, costMaxUsd: 5 });
  const spent = { ...NOTHING, inputTokens: 900, outputTokens: 200, costUsd: 4.5 };
  expect(budgetLeft(caps, spent)).toEqual({ tokensMax: 0, costMaxUsd: 0.5 });
  expect(budgetLeft(fillCaps({}), NOTHING)).toEqual({ tokensMax: null, costMaxUsd: 20 });
});
