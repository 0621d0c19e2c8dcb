import { expect, test } from "bun:test";
import { mayColour } from "./paint.ts";

test("a terminal gets colours, a pipe gets none", () => {
  expect(mayColour({}, true)).toBe(true);
  expect(mayColour({}, false)).toBe(false);
});

test("NO_COLOR and a dumb terminal switch colours off, FORCE_COLOR switches them on", () => {
  expect(mayColour({ NO_COLOR: "1" }, true)).toBe(false);
  expect(mayColour({ TERM: "dumb" }, true)).toBe(false);
  expect(mayColour({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(mayColour({ FORCE_COLOR: "1", NO_COLOR: "1" }, true)).toBe(false);
});
