// Inngest's dialect of CEL, rule by rule: protocol notes, section 2. A case reads as
// [expression, what it gives for EVENT]. UNKNOWN and faults are written as such.

import { describe, expect, test } from "bun:test";
import { compileExpression } from "./compile.ts";
import { evaluateBoolean, evaluateKey } from "./evaluate.ts";
import type { ExpressionVariables } from "./scope.ts";
import { Duration, Fault, UNKNOWN } from "./value.ts";

const EVENT = {
  name: "shop/order",
  ts: 1_795_262_400_000,
  data: {
    id: "o-1",
    email: "Ann@Example.org",
    total: 7,
    rate: 2.5,
    zero: 0,
    empty: "",
    no: false,
    yes: true,
    nothing: null,
    tags: ["new", "vip"],
    none: [],
    lines: [
      { sku: "a", count: 1 },
      { sku: "b", count: 3 },
    ],
    user: { id: "u-1", "first-name": "Ann", loop: 1 },
    at: "2026-11-21T12:00:00Z",
    json: '{"a":{"b":[1,2]}}',
    encoded: "aGVsbG8=",
    constructorish: {},
  },
};
const VARIABLES: ExpressionVariables = {
  event: EVENT,
  async: { name: "shop/paid", data: { id: "o-1", total: 9 } },
  vars: { region: "eu" },
  nowMs: Date.UTC(2026, 10, 21, 12),
};
const FAULT = Symbol("fault");

function evaluate(text: string, variables: ExpressionVariables = VARIABLES): unknown {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.problem);
  const value = compiled.evaluate(variables);
  return value instanceof Fault ? FAULT : value;
}

function describeRule(rule: string, cases: readonly (readonly [string, unknown])[]): void {
  describe(rule, () => {
    test.each(cases.map(([text, expected]) => ({ text, expected })))(
      "$text",
      ({ text, expected }) => {
        expect(evaluate(text)).toEqual(expected);
      },
    );
  });
}

describeRule("literals and operators are CEL's", [
  ["1 + 2 * 3", 7],
  ["(1 + 2) * 3", 9],
  ["7 / 2", 3],
  ["-7 / 2", -3],
  ["7.0 / 2", 3.5],
  ["7 % 4", 3],
  ["5u + 1u", 6],
  ["0x10", 16],
  ["-event.data.total", -7],
  ["'a' + \"b\"", "ab"],
  ["r'\\d'", "\\d"],
  ["'''it's'''", "it's"],
  ["[1, 2] + [3]", [1, 2, 3]],
  ["{'a': 1}.a", 1],
  ["{'a': 1}['a']", 1],
  ["true ? 1 : 2", 1],
  ["1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3", true],
  ["'a' < 'b'", true],
  ["false < true", true],
  ["'vip' in event.data.tags", true],
  ["'id' in event.data", true],
  ["'x' in {'a': 1}", false],
  ["event.data.total == 7 // the price", true],
]);

describeRule("fields are reached with a dot, a key or an index", [
  ["event.data.user.id", "u-1"],
  ["event.data['user']['first-name']", "Ann"],
  ["event.data.tags[1]", "vip"],
  ["event.data.lines[1].count", 3],
  ["event.data.user.loop", 1],
  ["async.data.total", 9],
  ["vars.region", "eu"],
  ["event.ts", 1_795_262_400_000],
]);

describeRule("what a payload lacks is unknown, at any depth", [
  ["event.data.missing", UNKNOWN],
  ["event.data.missing.deeper.still", UNKNOWN],
  ["event.data.id.length", UNKNOWN],
  ["event.data.nothing.id", UNKNOWN],
  ["event.data.tags[2]", UNKNOWN],
  ["event.data.tags[-1]", UNKNOWN],
  ["event.data.tags['a']", UNKNOWN],
  ["event.data['missing']", UNKNOWN],
  ["event.data.constructorish.constructor", UNKNOWN],
  ["event.data.constructorish['__proto__']", UNKNOWN],
  ["event.data.tags.length", UNKNOWN],
]);

