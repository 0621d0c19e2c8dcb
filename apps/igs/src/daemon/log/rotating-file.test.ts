import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RotatingFile } from "./rotating-file.ts";

let folder: string;
let nowMs: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rotating-file-"));
  nowMs = Date.UTC(2026, 10, 24, 20, 0, 0);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (suffix = "") => join(folder, "logs", `x.log${suffix}`);
const open = (sizeMaxBytes = 100, fileCountMax = 3) =>
  new RotatingFile({ path: path(), sizeMaxBytes, fileCountMax, nowMs: () => nowMs });
const read = (suffix = "") => readFileSync(path(suffix), "utf8");

describe("a rotating file", () => {
  test("has a moment before each line, and is its owner's to read", () => {
    open().write("one\ntwo");
    expect(read()).toBe("2026-11-24T20:00:00.000Z one\n2026-11-24T20:00:00.000Z two\n");
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test("L2: moves up when the next line would outgrow it, and drops what is oldest", () => {
    const file = open(61, 3);
    for (const word of ["one", "two", "three", "four", "five", "six", "seven"]) {
      file.write(word);
    }
    expect(readdirSync(join(folder, "logs")).sort()).toEqual(["x.log", "x.log.1", "x.log.2"]);
    expect([read(".2"), read(".1"), read()].map((text) => text.match(/[a-z]+$/gm))).toEqual([
      ["three", "four"],
      ["five", "six"],
      ["seven"],
    ]);
    for (const suffix of ["", ".1", ".2"]) expect(read(suffix).length).toBeLessThanOrEqual(61);
  });

  test("goes on with the file of the process before it, and counts what is in it", () => {
    open(60).write("one");
    open(60).write("two");
    expect(existsSync(path(".1"))).toBe(false);
    open(60).write("three");
    expect(read(".1")).toContain("two");
    expect(read()).toContain("three");
  });

  test("a line that is longer than a file has one of its own", () => {
    const file = open(60);
    file.write("x".repeat(500));
    file.write("after");
    expect(read(".1")).toContain("x".repeat(500));
    expect(read()).toContain("after");
  });

  test("L3: follows its name when somebody moved the file away", () => {
    const file = open();
    file.write("before");
    renameSync(path(), path(".moved"));
    nowMs += 1_000;
    file.write("after");
    expect(read()).toContain("after");
    expect(read(".moved")).not.toContain("after");
  });

  test("L4: lines that could not be written are counted, and the count is told", () => {
    const file = open();
    mkdirSync(path(), { recursive: true });
    file.write("lost");
    file.write("lost, too\nwith two lines");
    rmSync(path(), { recursive: true });
    file.write("back");
    expect(read()).toContain("3 lines before this one could not be written");
    expect(read()).toContain("back");
  });
});
