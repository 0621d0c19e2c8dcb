import { expect, test } from "bun:test";
import { decideDebounce } from "./debounce.ts";

const held = { eventTsMs: 1_000, firstAtMs: 500 };

test("the first event is due after the period", () => {
  const event = { tsMs: 1, nowMs: 10 };
  const first = { kind: "newest", firstAtMs: 10, dueAtMs: 70 } as const;
  expect(decideDebounce({ periodMs: 60 }, null, event)).toEqual(first);
});

test("a newer event, or one of the same time, begins the period again", () => {
  const due = { kind: "newest", firstAtMs: 500, dueAtMs: 2_060 } as const;
  for (const tsMs of [1_000, 1_001]) {
    expect(decideDebounce({ periodMs: 60 }, held, { tsMs, nowMs: 2_000 })).toEqual(due);
  }
});

test("an older event changes nothing", () => {
  const late = decideDebounce({ periodMs: 60 }, held, { tsMs: 999, nowMs: 2_000 });
  expect(late).toEqual({ kind: "outdated" });
});

test("the timeout counts from the first event, and may have passed", () => {
  const dueAtMs = (nowMs: number) =>
    decideDebounce({ periodMs: 60, timeoutMs: 100 }, held, { tsMs: 1_000, nowMs });
  expect(dueAtMs(530)).toMatchObject({ dueAtMs: 590 });
  expect(dueAtMs(560)).toMatchObject({ dueAtMs: 600 });
  expect(dueAtMs(700)).toMatchObject({ dueAtMs: 600 });
});

test("a timeout below the period ends the wait all the same", () => {
  const first = decideDebounce({ periodMs: 60, timeoutMs: 10 }, null, { tsMs: 0, nowMs: 0 });
  expect(first).toMatchObject({ dueAtMs: 10 });
});
