// C1 to C6 are the invariants of chain.ts.

import { describe, expect, test } from "bun:test";
import { rootOf, runOf, spanOf } from "../testing/trace.ts";
import { Chain } from "./chain.ts";

const FIRST = "01M7XX8G26Z39M6Y05EC7VAHVT";
const SECOND = "01M7XX8MPKHYNZ75583VZAY61A";
const LIMITS = { settleMs: 3_000, eventsMax: 3 };

const running = runOf({ id: "r1" });
const completed = runOf({ id: "r1", status: "COMPLETED", durationMs: 12 });
const sends = (...ids: string[]) => spanOf({ name: "emit", stepId: "emit", output: { ids } });

/** A chain whose one event is known and has started one run. */
function chainWithRun(): Chain {
  const chain = new Chain([FIRST], 0, LIMITS);
  chain.sawEvent(FIRST, "a/b", 1);
  chain.sawRunsOf(FIRST, [running], 0);
  return chain;
}

describe("an event", () => {
  test("is open until as many runs as functions that listen were seen (C3)", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", 2);
    chain.sawRunsOf(FIRST, [running], 0);
    expect(chain.openEventIds).toEqual([FIRST]);
    chain.sawRunsOf(FIRST, [running, runOf({ id: "r2" })], 10);
    expect(chain.openEventIds).toEqual([]);
  });

  test("that nothing listens for is settled at once", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", 0);
    chain.sawRunsOf(FIRST, [], 0);
    expect(chain.hasEnded).toBe(true);
  });

  test("is settled after a while when a function's condition kept it from starting (C3)", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", 1);
    chain.sawRunsOf(FIRST, [], 2_999);
    expect(chain.hasEnded).toBe(false);
    chain.sawRunsOf(FIRST, [], 3_000);
    expect(chain.hasEnded).toBe(true);
  });

  test("gets its time anew with each run that comes", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", 5);
    chain.sawRunsOf(FIRST, [running], 2_999);
    chain.sawRunsOf(FIRST, [running], 5_998);
    expect(chain.openEventIds).toEqual([FIRST]);
    chain.sawRunsOf(FIRST, [running], 5_999);
    expect(chain.openEventIds).toEqual([]);
  });

  test("of which functions nothing is known waits for its time", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", null);
    chain.sawRunsOf(FIRST, [running], 0);
    expect(chain.openEventIds).toEqual([FIRST]);
  });
});

describe("a run", () => {
  test("is asked for until run and trace have ended, then never again (C1, C2)", () => {
    const chain = chainWithRun();
    chain.sawRun(running, rootOf("RUNNING"), 10);
    expect(chain.openRunIds).toEqual(["r1"]);
    chain.sawRun(completed, rootOf("RUNNING"), 20);
    expect(chain.openRunIds).toEqual(["r1"]);
    chain.sawRun(completed, rootOf("COMPLETED"), 30);
    expect(chain.openRunIds).toEqual([]);
    expect(chain.hasEnded).toBe(true);
  });

  test("whose trace never ends is settled some time after its own end (C2)", () => {
    const chain = chainWithRun();
    chain.sawRun(completed, rootOf("RUNNING"), 100);
    chain.sawRun(completed, rootOf("RUNNING"), 3_100);
    expect(chain.hasEnded).toBe(true);
  });

  test("that had ended when it was first seen is told from start to end", () => {
    const chain = new Chain([FIRST], 0, LIMITS);
    chain.sawEvent(FIRST, "a/b", 1);
    const started = chain.sawRunsOf(FIRST, [completed], 0);
    const ended = chain.sawRun(completed, rootOf("COMPLETED", [spanOf({ name: "s" })]), 0);
    expect([...started, ...ended].map(({ type }) => type)).toEqual([
      "run-started",
      "step-ended",
      "run-ended",
    ]);
  });

  test("adds the events that it sent, and their runs", () => {
    const chain = chainWithRun();
    chain.sawRun(completed, rootOf("COMPLETED", [sends(SECOND)]), 10);
    expect(chain.hasEnded).toBe(false);
    expect(chain.namelessEventIds).toEqual([SECOND]);
    expect(chain.sawEvent(SECOND, "c/d", 1)).toMatchObject([{ type: "event", fromRunId: "r1" }]);
    chain.sawRunsOf(SECOND, [runOf({ id: "r2" })], 20);
    expect(chain.openRunIds).toEqual(["r2"]);
  });
});

describe("changes", () => {
  test("are told once, however often the same is seen (C6)", () => {
    const chain = chainWithRun();
    const root = rootOf("RUNNING", [
      spanOf({
        name: "s",
        stepId: "s",
        status: "RUNNING",
        children: [spanOf({ name: "Attempt 0", status: "FAILED", output: { message: "no" } })],
      }),
    ]);
    const first = chain.sawRun(running, root, 10);
    expect(first.map(({ type }) => type)).toEqual(["attempt-failed", "step-started"]);
    expect(chain.sawRun(running, root, 20)).toEqual([]);
  });

  test("a step that fails for good is told by its attempts and by the run's end", () => {
    const chain = chainWithRun();
    const root = rootOf("FAILED", [
      spanOf({ name: "s", stepId: "s", status: "FAILED", output: { name: "E", message: "no" } }),
    ]);
    const changes = chain.sawRun(runOf({ id: "r1", status: "FAILED" }), root, 10);
    expect(changes.map(({ type }) => type)).toEqual(["attempt-failed", "run-ended"]);
    expect(changes[0]).toMatchObject({ attemptNumber: 1, error: { message: "no" } });
  });

  test("the run's output is the run's own, or else its trace's", () => {
    const root = { ...rootOf("COMPLETED"), output: "of the trace" };
    expect(chainWithRun().sawRun(completed, root, 0).at(-1)).toMatchObject({
      output: "of the trace",
    });
    expect(
      chainWithRun()
        .sawRun({ ...completed, output: "own" }, root, 0)
        .at(-1),
    ).toMatchObject({
      output: "own",
    });
  });
});

test("a chain without end is cut at its bound (C5)", () => {
  const chain = chainWithRun();
  const ids = ["01M7XX8MPKHYNZ75583VZAY610", SECOND, "01M7XX8MPKHYNZ75583VZAY612"];
  chain.sawRun(completed, rootOf("COMPLETED", [sends(...ids)]), 10);
  expect(chain.namelessEventIds).toEqual(ids.slice(0, 2));
});

test("an event that two steps name is followed once", () => {
  const chain = chainWithRun();
  const again = spanOf({ name: "again", stepId: "x", output: { ids: [FIRST, SECOND] } });
  chain.sawRun(completed, rootOf("COMPLETED", [sends(SECOND), again]), 10);
  expect(chain.namelessEventIds).toEqual([SECOND]);
});
