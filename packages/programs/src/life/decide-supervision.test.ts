import { describe, expect, test } from "bun:test";
import { decideSupervision, type Situation } from "./decide-supervision.ts";

const quiet: Situation = {
  exit: null,
  isStopAsked: false,
  isDismissed: false,
  steadyMs: 1_000,
  deadlineMs: 2_000,
};
const exited = { exitCode: 1, signal: null };
const signalled = { exitCode: null, signal: "SIGSEGV" };

describe("what a supervisor does next", () => {
  test.each([
    ["goes on while nothing happens", {}, null],
    ["goes on in line for a slot, however late it is", { deadlineMs: null, steadyMs: 1e12 }, null],
    ["ends when the program exited, whatever its code", { exit: exited }, "exit"],
    ["ends when a signal ended the program", { exit: signalled }, "signal"],
    ["ends at the wall limit", { steadyMs: 2_000 }, "wall-limit"],
    ["goes on just before the wall limit", { steadyMs: 1_999 }, null],
    ["ends when the run was stopped", { isStopAsked: true }, "stopped"],
    ["ends in line when the run was stopped", { isStopAsked: true, deadlineMs: null }, "stopped"],
    ["ends when it is told to go, and the program counts as lost", { isDismissed: true }, "lost"],
    ["counts an exit before a stop", { exit: exited, isStopAsked: true }, "exit"],
    ["counts an exit before the wall limit", { exit: exited, steadyMs: 9_000 }, "exit"],
    ["takes a failure at shutdown for a loss", { exit: signalled, isDismissed: true }, "lost"],
    [
      "takes a success at shutdown for one",
      { exit: { exitCode: 0, signal: null }, isDismissed: true },
      "exit",
    ],
    ["counts a stop before a dismissal", { isStopAsked: true, isDismissed: true }, "stopped"],
    ["counts a stop before the wall limit", { isStopAsked: true, steadyMs: 9_000 }, "stopped"],
  ] as const)("%s", (_name, change, endedBy) => {
    const step = decideSupervision({ ...quiet, ...change });
    expect(step.kind === "end" ? step.endedBy : null).toBe(endedBy);
  });
});
