import { expect, test } from "bun:test";
import { eventQueryOf, readEventFilter, writeEventFilter } from "./event-filter.ts";

test.each([
  [{ name: "", after: undefined }, ""],
  [{ name: "demo/a b&c", after: "01M7" }, "?name=demo%2Fa+b%26c&after=01M7"],
])("a filter of events reads as it was written: %j", (filter, search) => {
  expect(writeEventFilter(filter)).toBe(search);
  expect(readEventFilter(search)).toEqual(filter);
});

test("the engine is asked for exactly the events that pass", () => {
  expect(eventQueryOf({ name: "", after: undefined })).toEqual({ limit: 40 });
  expect(eventQueryOf({ name: "demo/ok", after: "01M7" })).toEqual({
    limit: 40,
    name: "demo/ok",
    cursor: "01M7",
  });
});
