import { expect, test } from "bun:test";
import { rootOf, spanOf } from "../testing/trace.ts";
import { sentEventIds } from "./sent-events.ts";
import { readSteps } from "./steps.ts";

const failure = { name: "Error", message: "first try fails" };
const EVENT_ID = "01M7XX8MPKHYNZ75583VZAY61A";

test("a step's failed attempts are those of its children that failed", () => {
  const flaky = spanOf({
    name: "flaky",
    stepId: "a",
    durationMs: 1060,
    output: 1,
    children: [
      spanOf({ name: "Attempt 0", status: "FAILED", output: failure }),
      spanOf({ name: "Attempt 1" }),
    ],
  });
  const [step] = readSteps(rootOf("COMPLETED", [flaky]));
  expect(step).toMatchObject({ name: "flaky", status: "COMPLETED", durationMs: 1060, output: 1 });
  expect(step?.failedAttempts.map(({ error }) => error)).toEqual([failure]);
});

test("a failed span beside a step of the same id is an attempt of it, not a step", () => {
  const root = rootOf("COMPLETED", [
    spanOf({ name: "flaky", stepId: "a", status: "FAILED", output: failure }),
    spanOf({ name: "flaky", stepId: "a", output: 1 }),
  ]);
  const steps = readSteps(root);
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({ status: "COMPLETED", output: 1 });
  expect(steps[0]?.failedAttempts).toHaveLength(1);
});

test("a step that is tried again goes on, although a try of it failed", () => {
  const root = rootOf("RUNNING", [
    spanOf({ name: "s", stepId: "a", status: "FAILED", output: failure }),
    spanOf({ name: "s", stepId: "a", status: "RUNNING" }),
  ]);
  expect(readSteps(root)[0]?.status).toBe("RUNNING");
});

test("two steps of one name are two steps", () => {
  const root = rootOf("COMPLETED", [
    spanOf({ name: "s", stepId: "a" }),
    spanOf({ name: "s", stepId: "b" }),
  ]);
  expect(readSteps(root).map(({ key }) => key)).toEqual(["a", "b"]);
});

test("a failed attempt without a message still counts", () => {
  const [step] = readSteps(rootOf("FAILED", [spanOf({ name: "s", status: "FAILED" })]));
  expect(step?.failedAttempts[0]?.error.message).toContain("without a message");
});

test("the events that a step sent are read from its output, wrapped or not", () => {
  const step = { status: "COMPLETED", output: { ids: [EVENT_ID] } } as const;
  expect(sentEventIds(step)).toEqual([EVENT_ID]);
  expect(sentEventIds({ ...step, output: { data: { ids: [EVENT_ID] } } })).toEqual([EVENT_ID]);
});

test("ids that are no ULIDs are somebody's own result", () => {
  expect(sentEventIds({ status: "COMPLETED", output: { ids: ["user-1"] } })).toEqual([]);
  expect(sentEventIds({ status: "COMPLETED", output: { ids: [] } })).toEqual([]);
  expect(sentEventIds({ status: "FAILED", output: { ids: [EVENT_ID] } })).toEqual([]);
});
