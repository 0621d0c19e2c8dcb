import { expect, test } from "bun:test";
import { describeLimits } from "./describe-limits.ts";

const planLimit = { limit: { isPlanLimit: true, value: -1 }, scope: "ACCOUNT" };
const retries = (value: number) => ({ value, isDefault: false });

test.each([
  [{ retries: retries(0) }, "no retries"],
  [{ retries: retries(1) }, "1 retry"],
  [{ retries: retries(4), concurrency: [planLimit] }, "4 retries"],
  [
    { retries: retries(2), concurrency: [{ limit: { isPlanLimit: false, value: 1 } }] },
    "2 retries · 1 at a time",
  ],
  [
    {
      retries: retries(2),
      concurrency: [{ key: "event.data.k", limit: { isPlanLimit: false, value: 5 } }],
    },
    "2 retries · 5 at a time per event.data.k",
  ],
  [{}, ""],
])("%j reads %p", (configuration, text) => {
  expect(describeLimits({ configuration })).toBe(text);
});

test("a function of which nothing is known has no limits to show", () => {
  expect(describeLimits({})).toBe("");
});
