import { describe, expect, test } from "bun:test";
import { stepIds } from "./run-program.ts";

describe("the ids of a program's steps", () => {
  test("are API: a change would strand the runs that are under way", () => {
    const first = stepIds("transcribe", 1);
    expect([first.start, first.finished(1), first.result(1)]).toEqual([
      "transcribe",
      "transcribe:finished",
      "transcribe:result",
    ]);
    const third = stepIds("transcribe", 3);
    expect([third.start, third.finished(1), third.result(1)]).toEqual([
      "transcribe:3",
      "transcribe:3:finished",
      "transcribe:3:result",
    ]);
    expect([first.finished(2), first.result(2)]).toEqual([
      "transcribe:finished:2",
      "transcribe:result:2",
    ]);
  });

  test("never meet, whatever attempt and round", () => {
    const ids = [1, 2, 3, 11].flatMap((attempt) => {
      const { start, finished, result } = stepIds("a", attempt);
      return [start, ...[1, 2, 3, 11].flatMap((round) => [finished(round), result(round)])];
    });
    expect(new Set(ids).size).toBe(ids.length);
  });
});
