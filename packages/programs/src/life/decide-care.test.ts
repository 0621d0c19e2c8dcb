import { describe, expect, test } from "bun:test";
import { type CareInput, decideCare } from "./decide-care.ts";

const limits = { retainMs: 100, uncollectedMaxMs: 1_000, requestedMaxMs: 50 };
const ended = {
  endedBy: "exit",
  exitCode: 0,
  signal: null,
  endedAt: "2026-11-21T10:00:02.000Z",
  outputDroppedBytes: 0,
} as const;
const launch = {
  program: { pid: 8, startMark: "t8", bootId: "b" },
  launchedAt: "2026-11-21T10:00:01.000Z",
};

function over(facts: { isCollected?: boolean; isSupervisorAlive?: boolean } = {}) {
  return { state: "ended", ended, isCollected: false, isSupervisorAlive: false, ...facts } as const;
}

const usual = { ageMs: 10, isRunStopped: false, isFirstLook: false };

describe("what a worker owes to a program", () => {
  test.each([
    ["nothing to one that is gone", { life: { state: "absent" } }, "nothing"],
    ["nothing to one that was just requested", { life: { state: "requested" } }, "nothing"],
    ["retirement to one that never began", { life: { state: "requested" }, ageMs: 51 }, "retire"],
    ["a look at the pulse of one in line", { life: { state: "waiting" } }, "feel-pulse"],
    ["a look at the pulse of one that runs", { life: { state: "running", launch } }, "feel-pulse"],
    ["a burial to an orphan", { life: { state: "orphaned" } }, "bury"],
    ["an announcement to one whose supervisor is gone", { life: over() }, "announce"],
    [
      "nothing while the supervisor announces",
      { life: over({ isSupervisorAlive: true }) },
      "nothing",
    ],
    [
      "an announcement at its own start, for the supervisor's gaps may have grown",
      { life: over({ isSupervisorAlive: true }), isFirstLook: true },
      "announce",
    ],
    [
      "no announcement to one whose run was stopped",
      { life: over(), isRunStopped: true },
      "collect",
    ],
    ["nothing to one that was collected", { life: over({ isCollected: true }) }, "nothing"],
    ["retirement after its time", { life: over({ isCollected: true }), ageMs: 101 }, "retire"],
    ["patience with one that nobody collected", { life: over(), ageMs: 999 }, "announce"],
    ["an end of patience", { life: over(), ageMs: 1_001 }, "retire"],
  ] satisfies [string, Partial<CareInput> & Pick<CareInput, "life">, string][])(
    "%s",
    (_name, change, care) => {
      expect(decideCare({ ...usual, ...change }, limits)).toBe(care as never);
    },
  );
});
