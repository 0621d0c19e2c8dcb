import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { runOf, spanOf } from "../testing/trace.ts";
import { readSteps } from "../trace/steps.ts";
import { changeRecord, describeChange } from "./describe-change.ts";
import type { FollowChange } from "./follow-chain.ts";

const run = runOf({ id: "r1", function: { id: "video-download", name: "Video download" } });
const [step] = readSteps({
  ...spanOf({ name: "run" }),
  children: [spanOf({ name: "download", stepId: "d", stepOp: "RUN", durationMs: 4_200 })],
});
if (!step) throw new Error("the trace has one step");

const say = (change: FollowChange) => describeChange(change, plainPaint, () => "video-download");
const record = (change: FollowChange) => changeRecord(change, () => "video-download");

test("a step is told with the function that it belongs to, since runs go side by side", () => {
  expect(say({ type: "step-ended", runId: "r1", step })).toBe(
    "    ✓ video-download › download  4.2 s",
  );
});

test.each([
  ["WAIT_FOR_EVENT", "waits for an event"],
  ["WAIT_FOR_SIGNAL", "waits for a signal"],
  ["INVOKE", "waits for another function"],
])("a wait says what is waited for: %s", (op, words) => {
  const waiting = { ...step, op, status: "RUNNING" } as const;
  expect(say({ type: "step-started", runId: "r1", step: waiting })).toEndWith(words);
});

test("an event that starts nothing says so", () => {
  const event = { type: "event", eventId: "e", name: "a/b", fromRunId: null } as const;
  expect(say({ ...event, listenerCount: 0 })).toContain("starts no function");
  expect(say({ ...event, listenerCount: null })).not.toContain("starts no function");
});

test("a failed run tells its error", () => {
  const output = { name: "NonRetriableError", message: "no video there" };
  const line = say({
    type: "run-ended",
    run: { ...run, status: "FAILED", durationMs: 38 },
    output,
  });
  expect(line).toBe("  ✗ video-download failed  38 ms  NonRetriableError: no video there");
});

test("programs get flat records", () => {
  const error = { name: "Error", message: "cut off" };
  const failed = { type: "attempt-failed", runId: "r1", step, attemptNumber: 2, error } as const;
  expect(record(failed)).toEqual({
    type: "attempt-failed",
    runId: "r1",
    functionId: "video-download",
    step: "download",
    op: "RUN",
    status: "COMPLETED",
    startedAt: undefined,
    durationMs: 4_200,
    attemptNumber: 2,
    error,
  });
});
