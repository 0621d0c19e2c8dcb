import { describe, expect, test } from "bun:test";
import type { CheckResult } from "../record/fact.ts";
import { newFailures } from "./compare.ts";

const check = (more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ command: ["bun", "test"], exitCode: 0, endedBy: "exit", durationMs: 10 },
  ...{ failingTests: [], firstErrors: [], outputFile: "1.log", ...more },
});
const failing = (...names: string[]) => check({ exitCode: 1, failingTests: names });
const unnamed = check({ exitCode: 1, failingTests: null });
const hung = check({ endedBy: "time-limit", exitCode: null, failingTests: null });
const unstarted = check({ endedBy: "not-started", exitCode: null, failingTests: null });

const failures = (before: CheckResult[], now: CheckResult[]) => newFailures(before, now).failures;

describe("new failures", () => {
  test.each<[string, CheckResult[], CheckResult[], string[]]>([
    ["none: all passes", [check()], [check()], []],
    ["none: what failed before passes now", [failing("a")], [check()], []],
    ["none: the same fails as before (C3)", [failing("a", "b")], [failing("a")], []],
    ["none: it failed before without names, and does so now (C3)", [unnamed], [unnamed], []],
    ["none: it hung before, and does so now (C3)", [hung], [hung], []],
    ["none: it couldn't be started before, either (C4)", [unstarted], [unstarted], []],
    ["none: one that couldn't be started before wasn't run (C4)", [unstarted], [], []],
    ["all that is named, where it passed before (C2)", [check()], [failing("a", "b")], ["a", "b"]],
    ["the check itself, where it names nothing (C2)", [check()], [unnamed], ["bun test"]],
    ["the check itself, where it hangs (C2)", [check()], [hung], ["bun test"]],
    ["all of a check that the baseline doesn't have (C2)", [], [failing("a")], ["a"]],
    ["only new names, where it failed before (C3)", [failing("a")], [failing("a", "b")], ["b"]],
    ["names, where it named nothing before (C3)", [unnamed], [failing("a")], ["a"]],
    ["the check, where it named something before (C3)", [failing("a")], [unnamed], ["bun test"]],
    [
      "the check, where it only failed before and hangs now (C3)",
      [failing("a")],
      [{ ...hung, failingTests: ["a"] }],
      ["bun test"],
    ],
    [
      "the check, where it can't be started any more (C4)",
      [failing("a")],
      [unstarted],
      ["bun test"],
    ],
    ["the check, where it passed and can't be started (C4)", [check()], [unstarted], ["bun test"]],
    [
      "the check, where it wasn't run (C4)",
      [check(), check({ command: ["lint"] })],
      [check()],
      ["lint"],
    ],
    ["a check that was killed (C1)", [check()], [check({ exitCode: null })], ["bun test"]],
  ])("are %s", (_, before, now, expected) => {
    expect(failures(before, now)).toEqual(expected);
  });

  test("are told in a sentence a check", () => {
    const lint = { command: ["bun", "run", "lint"] };
    expect(
      newFailures([failing("a"), check(lint)], [failing("a"), { ...unnamed, ...lint }]).sentences,
    ).toEqual(["bun test: fails as it did before", "bun run lint: exit code 1"]);
  });

  test("tell commands apart by their arguments, not by how they look", () => {
    const one = check({ command: ["run", "a b"] });
    const other = check({ command: ["run", "a", "b"], exitCode: 1 });
    expect(failures([one], [one, other])).toEqual(["run a b"]);
  });
});
