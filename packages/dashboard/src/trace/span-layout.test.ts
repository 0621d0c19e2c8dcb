import { describe, expect, test } from "bun:test";
import type { Attempt, RunStep } from "@system-bus/inngest-api";
import { layoutBar, layoutTicks, spanOf } from "./span-layout.ts";

function attempt(status: Attempt["status"], startedAtMs?: number, endedAtMs?: number): Attempt {
  return {
    key: `${startedAtMs}`,
    status,
    startedAtMs,
    endedAtMs,
    error: null,
    output: null,
    queueMs: undefined,
    responseStatus: undefined,
    metadata: [],
  };
}

function step(fields: Partial<RunStep>): RunStep {
  return {
    key: "0:a",
    id: "a",
    name: "a",
    op: "RUN",
    depth: 0,
    status: "COMPLETED",
    queuedAtMs: undefined,
    startedAtMs: fields.attempts?.[0]?.startedAtMs,
    endedAtMs: fields.attempts?.at(-1)?.endedAtMs,
    durationMs: undefined,
    attempts: [],
    input: undefined,
    output: undefined,
    attributes: undefined,
    ...fields,
  };
}

const brief = (pieces: ReturnType<typeof layoutBar>) =>
  pieces.map(({ kind, status, leftPct, widthPct }) => [kind, status, leftPct, widthPct]);

describe("the time line", () => {
  const ended = step({ queuedAtMs: 90, attempts: [attempt("COMPLETED", 150, 300)] });

  test("reaches from the first to the last moment that is known", () => {
    const run = { queuedAtMs: 100, endedAtMs: 280 };
    expect(spanOf(run, [ended], 9_999)).toEqual({ fromMs: 90, toMs: 300 });
  });

  test("reaches to now while the run goes on", () => {
    const run = { queuedAtMs: 100, endedAtMs: undefined };
    expect(spanOf(run, [ended], 9_999)).toEqual({ fromMs: 90, toMs: 9_999 });
  });

  test("has a length even where nothing took time", () => {
    expect(spanOf({ queuedAtMs: 100, endedAtMs: 100 }, [], 100)).toEqual({
      fromMs: 100,
      toMs: 101,
    });
  });
});

describe("a step's bar", () => {
  const span = { fromMs: 0, toMs: 1_000 };

  test("shows the wait in the queue, each attempt, and the wait between them", () => {
    const attempts = [attempt("FAILED", 100, 200), attempt("COMPLETED", 600, 1_000)];
    expect(brief(layoutBar(step({ queuedAtMs: 50, attempts }), span))).toEqual([
      ["pending", "COMPLETED", 5, 5],
      ["attempt", "FAILED", 10, 10],
      ["pending", "COMPLETED", 20, 40],
      ["attempt", "COMPLETED", 60, 40],
    ]);
  });

  test("grows to the end of the line while its attempt runs", () => {
    const attempts = [attempt("RUNNING", 250)];
    expect(brief(layoutBar(step({ status: "RUNNING", attempts }), span))).toEqual([
      ["attempt", "RUNNING", 25, 75],
    ]);
  });

  test("shows that a failed attempt will be tried again", () => {
    const attempts = [attempt("FAILED", 0, 500)];
    const waiting = step({ status: "RUNNING", attempts, endedAtMs: undefined });
    expect(brief(layoutBar(waiting, span))).toEqual([
      ["attempt", "FAILED", 0, 50],
      ["pending", "RUNNING", 50, 50],
    ]);
  });

  test("is empty before anything of the step is known", () => {
    expect(layoutBar(step({ status: "QUEUED" }), span)).toEqual([]);
  });

  test("never leaves the line, whatever the clocks of two machines say", () => {
    const [bar] = layoutBar(step({ attempts: [attempt("COMPLETED", -500, 5_000)] }), span);
    expect(bar).toMatchObject({ leftPct: 0, widthPct: 100 });
  });
});

describe("ticks", () => {
  test.each([
    [38, ["0", "10 ms", "20 ms", "30 ms"]],
    [4_607, ["0", "1 s", "2 s", "3 s", "4 s"]],
    [70_000, ["0", "15 s", "30 s", "45 s", "1 min"]],
    [3 * 86_400_000, ["0", "1 d", "2 d", "3 d"]],
    [1, ["0", "1 ms"]],
  ])("of a run of %i ms stand at round times", (lengthMs, labels) => {
    const ticks = layoutTicks({ fromMs: 5_000, toMs: 5_000 + lengthMs });
    expect(ticks.map(({ label }) => label)).toEqual(labels);
    expect(ticks.every(({ leftPct }) => leftPct >= 0 && leftPct <= 100)).toBe(true);
  });

  test("are few, however long the run", () => {
    for (let lengthMs = 1; lengthMs < 1e11; lengthMs = Math.ceil(lengthMs * 1.7))
      expect(layoutTicks({ fromMs: 0, toMs: lengthMs }).length).toBeLessThanOrEqual(6);
  });
});
