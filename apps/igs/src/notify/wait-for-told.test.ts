import { describe, expect, test } from "bun:test";
import type { Run } from "@system-bus/inngest-api";
import { answerTold } from "../actions/notify-test.ts";
import { plainPaint } from "../output/paint.ts";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { createScriptedEngine } from "../testing/scripted-engine.ts";
import { rootOf, runOf } from "../testing/trace.ts";
import { waitForTold } from "./wait-for-told.ts";

const told = [
  {
    target: "webhook",
    isReached: true,
    words: "the webhook at https://h.example has taken it (200)",
  },
  { target: "ntfy", isReached: false, words: "ntfy at https://n.example answers 403: forbidden" },
];

/** An engine on which notify's run stands like this. */
function engineWith(fields: Partial<Run> | null) {
  const run = runOf({ id: "r1", ...fields });
  return createScriptedEngine({
    events: { e1: { name: "system/notify", runIds: fields === null ? [] : ["r1"] } },
    runs: { r1: { run, root: rootOf(run.status) } },
    triggers: [],
  });
}

function wait(fields: Partial<Run> | null, signal = new AbortController().signal) {
  const clock = new LeapingClock();
  const waiting = waitForTold({ api: engineWith(fields).api, eventId: "e1", clock, signal });
  return { clock, end: waiting.catch((error: unknown) => error) };
}

describe("waiting for the worker's test", () => {
  test("returns what the run says of each target", async () => {
    expect(await wait({ status: "COMPLETED", output: { told } }).end).toEqual(told);
  });

  test("ends when no run comes, or none ends", async () => {
    for (const fields of [null, { status: "RUNNING" } as const]) {
      const { clock, end } = wait(fields);
      expect(await end).toMatchObject({
        code: "unreachable",
        fix: expect.stringContaining("igs status"),
      });
      expect(clock.nowMs()).toBe(45_000);
    }
  });

  test("tells a run that has failed with its reason", async () => {
    const output = { name: "Error", message: "the ledger can't be written" };
    expect(await wait({ status: "FAILED", output }).end).toMatchObject({
      code: "run-failed",
      message: "notify failed: the ledger can't be written",
      fix: "`igs run r1` shows each attempt.",
    });
  });

  test("stops with Ctrl-C", async () => {
    expect(await wait(null, AbortSignal.abort()).end).toMatchObject({ code: "interrupted" });
  });
});

describe("the answer", () => {
  test("shows each target in a line, and fails when one was not reached", () => {
    const { text, failure } = answerTold(told, plainPaint);
    expect(text).toBe(
      "✓ webhook  the webhook at https://h.example has taken it (200)\n✗ ntfy     ntfy at https://n.example answers 403: forbidden",
    );
    expect(failure).toMatchObject({
      code: "unhealthy",
      message: "1 of 2 targets not reached: ntfy.",
    });
    expect(answerTold(told.slice(0, 1), plainPaint).failure).toBeUndefined();
  });

  test("without any target says which settings there are", () => {
    expect(answerTold([], plainPaint).failure).toMatchObject({
      code: "settings",
      fix: expect.stringContaining("NOTIFY_NTFY_URL"),
    });
  });
});
