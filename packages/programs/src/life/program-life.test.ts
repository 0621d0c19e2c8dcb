import { describe, expect, test } from "bun:test";
import { decideLife, type ProgramFacts } from "./program-life.ts";

const identity = { pid: 7, startMark: "t7", bootId: "b" };
const claim = { supervisor: identity, claimedAt: "2026-11-21T10:00:00.000Z" };
const launch = { program: { ...identity, pid: 8 }, launchedAt: "2026-11-21T10:00:01.000Z" };
const ended = {
  endedBy: "exit",
  exitCode: 0,
  signal: null,
  endedAt: "2026-11-21T10:00:02.000Z",
  outputDroppedBytes: 0,
} as const;

const nothing: ProgramFacts = {
  claim: null,
  isSupervisorAlive: false,
  launch: null,
  ended: null,
  isCollected: false,
};

describe("the state of a program", () => {
  test("is absent without a folder", () => {
    expect(decideLife(null).state).toBe("absent");
  });

  test.each([
    ["requested", "a folder without a claim", {}],
    [
      "waiting",
      "a living supervisor that has launched nothing",
      { claim, isSupervisorAlive: true },
    ],
    ["running", "a living supervisor and a launch", { claim, isSupervisorAlive: true, launch }],
    ["orphaned", "a supervisor that died before it launched anything", { claim }],
    ["orphaned", "a supervisor that died while its program may live", { claim, launch }],
    [
      "ended",
      "an end, while the supervisor announces it",
      { claim, isSupervisorAlive: true, launch, ended },
    ],
    ["ended", "an end whose supervisor is gone", { claim, launch, ended }],
    ["ended", "an end without a launch: stopped in line", { claim, ended }],
    ["ended", "an end whose other records a crash has taken", { ended }],
  ] as const)("is %s: %s", (state, _why, facts) => {
    expect(decideLife({ ...nothing, ...facts }).state).toBe(state);
  });

  test("says of an end whether it was collected and who announces it", () => {
    const facts = { ...nothing, claim, launch, ended, isCollected: true, isSupervisorAlive: true };
    expect(decideLife(facts)).toEqual({
      state: "ended",
      ended,
      isCollected: true,
      isSupervisorAlive: true,
    });
  });
});
