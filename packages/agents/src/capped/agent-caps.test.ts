import { expect, test } from "bun:test";
import { findReachedCap } from "./agent-caps.ts";

const prices = { asOf: "2026-11-24", models: {} };
const used = (tokens: number, pricedUsd: number) => ({
  usage: { inputTokens: tokens - 1, cachedTokens: 5, outputTokens: 1 },
  ...{ model: null, pricedUsd, isPricedWhole: true, prices },
});
const caps = (tokensMax: number | null, costMaxUsd: number | null) => ({
  ...{ tokensMax, costMaxUsd, prices },
});

test("a cap is reached when all of it is used, not when more is", () => {
  expect(findReachedCap(caps(100, null), used(99, 5))).toBeNull();
  expect(findReachedCap(caps(100, null), used(100, 5))).toBe("it has used 100 tokens of 100");
  expect(findReachedCap(caps(null, 5), used(1_000, 4.99))).toBeNull();
  expect(findReachedCap(caps(null, 5), used(1_000, 5))).toBe("it has used $5.0000 of $5.0000");
});

test("without caps it may use what it likes", () => {
  expect(findReachedCap(caps(null, null), used(1_000_000_000, 1_000_000))).toBeNull();
});

test("a cap of nothing, or of less, is reached before anything is used", () => {
  expect(findReachedCap(caps(-7, null), used(0, 0))).toBe("it has used 0 tokens of 0");
  expect(findReachedCap(caps(null, -7), used(0, 0))).toBe("it has used $0.0000 of $0.0000");
});
