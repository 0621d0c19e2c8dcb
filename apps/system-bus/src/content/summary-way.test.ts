import { expect, test } from "bun:test";
import { chooseSummaryWay } from "./summary-way.ts";

const none = { pi: null, isPiSetUp: false, isModelSet: false } as const;
const all = { pi: "/bin/pi", isPiSetUp: true, isModelSet: true } as const;

test("left to itself it takes pi, then a model, then no model at all", () => {
  expect(chooseSummaryWay({ by: "auto", ...all })).toEqual({ kind: "pi", command: "/bin/pi" });
  expect(chooseSummaryWay({ by: "auto", ...all, pi: null })).toEqual({ kind: "model" });
  expect(chooseSummaryWay({ by: "auto", ...none })).toEqual({ kind: "extractive" });
});

test("a pi that nobody has set up is not started", () => {
  expect(chooseSummaryWay({ by: "auto", ...all, isPiSetUp: false })).toEqual({ kind: "model" });
});

test("what is asked for by name is taken, set up or not, and never replaced", () => {
  expect(chooseSummaryWay({ by: "pi", ...all, isPiSetUp: false })).toEqual({
    kind: "pi",
    command: "/bin/pi",
  });
  expect(chooseSummaryWay({ by: "pi", ...none, isModelSet: true })).toBeNull();
  expect(chooseSummaryWay({ by: "model", ...all })).toEqual({ kind: "model" });
  expect(chooseSummaryWay({ by: "extractive", ...all })).toEqual({ kind: "extractive" });
});
