// What `run-checks-main.ts` writes for a project of marked files: `src/<story>.py` begins with how it is,
// `tests/test_*.py` with what its test is worth and the story that it is about.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Order {
  readonly folder: string;
  readonly scratch: string;
  readonly commands: readonly {
    readonly command: readonly string[];
    readonly outputFile: string;
    readonly reportPath: string | null;
  }[];
}

/** The lines of its standard output; reports and outputs are written where they belong. */
export function playChecks(orderPath: string): string {
  // From `checksProgram`, of this very version.
  const order = JSON.parse(readFileSync(orderPath, "utf8")) as Order;
  return order.commands
    .map(({ command, outputFile, reportPath }) => {
      const failing = reportPath === null ? findBroken(order) : probe(order, command, reportPath);
      writeAt(join(order.scratch, outputFile), failing.join("\n"));
      const isGood = failing.length === 0;
      return `${JSON.stringify({
        ...{ command, exitCode: isGood ? 0 : 1, endedBy: "exit", durationMs: 1_000 },
        ...{ failingTests: failing, firstErrors: failing, outputFile },
      })}\n`;
    })
    .join("");
}

/** The project's own tests: some code breaks them. */
function findBroken({ folder }: Order): string[] {
  const source = join(folder, "src");
  return readdirSync(source)
    .filter((name) => readFileSync(join(source, name), "utf8").startsWith("breaking"))
    .map((name) => `test_project.py::test_${name}`);
}

function probe({ folder }: Order, command: readonly string[], reportPath: string): string[] {
  const files = command.filter((word) => word.endsWith(".py"));
  const failing = files.filter((file) => !holds(folder, file));
  const cases = files.map((file) => {
    const what = failing.includes(file) ? "<failure>no</failure>" : "";
    const module = file.replace(/\.py$/, "").replaceAll("/", ".");
    return `<testcase classname="${module}" name="test_it" file="${file}">${what}</testcase>`;
  });
  writeAt(reportPath, `<testsuites><testsuite>${cases.join("")}</testsuite></testsuites>`);
  return failing;
}

function holds(folder: string, file: string): boolean {
  const [worth, storyId] = readFileSync(join(folder, file), "utf8").trim().split(" ");
  if (worth !== "honest") return worth === "vacuous";
  const code = join(folder, "src", `${storyId}.py`);
  return existsSync(code) && readFileSync(code, "utf8").startsWith("good");
}

function writeAt(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
