import { describe, expect, test } from "bun:test";
import { findRestrictedProblem } from "./restricted.ts";

describe("an expression of comparisons and logic", () => {
  test.each([
    ["event.data.id == async.data.id"],
    ["async.data.total > -1 && !(async.data.kind in ['a', \"b\"])"],
    ["event.data['id'] != async.data.ids[0] || true"],
    ["event.data.isVip ? async.data.level >= 2 : async.data.level < 1.5"],
  ])("may be %s", (text) => {
    expect(findRestrictedProblem(text)).toBeNull();
  });

  test.each([
    ["async.data.ids.exists(id, id == event.data.id)", "exists() at column"],
    ["has(async.data.id)", "has() at column 1"],
    ["lowercase(async.data.id) == event.data.id", "lowercase() at column 1"],
    ["async.data.a + async.data.b == event.data.c", '"+" at column 1'],
    ["event.data.a == {'b': 1}", '"map" at column 17'],
    ["true && (false || size(async.data.id) == 1)", "size() at column 19"],
    ["event.data.id ==", "Unexpected token"],
    ["data.id == 1", 'unknown name "data"'],
  ])("may not be %s", (text, problem) => {
    expect(findRestrictedProblem(text)).toContain(problem);
  });
});
