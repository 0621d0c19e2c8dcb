import { expect, test } from "bun:test";
import { costOf } from "./cost-of.ts";
import { DEFAULT_PRICES } from "./default-prices.ts";

const prices = {
  asOf: "2026-11-24",
  models: {
    "claude-x-4-5": { inputUsd: 3, cachedUsd: 0.3, outputUsd: 15 },
    "vendor/named-whole": { inputUsd: 1, cachedUsd: 1, outputUsd: 1 },
  },
};
const usage = { inputTokens: 1_000_000, cachedTokens: 400_000, outputTokens: 100_000 };

test("a cost is by the million, what came from the cache at its own price", () => {
  expect(costOf(usage, "claude-x-4-5", prices)).toBeCloseTo(0.6 * 3 + 0.4 * 0.3 + 0.1 * 15, 12);
});

test.each([
  "claude-x-4-5-20251101",
  "claude-x-4-5-2025-11-01",
  "anthropic/claude-x-4-5",
  "openrouter/anthropic/claude-x-4-5-20251101",
  "claude-x-4-5-20251101[1m]",
])("a model is found by its name without what may stand around it: %s", (model) => {
  expect(costOf(usage, model, prices)).toBe(costOf(usage, "claude-x-4-5", prices));
});

test("a whole name wins, and a name that only begins alike is another model", () => {
  expect(costOf(usage, "vendor/named-whole", prices)).toBeCloseTo(1.1, 12);
  for (const model of ["claude-x-4", "claude-x-4-5-mini", "named-whole", "toString", "", null]) {
    expect(costOf(usage, model, prices)).toBeNull();
  }
});

test("an agent that reckons itself is believed", () => {
  expect(costOf({ ...usage, costUsd: 0.125 }, "claude-x-4-5", prices)).toBe(0.125);
});

test("more from the cache than went in costs no less than nothing", () => {
  const odd = { inputTokens: 0, cachedTokens: 1_000_000, outputTokens: 0 };
  expect(costOf(odd, "claude-x-4-5", prices)).toBeCloseTo(0.3, 12);
});

test("the models that come with the agents have a price", () => {
  for (const model of [
    "gpt-5.5",
    "gpt-5.3-codex",
    "claude-opus-4-7",
    "claude-sonnet-4-5-20250929",
  ]) {
    expect(costOf(usage, model, DEFAULT_PRICES)).toBeGreaterThan(0.1);
  }
});
