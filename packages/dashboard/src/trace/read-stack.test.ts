import { expect, test } from "bun:test";
import { readStack } from "./read-stack.ts";

test("a stack is found plain or under error", () => {
  expect(readStack({ message: "x", stack: "Error: x\n at y" })).toBe("Error: x\n at y");
  expect(readStack({ error: { stack: "at z" } })).toBe("at z");
});

test("an output without one has none", () => {
  for (const output of [undefined, null, "stack", 1, {}, { stack: 5 }, { error: null }])
    expect(readStack(output)).toBeUndefined();
});

test("a stack has a bound", () => {
  expect(readStack({ stack: "x".repeat(50_000) })).toHaveLength(20_000);
});
