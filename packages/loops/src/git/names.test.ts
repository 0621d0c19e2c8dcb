import { expect, test } from "bun:test";
import { assertCommit, branchRef } from "./names.ts";

test("a branch that git could take for something else is no branch", () => {
  const bad = ["", "-d", "/a", "a/", "a..b", "a//b", ".a", "a/.b", "a.", "a.lock", "a.lock/b"];
  for (const name of [
    ...bad,
    "a b",
    "a\nb",
    "a~1",
    "a^",
    "a:b",
    "a*",
    "a?",
    "a[",
    "a\\b",
    "a@{0}",
  ]) {
    expect(() => branchRef(name)).toThrow("is the name of a branch");
  }
});

test("branches as people name them are branches", () => {
  for (const name of [
    "main",
    "agent-loop/adds-1",
    "feature/ünï",
    "a.b",
    "x@y",
    "a-",
    "v1.lock-b",
  ]) {
    expect(branchRef(name)).toBe(`refs/heads/${name}`);
  }
});

test("only the full id of a commit is one", () => {
  for (const bad of ["HEAD", "", "abc", "-".repeat(40), `${"a".repeat(40)}\n`, "A".repeat(40)]) {
    expect(() => assertCommit(bad)).toThrow("is the full id of a commit");
  }
  assertCommit("a".repeat(40));
  assertCommit("0".repeat(64));
});
