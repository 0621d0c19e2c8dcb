import { describe, expect, test } from "bun:test";
import { readFailingTests } from "./read-tests.ts";
import { stripColours } from "./strip-colours.ts";

const read = (output: string) => readFailingTests(stripColours(output));

describe("failing tests", () => {
  test("of bun, with files that don't load", () => {
    expect(
      read(`bun test v1.4.5 (a7733435c)

a.test.ts:
error: expect(received).toBe(expected)
(fail) slug <x> & "q" > keeps > ümlauts [0.14ms]
(pass) slug <x> & "q" > ok
(fail) hang [100.29ms]
  ^ this test timed out after 100ms.

test/b.test.ts:

# Unhandled error between tests
-------------------------------
error: Cannot find module './missing' from '/work/test/b.test.ts'
-------------------------------

 4 pass
 3 fail
`),
    ).toEqual([`slug <x> & "q" > keeps > ümlauts`, "hang", "test/b.test.ts (does not load)"]);
  });

  test("of node's TAP, with the names of what they stand in, less todo and skip", () => {
    expect(
      read(`TAP version 13
# Subtest: slug "q"
    # Subtest: keeps \\# stuff
    not ok 1 - keeps \\# stuff
      ---
      duration_ms: 1.5
      failureType: 'testCodeFailure'
      ...
    # Subtest: later
    not ok 2 - later # TODO
      ---
      ...
    # Subtest: inner
        # Subtest: deep
        not ok 1 - deep
          ---
          failureType: 'testCodeFailure'
          ...
        1..1
    not ok 3 - inner
      ---
      duration_ms: 1.5
      type: 'suite'
      location: '/work/a.test.mjs:2:178'
      failureType: 'subtestsFailed'
      ...
    1..3
not ok 1 - slug "q"
  ---
  duration_ms: 4.6
  type: 'suite'
  failureType: 'subtestsFailed'
  ...
# Subtest: /work/b.test.mjs
not ok 2 - /work/b.test.mjs
  ---
  failureType: 'testCodeFailure'
  exitCode: 1
  ...
1..2
`),
    ).toEqual([`slug "q" > keeps # stuff`, `slug "q" > inner > deep`, "/work/b.test.mjs"]);
  });

  test("of node's spec, from its list at the end", () => {
    expect(
      read(`▶ slug
  ✖ keeps (1.424279ms)
  ✔ ok (0.119158ms)
✖ slug (4.164876ms)
ℹ fail 2

✖ failing tests:

test at a.test.mjs:2:38
✖ keeps (1.424279ms)
  AssertionError [ERR_ASSERTION]: 1 == 2

test at test/a.test.mjs:4:1
✖ hang (101.569367ms)
  'test timed out after 100ms'
`),
    ).toEqual(["a.test.mjs > keeps", "test/a.test.mjs > hang"]);
  });

  test("of vitest, in colours, with files that don't load", () => {
    const fail = "\u001b[41m\u001b[1m FAIL \u001b[22m\u001b[49m";
    expect(
      read(`\u001b[31m   \u001b[31m×\u001b[31m slug\u001b[2m > \u001b[22mkeeps\u001b[39m
${fail} v/b.test.ts\u001b[2m [ v/b.test.ts ]\u001b[22m
\u001b[31m\u001b[1mError\u001b[22m: Cannot find module './missing'\u001b[39m
${fail} v/a.test.ts\u001b[2m > \u001b[22mslug <x>\u001b[2m > \u001b[22minner\u001b[2m > \u001b[22mdeep
`),
    ).toEqual(["v/b.test.ts (does not load)", "v/a.test.ts > slug <x> > inner > deep"]);
  });

  test("of jest, under their files", () => {
    expect(
      read(`FAIL j/a.test.js
  ● slug <x> › keeps > ü

    expect(received).toBe(expected)

FAIL j/b.test.js (5.1 s)
  ● Test suite failed to run

    Cannot find module './missing' from 'b.test.js'

Test Suites: 2 failed, 2 total
`),
    ).toEqual(["j/a.test.js > slug <x> > keeps > ü", "j/b.test.js (does not load)"]);
  });

  test("of pytest, go and cargo", () => {
    expect(
      read(`FAILED tests/test_a.py::TestSlug::test_x[a - b] - assert 1 == 2
ERROR tests/test_b.py - ImportError
--- FAIL: TestX (0.00s)
    --- FAIL: TestX/sub_test (0.00s)
test slug::tests::keeps ... FAILED
test slug::tests::fine ... ok
`),
    ).toEqual([
      ...["tests/test_a.py::TestSlug::test_x[a - b]", "tests/test_b.py (does not load)"],
      ...["TestX", "TestX/sub_test", "slug::tests::keeps"],
    ]);
  });

  test("include what type checkers and linters find, without its line", () => {
    expect(
      read(`src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.
src/b.ts:7:1 - error TS2304: Cannot find name 'x'.
src/b.ts:9:1 - error TS2304: Cannot find name 'x'.

/work/src/c.js
  3:10  error    'y' is defined but never used  no-unused-vars
  4:1   warning  Unexpected console statement   no-console

src/d.ts:5:8 lint/style/noDefaultExport ━━━━━━━━━━━━━━━━━━━━━━━━━
src/d.ts format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
check ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
`),
    ).toEqual([
      "src/a.ts: TS2322: Type 'string' is not assignable to type 'number'.",
      "src/b.ts: TS2304: Cannot find name 'x'.",
      "/work/src/c.js: no-unused-vars",
      "src/d.ts: lint/style/noDefaultExport",
      "src/d.ts: format",
    ]);
  });

  test("are found behind what workspaces print before each line", () => {
    expect(
      read(`@acme/web:test: (fail) a > b [1.00ms]
web test: (fail) c [1.00ms]
packages/api test:  FAIL  test/a.test.ts > d
`),
    ).toEqual(["a > b", "c", "test/a.test.ts > d"]);
  });

  test("are null where nothing is named", () => {
    expect(read("Segmentation fault\n")).toBeNull();
    expect(read("")).toBeNull();
  });

  test("are bounded in number and length", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `(fail) ${index} ${"x".repeat(900)}`);
    const found = read(many.join("\n")) ?? [];
    expect(found).toHaveLength(500);
    expect(found[0]).toHaveLength(400);
  });

  test("are read from a large output in a moment", () => {
    const line = `${" ".repeat(200)}not ok x: ${"a:b ".repeat(200)}`;
    const beganMs = performance.now();
    read(Array.from({ length: 8_000 }, () => line).join("\n"));
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });
});
