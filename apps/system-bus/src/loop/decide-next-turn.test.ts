import { describe, expect, test } from "bun:test";
import { addTurn, decideNextTurn, type TurnEnd, type TurnHistory } from "./decide-next-turn.ts";

const NOW_MS = Date.parse("2026-11-24T10:00:00Z");
const MINUTE_MS = 60_000;
const NEW: TurnHistory = {
  ...{ tool: "pi", limits: 0, troubles: 0, crashes: 0, endsWithLoop: false },
};

const failed = (
  failure: Extract<TurnEnd, { kind: "failed" }>["failure"],
  resetAt: string | null = null,
): TurnEnd => ({ kind: "failed", failure, reason: "it said so", resetAt });

const decide = (end: TurnEnd, history: Partial<TurnHistory> = {}) =>
  decideNextTurn(end, { ...NEW, ...history }, NOW_MS);

test("an answer is an answer", () => {
  expect(decide({ kind: "answered", text: "Done." })).toEqual({ kind: "answered", text: "Done." });
});

describe("a provider's limit", () => {
  test("is sat out until it ends, by the provider's word", () => {
    const until = "2026-11-24T13:00:00.000Z";
    expect(decide(failed("rate-limited", until))).toMatchObject({
      ...{ kind: "wait", cause: "rate-limit" },
      untilMs: Date.parse(until) + 2_000,
    });
  });

  test("that is over by our clock is still waited for a moment", () => {
    const past = "2026-11-24T09:00:00.000Z";
    expect(decide(failed("rate-limited", past))).toMatchObject({ untilMs: NOW_MS + 1_000 });
  });

  test("whose end nobody tells is waited for longer each time", () => {
    const waits = [0, 1, 2, 3, 4, 5].map((limits) => {
      const next = decide(failed("rate-limited"), { limits });
      return next.kind === "wait" ? (next.untilMs - NOW_MS) / MINUTE_MS : next.kind;
    });
    expect(waits).toEqual([5, 15, 30, 60, 120, 120]);
  });

  test("that never ends is a person's matter", () => {
    expect(decide(failed("rate-limited"), { limits: 24 })).toMatchObject({
      ...{ kind: "pause", cause: "rate-limit" },
    });
  });
});

test("a model's server in trouble is asked again three times, then a person is", () => {
  const kinds = [0, 1, 2, 3].map((troubles) => decide(failed("model-failed"), { troubles }).kind);
  expect(kinds).toEqual(["wait", "wait", "wait", "pause"]);
});

test.each(["not-installed", "not-logged-in"] as const)(
  "%s pauses: no other agent is blamed",
  (failure) => {
    expect(decide(failed(failure))).toMatchObject({ kind: "pause", cause: "trouble" });
  },
);

test.each([
  ["lost", { kind: "lost" } as TurnEnd],
  ["crashed", failed("crashed")],
])("one that was %s runs once more, and then has failed", (_, end) => {
  expect(decide(end).kind).toBe("again");
  expect(decide(end, addTurn(NEW, end)).kind).toBe("failed");
});

test("at a cap the loop is paused", () => {
  expect(decide({ kind: "capped" })).toMatchObject({ kind: "pause", cause: "cost" });
});

test("time that runs out is the agent's, or the loop's when that would have ended first", () => {
  expect(decide(failed("timed-out")).kind).toBe("failed");
  expect(decide(failed("timed-out"), { endsWithLoop: true })).toMatchObject({
    ...{ kind: "pause", cause: "time" },
  });
});

test.each(["out-of-context", "refused", "bad-output"] as const)(
  "%s is work that failed",
  (failure) => {
    expect(decide(failed(failure)).kind).toBe("failed");
  },
);

test("each kind of end is counted by itself", () => {
  const ends = [
    failed("rate-limited"),
    failed("model-failed"),
    failed("crashed"),
    failed("refused"),
  ];
  expect(ends.reduce(addTurn, NEW)).toMatchObject({ limits: 1, troubles: 1, crashes: 1 });
});
