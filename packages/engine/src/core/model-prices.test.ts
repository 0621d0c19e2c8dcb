import { expect, test } from "bun:test";
import { estimateCost } from "./model-prices.ts";

const TOKENS = { input_tokens: 1_000_000, output_tokens: 2_000_000 };

test.each([
  ["gpt-5.4-nano", 2.7],
  ["gpt-5.4-nano-2026-03-17", 2.7],
  ["claude-haiku-4-5-20251001", 11],
  ["claude-sonnet-4-0", 33],
  ["gpt-4o-2024-05-13", 35],
])("%s has its price, also as it was on a day", (model, dollars) => {
  expect(estimateCost({ request_model: model, ...TOKENS })).toBeCloseTo(dollars, 9);
});

test("the model that answered is priced before the one that was asked", () => {
  const models = { request_model: "gpt-5.5", response_model: "gpt-5-nano" };
  expect(estimateCost({ ...models, ...TOKENS })).toBeCloseTo(0.85, 9);
});

test("there is no price for an unknown model, nor without both counts", () => {
  expect(estimateCost({ request_model: "home-made", ...TOKENS })).toBeUndefined();
  expect(estimateCost({ request_model: "gpt-5.4-nanoo", ...TOKENS })).toBeUndefined();
  expect(estimateCost({ request_model: "gpt-5.4", input_tokens: 1 })).toBeUndefined();
  expect(estimateCost(TOKENS)).toBeUndefined();
});