describeRule("the unknown equals null and nothing else", [
  ["event.data.missing == null", true],
  ["null == event.data.missing", true],
  ["event.data.missing != null", false],
  ["event.data.missing == ''", false],
  ["event.data.missing == 0", false],
  ["event.data.missing == false", false],
  ["event.data.missing != 'x'", true],
  ["'x' != event.data.missing", true],
  ["event.data.missing == async.data.missing", false],
  ["event.data.missing != async.data.missing", true],
]);

describeRule("the unknown stands below every value", [
  ["event.data.missing < 5", true],
  ["event.data.missing <= 5", true],
  ["event.data.missing > 5", false],
  ["event.data.missing >= 5", false],
  ["5 < event.data.missing", false],
  ["5 <= event.data.missing", false],
  ["5 > event.data.missing", true],
  ["5 >= event.data.missing", true],
  ["event.data.missing < 'a'", true],
]);

describeRule("null compares as the other side's zero value", [
  ["null == null", true],
  ["event.data.nothing == null", true],
  ["event.data.nothing == 0", true],
  ["event.data.nothing == ''", true],
  ["event.data.nothing == false", true],
  ["event.data.nothing == []", true],
  ["event.data.nothing == {}", true],
  ["event.data.nothing == 1", false],
  ["event.data.nothing != 'x'", true],
  ["event.data.nothing < 1", true],
  ["event.data.nothing > -1", true],
  ["1 > null", true],
  ["null < 'a'", true],
  ["null < null", false],
  ["null <= null", true],
]);

describeRule("values of two types are never equal, and have no order", [
  ["1 == '1'", false],
  ["1 != '1'", true],
  ["1 == 1.0", true],
  ["event.data.total == 7.0", true],
  ["event.data.rate > 2", true],
  ["1 < '2'", FAULT],
  ["event.data.tags < 3", FAULT],
  ["date(event.data.at) > 3", FAULT],
  ["[1, 'a'] == [1.0, 'a']", true],
  ["[1, 2] == [1]", false],
  ["{'a': [1]} == {'a': [1]}", true],
  ["{'a': 1} == {'b': 1}", false],
  ["{'a': 1} == {'a': 1, 'b': 2}", false],
]);

describeRule("+ joins across types and drops what is not there", [
  ["event.data.missing + 'a'", "a"],
  ["'a' + event.data.missing", "a"],
  ["event.data.missing + event.data.missing", UNKNOWN],
  ["event.data.nothing + 5", 5],
  ["event.data.id + 5", "o-15"],
  ["5 + event.data.id", "5o-1"],
  ["'is ' + true", "is true"],
  ["'x' + 2.5", "x2.5"],
  ["event.data.total + 1", 8],
  ["event.data.tags + 'a'", FAULT],
  ["event.data.user + 'a'", FAULT],
]);

describeRule("other arithmetic with the unknown is false, with other types a fault", [
  ["event.data.missing - 1", false],
  ["event.data.missing * 2", false],
  ["-event.data.missing", false],
  ["event.data.id - 1", FAULT],
  ["-event.data.id", FAULT],
  ["event.data.nothing - 1", -1],
  ["1 / 0", FAULT],
  ["event.data.total % 2 == 1", true],
  ["event.data.total % 0", FAULT],
  ["event.data.total / 2", 3.5],
]);

describeRule("&&, || and ?: take truth as JavaScript does, and give their operands", [
  ["event.data.id || 'x'", "o-1"],
  ["event.data.missing || 'x'", "x"],
  ["event.data.empty || event.data.zero || 'x'", "x"],
  ["event.data.id && event.data.total", 7],
  ["event.data.zero && event.data.total", 0],
  ["event.data.missing && true", UNKNOWN],
  ["event.data.missing ? 1 : 2", 2],
  ["event.data.tags ? 1 : 2", 1],
  ["event.data.none ? 1 : 2", 1],
  ["event.data.empty ? 1 : 2", 2],
  ["!event.data.missing", true],
  ["!event.data.empty", true],
  ["!event.data.id", false],
  ["!event.data.yes", false],
]);

