import { expect, test } from "bun:test";
import { isStartedBy } from "./app.ts";

const fn = (...values: string[]) => ({
  triggers: values.map((value) => ({ type: "EVENT", value })),
});

test("a function is started by the events that its triggers name", () => {
  expect(isStartedBy(fn("a/b", "a/c"), "a/c")).toBe(true);
  expect(isStartedBy(fn("a/b"), "a/bc")).toBe(false);
});

test("a trigger with a star matches every name that begins like it", () => {
  expect(isStartedBy(fn("a/*"), "a/b.c")).toBe(true);
  expect(isStartedBy(fn("a/b.*"), "a/c")).toBe(false);
});

test("a schedule is not a name", () => {
  expect(isStartedBy({ triggers: [{ type: "CRON", value: "*" }] }, "a/b")).toBe(false);
});
