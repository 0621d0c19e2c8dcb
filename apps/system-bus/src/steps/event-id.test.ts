import { expect, test } from "bun:test";
import { eventId } from "./event-id.ts";

test("the same parts give the same id, and other parts another one", () => {
  expect(eventId("a", "x", "y")).toBe(eventId("a", "x", "y"));
  expect(eventId("a", "x", "y")).toMatch(/^a:[0-9a-f]{32}$/);
  expect(
    new Set([
      eventId("a", "x", "y"),
      eventId("a", "xy"),
      eventId("a", "x,y"),
      eventId("b", "x", "y"),
    ]).size,
  ).toBe(4);
});