describeRule("a fault on one side is overruled by the other", [
  ["(1 < 'a') || true", true],
  ["true || (1 < 'a')", true],
  ["(1 < 'a') && false", false],
  ["false && (1 < 'a')", false],
  ["(1 < 'a') || false", FAULT],
  ["(1 < 'a') && true", FAULT],
  ["(1 < 'a') ? 1 : 2", FAULT],
  ["!(1 < 'a')", FAULT],
  ["[1 < 'a']", FAULT],
  ["{'a': 1 < 'a'}", FAULT],
  ["(1 < 'a') == true", FAULT],
  ["event.data[1 < 'a']", FAULT],
]);

describeRule("a call on the unknown or a fault is false, but for size()", [
  ["size(event.data.missing)", 0],
  ["event.data.missing.size()", 0],
  ["size(event.data.nothing)", 0],
  ["event.data.missing.startsWith('a')", false],
  ["event.data.id.startsWith(event.data.missing)", false],
  ["event.data.missing.matches('a')", false],
  ["lowercase(event.data.missing)", false],
  ["int(event.data.missing)", false],
  ["lowercase(json_parse('no json'))", false],
  ["'a' in event.data.missing", false],
  ["event.data.missing in event.data.tags", false],
]);

describeRule("texts have CEL's functions", [
  ["size('äö€')", 3],
  ["'abc'.size()", 3],
  ["size(event.data.tags) > 1", true],
  ["size(event.data.user)", 3],
  ["size(7)", FAULT],
  ["event.data.email.contains('@')", true],
  ["event.data.id.startsWith('o-')", true],
  ["event.data.id.endsWith('1')", true],
  ["event.data.email.matches('^\\w+@\\w+[.]org$')", true],
  ["event.data.email.matches('(?i)^ann')", true],
  ["matches(event.data.email, 'ann')", false],
  ["event.data.total.matches('7')", FAULT],
  ["event.data.total.startsWith('7')", FAULT],
  ["event.data.email.lowerAscii()", "ann@example.org"],
  ["'a'.upperAscii()", "A"],
  ["' a '.trim()", "a"],
  ["'a,b'.split(',')", ["a", "b"]],
  ["event.data.tags.join('+')", "new+vip"],
  ["['a', 'b'].join()", "ab"],
  ["'a-b-c'.replace('-', '$&')", "a$&b$&c"],
  ["'abc'.substring(1)", "bc"],
  ["'abc'.substring(1, 2)", "b"],
  ["'abcb'.indexOf('b')", 1],
  ["'abcb'.lastIndexOf('b')", 3],
  ["'abc'.charAt(1)", "b"],
]);

describeRule("values are converted", [
  ["int('7')", 7],
  ["int(7.9)", 7],
  ["int('7') / 2", 3],
  ["double('2.5')", 2.5],
  ["int('seven')", FAULT],
  ["string(7) + '!'", "7!"],
  ["string(event.data.tags)", '["new","vip"]'],
  ["bool('true')", true],
  ["bool('maybe')", FAULT],
  ["dyn(event.data.missing)", UNKNOWN],
]);

describeRule("Inngest's own functions", [
  ["lowercase(event.data.email)", "ann@example.org"],
  ["uppercase('a')", "A"],
  ["b64decode(event.data.encoded)", "hello"],
  ["json_parse(event.data.json).a.b[1]", 2],
  ["json_parse('no json')", FAULT],
  ["date(event.data.at) == date('2026-11-21 12:00:00')", true],
  ["date(event.ts) == date(event.data.at)", true],
  ["date(1795262400) == date(event.data.at)", true],
  ["date('soon')", FAULT],
  ["date(event.data.at) == now()", true],
  ["now() < now_plus('1h')", true],
  ["now_minus('1h30m') == date('2026-11-21T10:30:00Z')", true],
  ["now_plus('soon')", FAULT],
  ["date(event.data.at) - now_minus('1h') == duration('1h')", true],
  ["date(event.data.at) + duration('1h') > now()", true],
  ["duration('-1h')", new Duration(-3_600_000)],
  ["date(event.data.at).getHours()", 12],
  ["date(event.data.at).getDayOfWeek()", 6],
]);

describeRule("has() tells a null from what is missing", [
  ["has(event.data.id)", true],
  ["has(event.data.nothing)", true],
  ["has(event.data.missing)", false],
  ["has(event.data.missing.deeper)", false],
  ["has(event.data.user.id) && !has(event.data.user.name)", true],
]);

