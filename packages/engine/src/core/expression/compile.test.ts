import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileExpression } from "./compile.ts";

const problemOf = (text: string): string => {
  const compiled = compileExpression(text);
  return compiled.ok ? "" : compiled.problem;
};

describe("an expression that can't be", () => {
  test.each([
    ["", "it is empty"],
    ["   ", "it is empty"],
    ["1 +", "Unexpected token: the end at column 4"],
    ["event.data.id == ", "Unexpected token: the end at column 18"],
    ["foo(1", 'Expected ")", got the end at column 6'],
    ["event.data.", "Expected a name, got the end at column 12"],
    ["event.data.in", 'Expected a name, got "in" at column 12'],
    ["event.data.a = 1", 'unexpected "= 1" at column 14'],
    ["event.data.a === 1", 'unexpected "= 1" at column 16'],
    ["event.data.a and true", 'unexpected "and true" at column 14'],
    ["'abc", "Unterminated string at column 1"],
    ["loop == 1", "Reserved identifier: loop at column 1"],
    ["event.data.a &&\n loop", "Reserved identifier: loop at line 2, column 2"],
    ["'\\w' == loop", "Reserved identifier: loop at column 9"],
    ["{{ event.data.project }}", 'a template such as "{{ event.data.id }}" is no expression'],
    ["data.id == 1", 'unknown name "data" (there are event, async and vars) at column 1'],
    ["event.data.id == ID", 'unknown name "ID" (there are event, async and vars) at column 18'],
    ["event.data.tags.exists(t, x)", 'unknown name "x"'],
    [
      "event.data.tags.exists(t, t) && t",
      'unknown name "t" (there are event, async and vars) at column 33',
    ],
    ["len(event.data.id)", "unknown function len() at column 1"],
    ["event.data.id.toLowerCase()", "unknown function toLowerCase() at column 1"],
    ["contains(event.data.id, 'a')", "contains() is called on a value"],
    ["event.data.id.lowercase()", "lowercase() is no method: write lowercase(…)"],
    ["event.data.id.startsWith()", "startsWith() has the wrong number of arguments"],
    ["size()", "size() has the wrong number of arguments"],
    ["has(event)", "has() takes one field"],
    ["has(event.data.a, event.data.b)", "has() takes one field"],
    ["has('a')", "has() takes one field"],
    ["event.data.tags.exists(true)", "exists() takes a name and what to do with it"],
    ["event.data.tags.exists(1, true)", "invalid predicate iteration variable at column 24"],
    ["event.data.tags.map(a, b, c, d)", "map() takes a name and what to do with it"],
    ["cel.bind(x, 1, x)", "unknown function bind() at column 1"],
    ["event.data.id.matches('(')", "matches() has a bad pattern"],
    ["event.data.id.matches(event.data.pattern)", "matches() takes a pattern that is written out"],
    ["event.data.id.matches()", "matches() has the wrong number of arguments"],
    ["event.data.?id", "Expected a name"],
  ])("%j is refused, with its place", (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  test("is refused when it is longer than any person writes", () => {
    expect(problemOf("1+".repeat(10_000))).toBe("it has 20000 characters; 10000 are the most");
    expect(problemOf(`${"(".repeat(4_000)}1`)).toContain("maxDepth");
    expect(problemOf(`${"1+".repeat(4_500)}1`)).toContain("maxAstNodes");
  });
});

describe("an expression that can", () => {
  test.each([
    "event.data.id.matches('\\d+\\.\\w')",
    "event.data.id == \"it's\" // don't stop here",
    "event.data.id == '\\\\' && event.data.b == '\\''",
    "r'\\d' == '''\\d'''",
    `${"event.data.a == 1 || ".repeat(400)}false`,
    Array.from({ length: 300 }, () => "1").join(" + "),
  ])("is taken: %s", (text) => {
    expect(problemOf(text)).toBe("");
  });

  test("keeps a backslash that starts no escape", () => {
    const compiled = compileExpression("'\\d\\n\\.'");
    expect(compiled.ok && compiled.evaluate({})).toBe("\\d\n\\.");
  });

  test("is compiled once for all who use the same text", () => {
    expect(compileExpression("event.data.once == 1")).toBe(
      compileExpression("event.data.once == 1"),
    );
  });
});

describe("any text at all", () => {
  const words = fc.constantFrom(
    ..."event . data id async vars == != < && || ! ( ) [ ] { } , : ? + - * / % in has exists map".split(
      " ",
    ),
    ..."size matches 1 2.5 'a' \"b\" '\\w x null true date now loop //c \n {{".split(" "),
  );

  test("is compiled or refused, and evaluated without a throw (property)", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.jsonValue(), (parts, data) => {
        const compiled = compileExpression(parts.join(" "));
        if (compiled.ok) compiled.evaluate({ event: { data }, nowMs: 0 });
        else expect(compiled.problem).not.toBe("");
      }),
      { numRuns: 1_000 },
    );
  });

  test("of only quotes and backslashes is read in no time (property)", () => {
    const signs = fc.array(fc.constantFrom("\\", "'", '"', "r", "/", "\n"), { maxLength: 200 });
    fc.assert(
      fc.property(signs, (parts) => {
        compileExpression(parts.join(""));
      }),
    );
  });
});
