import { expect, test } from "bun:test";
import { readStatus } from "./read-status.ts";

const lines = (...all: string[]) => Buffer.from(all.map((line) => `${line}\0`).join(""), "latin1");

test("a status says what differs between the index and the files", () => {
  const { entries } = readStatus(lines("?? new.ts", " M a.ts", "MM b.ts", " D c.ts", " T d"));
  expect(entries).toEqual([
    { path: "new.ts", kind: "new" },
    { path: "a.ts", kind: "changed" },
    { path: "b.ts", kind: "changed" },
    { path: "c.ts", kind: "deleted" },
    { path: "d", kind: "changed" },
  ]);
});

test("what differs only between a commit and the index is no change of a file", () => {
  expect(readStatus(lines("M  a.ts", "A  b.ts", "D  c.ts")).entries).toEqual([]);
});

test("a folder that git doesn't look into is a repository of its own", () => {
  expect(readStatus(lines("?? sub/dir/")).entries).toEqual([{ path: "sub/dir", kind: "nested" }]);
});

test("names keep their quotes, dashes and line breaks", () => {
  const names = ['a"b', "-rf", "line\nbreak", " leading", "→".repeat(3)];
  const status = Buffer.from(names.map((name) => `?? ${name}\0`).join(""));
  expect(readStatus(status).entries.map(({ path }) => path)).toEqual(names);
});

test("a name that is no UTF-8 is told apart, and an empty status is empty", () => {
  expect(readStatus(lines("?? caf\xe9", " M a"))).toEqual({
    entries: [{ path: "a", kind: "changed" }],
    unreadable: ["caf�"],
  });
  expect(readStatus(Buffer.alloc(0))).toEqual({ entries: [], unreadable: [] });
});