describeRule("macros loop over lists, and over the keys of maps", [
  ["event.data.lines.exists(l, l.count > 2)", true],
  ["event.data.lines.exists(l, l.count > 3)", false],
  ["event.data.lines.all(l, l.count > 0)", true],
  ["event.data.lines.all(l, l.count > 1)", false],
  ["event.data.lines.exists_one(l, l.count > 1)", true],
  ["event.data.lines.exists_one(l, l.count > 0)", false],
  ["event.data.lines.filter(l, l.count > 1)", [{ sku: "b", count: 3 }]],
  ["event.data.lines.map(l, l.sku)", ["a", "b"]],
  ["event.data.lines.map(l, l.count > 1, l.sku)", ["b"]],
  ["event.data.tags.all(a, event.data.tags.exists(b, a == b))", true],
  ["[1, 2].map(x, [3].map(y, x + y))", [[4], [5]]],
  ["[1].map(event, event)", [1]],
  ["event.data.user.exists(key, key == 'loop')", true],
  ["[].exists(x, true)", false],
  ["[].all(x, false)", true],
  ["event.data.missing.exists(x, true)", false],
  ["event.data.missing.all(x, true)", false],
  ["event.data.missing.map(x, x)", UNKNOWN],
  ["size(event.data.missing.filter(x, true))", 0],
  ["event.data.id.exists(x, true)", FAULT],
  ["[1, 'a'].exists(x, x > 0)", true],
  ["['a', 1].exists(x, x > 0)", true],
  ["['a', 0].exists(x, x > 0)", FAULT],
  ["['a', 0].all(x, x > 0)", false],
  ["['a'].filter(x, x > 0)", FAULT],
  ["['a'].map(x, x > 0)", FAULT],
  ["['a'].exists_one(x, x > 0)", FAULT],
]);

describe("a condition", () => {
  test.each([
    ["event.data.id == async.data.id", true],
    ["event.data.id == 'o-2'", false],
    ["event.data.missing", false],
    ["event.data.yes", true],
  ])("%s is %p", (text, value) => {
    expect(evaluateBoolean(text, VARIABLES)).toEqual({ ok: true, value });
  });

  test.each([
    ["event.data.id", "it gives a text where a condition is needed"],
    ["1", "it gives a number where a condition is needed"],
    ["event.data.id && event.data.tags", "it gives a list where a condition is needed"],
    ["null", "it gives nothing where a condition is needed"],
    ["1 < 'a'", "a number < a text has no meaning"],
    ["json_parse('{') == 1", "json_parse(): the text is no JSON"],
    ["event.data.(", 'Expected a name, got "(" at column 12'],
  ])("%s has no answer: %s", (text, problem) => {
    expect(evaluateBoolean(text, VARIABLES)).toEqual({ ok: false, problem });
  });

  test("knows no clock where none was given", () => {
    expect(evaluate("now() > date(0)", { event: EVENT })).toBe(FAULT);
  });

  test("finds nothing under a root that isn't there", () => {
    expect(evaluate("async.data.id", { event: EVENT })).toBe(UNKNOWN);
  });
});

describe("a key", () => {
  test.each([
    ["event.data.id", "o-1"],
    ["event.data.total", "7"],
    ["event.data.yes", "true"],
    ["event.data.user.id + '-' + event.data.total", "u-1-7"],
    ["event.data.tags", '["new","vip"]'],
    ["event.data.nothing", "null"],
    ["event.data.missing", "false"],
    ["1 < 'a'", "false"],
    ["event.data.(", "false"],
  ])("%s groups the event under %p", (text, expected) => {
    expect(evaluateKey(text, EVENT)).toBe(expected);
  });
});

describe("work that a payload asks for", () => {
  test("is bounded, also in loops within loops", () => {
    const numbers = Array.from({ length: 5_000 }, (_, i) => i);
    const event = { data: { numbers } };
    const nested = "event.data.numbers.all(a, event.data.numbers.all(b, a + b >= 0))";
    expect(evaluate(nested, { event })).toBe(FAULT);
    expect(evaluate("event.data.numbers.all(a, a >= 0)", { event })).toBe(true);
  });
});
