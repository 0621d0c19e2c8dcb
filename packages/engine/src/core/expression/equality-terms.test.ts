import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { equalityTerms, termValueAt, waitTerms } from "./equality-terms.ts";
import { evaluateBoolean } from "./evaluate.ts";

describe("the equalities of an expression", () => {
  test.each<[string, readonly unknown[]]>([
    [
      "async.data.id == 'a'",
      [{ root: "async", path: ["data", "id"], equals: { kind: "literal", value: "a" } }],
    ],
    [
      "7 == event.data['first-name']",
      [{ root: "event", path: ["data", "first-name"], equals: { kind: "literal", value: 7 } }],
    ],
    [
      "event.data.id == async.data.id",
      [
        {
          root: "event",
          path: ["data", "id"],
          equals: { kind: "path", root: "async", path: ["data", "id"] },
        },
      ],
    ],
    [
      "(async.name == 'x' && async.data.n == 2.5) && async.data.ok == true",
      [
        { root: "async", path: ["name"], equals: { kind: "literal", value: "x" } },
        { root: "async", path: ["data", "n"], equals: { kind: "literal", value: 2.5 } },
        { root: "async", path: ["data", "ok"], equals: { kind: "literal", value: true } },
      ],
    ],
    ["async.data.id == 'a' || async.data.id == 'b'", []],
    ["!(async.data.id == 'a')", []],
    ["async.data.id != 'a'", []],
    ["async.data.a.size() == 1", []],
    ["async.data.list[0] == 1", []],
    ["async.data.id == lowercase('A')", []],
    ["1 == 1", []],
    ["async.data.id ==", []],
  ])("%s", (text, expected) => {
    expect(equalityTerms(text)).toEqual(expected as never);
  });

  test.each(["0", "0.0", "''", "false", "null", "[]"])(
    "leave out a zero value, which null equals, too (Q1): %s",
    (literal) => {
      expect(equalityTerms(`async.data.id == ${literal}`)).toEqual([]);
    },
  );
});

describe("the terms of a wait", () => {
  const event = { data: { id: "o-1", n: 3, zero: 0, empty: "", nothing: null, list: [1] } };

  test.each<[string, readonly unknown[]]>([
    ["event.data.id == async.data.id", [{ path: ["data", "id"], value: "o-1" }]],
    ["async.data.number == event.data.n", [{ path: ["data", "number"], value: 3 }]],
    ["async.data.id == 'x'", [{ path: ["data", "id"], value: "x" }]],
    ["event.data.id == 'o-1' && async.data.id == 'x'", [{ path: ["data", "id"], value: "x" }]],
    ["async.data.a == async.data.b", []],
    ["event.data.missing == async.data.id", []],
    ["event.data.nothing == async.data.id", []],
    ["event.data.zero == async.data.id", []],
    ["event.data.empty == async.data.id", []],
    ["event.data.list == async.data.id", []],
  ])("%s", (text, expected) => {
    expect(waitTerms(text, event)).toEqual(expected as never);
  });

  test("are what an arriving event is looked up by", () => {
    expect(termValueAt({ data: { id: "o-1" } }, ["data", "id"])).toBe("o-1");
    expect(termValueAt({ data: { id: 1 } }, ["data", "id"])).toBe(1);
    expect(termValueAt({ data: { id: { a: 1 } } }, ["data", "id"])).toBeNull();
    expect(termValueAt({ data: { id: null } }, ["data", "id"])).toBeNull();
    expect(termValueAt({}, ["data", "id"])).toBeNull();
    expect(termValueAt(null, ["data", "id"])).toBeNull();
  });

  test("hold whenever the expression does (Q1, property)", () => {
    const scalar = fc.constantFrom(0, 1, 2, "", "a", "1", true, false, null);
    const payload = fc.record({ a: scalar, b: scalar }, { requiredKeys: [] });
    const side = fc.constantFrom("event.data.a", "event.data.b", "async.data.a", "async.data.b");
    const literal = fc.constantFrom("0", "1", "''", "'a'", "true", "false", "null", "1 < 'x'");
    const comparison = fc
      .tuple(side, fc.constantFrom("==", "==", "==", "!=", "<"), fc.oneof(side, literal))
      .map((parts) => parts.join(" "));
    const expression = fc
      .array(fc.tuple(comparison, fc.constantFrom("&&", "&&", "||")), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) =>
        parts.flatMap(([text, joint], i) => (i === 0 ? [text] : [joint, text])).join(" "),
      );
    let held = 0;
    fc.assert(
      fc.property(expression, payload, payload, (text, started, arrived) => {
        const event = { data: started };
        const async = { data: arrived };
        const reading = evaluateBoolean(text, { event, async });
        if (!reading.ok || !reading.value) return;
        held++;
        for (const term of waitTerms(text, event)) {
          expect(termValueAt(async, term.path)).toBe(term.value);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(held).toBeGreaterThan(100);
  });
});
