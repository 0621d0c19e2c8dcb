import { beforeEach, expect, test } from "bun:test";
import { LostAnswers } from "./lost-answers.ts";

let lost: LostAnswers;

beforeEach(() => {
  lost = new LostAnswers();
});

const addMany = (count: number) => Array.from({ length: count }, () => lost.add("run"));

test("a run waits with its app until it broke off three calls, then by itself, ever longer", () => {
  expect(addMany(9)).toEqual([null, null, null, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
  expect(addMany(2_000).at(-1)).toBe(60_000);
});

test("a call that was refused says nothing of the run", () => {
  addMany(3);
  expect(lost.pauseMs("run")).toBeNull();
  lost.add("run");
  expect(lost.pauseMs("run")).toBe(2_000);
  expect(lost.pauseMs("other")).toBeNull();
});

test("an answer clears the run, and nothing is remembered of it", () => {
  addMany(5);
  lost.forget("run");
  expect(lost.size).toBe(0);
  expect(lost.add("run")).toBeNull();
});
