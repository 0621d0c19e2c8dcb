import { describe, expect, test } from "bun:test";
import { readReport } from "./read-report.ts";

const folder = "/work/clone";

// As vitest 3.2.7 and jest 30.5.2 have written them, less what nobody reads.
const JEST_JSON = {
  numTotalTests: 4,
  testResults: [
    {
      name: "/work/clone/test/a.test.ts",
      status: "failed",
      assertionResults: [
        { ancestorTitles: ["slug <x>", "inner"], title: `keeps > "ü"`, status: "failed" },
        { ancestorTitles: [], title: "top", status: "passed" },
        { ancestorTitles: [], title: "later", status: "todo" },
        { ancestorTitles: [], title: "never", status: "pending" },
        { ancestorTitles: [], title: "not now", status: "skipped" },
      ],
    },
    {
      name: "/work/clone/test/b.test.ts",
      status: "failed",
      message: "Cannot find module './absent'",
      assertionResults: [],
    },
  ],
};

describe("reports", () => {
  test.each(["vitest", "jest"] as const)("of %s are read test by test", (runner) => {
    expect(readReport(runner, { text: JSON.stringify(JEST_JSON), folder })).toEqual([
      {
        file: "test/a.test.ts",
        name: `test/a.test.ts > slug <x> > inner > keeps > "ü"`,
        outcome: "failed",
      },
      { file: "test/a.test.ts", name: "test/a.test.ts > top", outcome: "passed" },
      { file: "test/a.test.ts", name: "test/a.test.ts > later", outcome: "skipped" },
      { file: "test/a.test.ts", name: "test/a.test.ts > never", outcome: "skipped" },
      { file: "test/a.test.ts", name: "test/a.test.ts > not now", outcome: "skipped" },
    ]);
  });

  test("of bun name the suites from the outside in, and decode what XML can't hold", () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="2">
  <testsuite name="a.test.ts" file="a.test.ts">
    <testsuite name="slug &lt;x&gt; &amp; &quot;q&quot;" file="a.test.ts">
      <testsuite name="inner" file="a.test.ts">
        <testcase name="deep &#10;&#x2713;" classname="inner &gt; slug" file="a.test.ts">
          <failure type="Error" message="boom">Error: boom</failure>
        </testcase>
      </testsuite>
    </testsuite>
    <testcase name="top" classname="" file="a.test.ts" />
    <testcase name="later" classname="" file="a.test.ts"><skipped message="TODO" /></testcase>
  </testsuite>
</testsuites>`;
    expect(readReport("bun", { text, folder }).map(({ name, outcome }) => [name, outcome])).toEqual(
      [
        [`a.test.ts > slug <x> & "q" > inner > deep \n✓`, "failed"],
        ["a.test.ts > top", "passed"],
        ["a.test.ts > later", "skipped"],
      ],
    );
  });

  test("of pytest name classes; a file that doesn't load is no test of it", () => {
    const text = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" tests="4">
<testcase classname="tests.test_a.TestSlug" name="test_x[1-a]" file="tests/test_a.py" line="3" time="0.001" />
<testcase classname="tests.test_a" name="test_y" file="tests/test_a.py"><error message="failed on setup with &quot;E&quot;">E</error></testcase>
<testcase classname="tests.test_a" name="test_z" file="tests/test_a.py"><skipped type="pytest.skip" message="later">x</skipped></testcase>
<testcase classname="" name="tests.test_b" file="tests/test_b.py"><error message="collection failure">ImportError</error></testcase>
</testsuite></testsuites>`;
    expect(
      readReport("pytest", { text, folder }).map(({ name, outcome }) => [name, outcome]),
    ).toEqual([
      ["tests/test_a.py > TestSlug > test_x[1-a]", "passed"],
      ["tests/test_a.py > test_y", "failed"],
      ["tests/test_a.py > test_z", "skipped"],
    ]);
  });

  test("of node leave out suites, and files that don't load", () => {
    const line = (names: readonly string[], more: object) =>
      JSON.stringify({
        ...{ file: "/work/clone/a.test.mjs", names, outcome: "failed" },
        ...{ isSkipped: false, isSuite: false, ...more },
      });
    const text = [
      line(["suite", "test"], {}),
      line(["suite"], { isSuite: true }),
      line(["later"], { isSkipped: true }),
      line(["/work/clone/a.test.mjs"], {}),
      line(["a.test.mjs"], {}),
    ].join("\n");
    expect(
      readReport("node", { text, folder }).map(({ name, outcome }) => [name, outcome]),
    ).toEqual([
      ["a.test.mjs > suite > test", "failed"],
      ["a.test.mjs > later", "skipped"],
    ]);
  });

  test.each([
    ["bun", "<testsuites><testsuite>"],
    ["bun", "</testsuites>"],
    ["node", `{"file": 1}`],
    ["node", "no JSON"],
    ["vitest", `{"testResults": [{"name": 1}]}`],
    ["jest", ""],
    ["pytest", "Segmentation fault"],
  ] as const)("of %s that can't be read hold no test", (runner, text) => {
    expect(readReport(runner, { text, folder })).toEqual([]);
  });
});
