import { describe, expect, test } from "bun:test";
import type { AppFunction, Run } from "@system-bus/inngest-api";
import { plainPaint } from "../output/paint.ts";
import { decideMigration } from "./decide-migration.ts";
import { describePlan } from "./describe-plan.ts";
import type { RunFacts } from "./run-facts.ts";

const someRun = (id: string, functionId = "f", status: Run["status"] = "RUNNING"): Run => ({
  id,
  app: { id: "app" },
  function: { id: functionId, name: functionId },
  status,
  queuedAt: "2026-11-24T08:00:00Z",
  trigger: { eventIds: [] },
});

const someFacts = (run: Run, rest: Partial<RunFacts> = {}): RunFacts => ({
  run,
  events: [{ internalId: `event-${run.id}`, name: "demo/go", isStepInvocation: false }],
  goneEventCount: 0,
  siblings: [],
  steps: [],
  ...rest,
});

const someFunction = (
  id = "f",
  event = "demo/go",
  rest: Partial<AppFunction> = {},
): AppFunction => ({
  id,
  name: id,
  app: { id: "app" },
  triggers: [{ type: "EVENT", value: event }],
  ...rest,
});

const decide = (
  facts: readonly RunFacts[],
  targetFunctions: readonly AppFunction[] = [someFunction()],
  sentBefore: readonly string[] = [],
) =>
  decideMigration({ facts, targetFunctions, wasSent: (eventId) => sentBefore.includes(eventId) });

const startedBy = (name: string, isStepInvocation = false) => ({
  events: [{ internalId: "e", name, isStepInvocation }],
});

describe("what moves and what stays", () => {
  test.each([
    ["inngest/scheduled.timer", false, "schedule"],
    ["inngest/function.invoked", true, "invoked-by-step"],
    ["inngest/function.invoked", false, "invoked-by-program"],
    ["inngest/function.failed", false, "engine-event"],
    ["inngest/function.cancelled", false, "engine-event"],
  ])("M1: a run of %s (step: %p) stays: %s", (name, isStepInvocation, reason) => {
    const plan = decide([someFacts(someRun("1"), startedBy(name, isStepInvocation))]);
    expect(plan.staying).toMatchObject([{ run: { id: "1" }, reason }]);
    expect(plan.moving).toEqual([]);
    expect(plan.toSend).toEqual([]);
    expect(plan.lacking).toEqual([]);
  });

  test("M1: a run whose event is gone stays; a batch moves by the events that are left", () => {
    const gone = someFacts(someRun("1"), { events: [], goneEventCount: 1 });
    const batch = someFacts(someRun("2"), { goneEventCount: 2 });
    const plan = decide([gone, batch]);
    expect(plan.staying).toMatchObject([{ run: { id: "1" }, reason: "event-gone" }]);
    expect(plan.moving).toMatchObject([{ batchSize: 3, goneEventCount: 2 }]);
  });

  test("M2: an event that has started two runs is sent once", () => {
    const shared = startedBy("demo/go");
    const plan = decide(
      [someFacts(someRun("1", "f"), shared), someFacts(someRun("2", "g"), shared)],
      [someFunction("f"), someFunction("g")],
    );
    expect(plan.moving).toHaveLength(2);
    expect(plan.toSend).toHaveLength(1);
  });

  test("M5: what was sent before is left out, and asks nothing of the target", () => {
    const plan = decide([someFacts(someRun("1"))], [], ["event-1"]);
    expect(plan).toMatchObject({
      toSend: [],
      sentBefore: [{ internalId: "event-1" }],
      lacking: [],
    });
  });
});

describe("what is started although it does not move", () => {
  const sibling = (functionId: string, status: Run["status"]) =>
    someRun(`sibling-${functionId}`, functionId, status);

  test("M3: functions of the same event that have ended, or were not chosen, are told", () => {
    const siblings = [sibling("logger", "COMPLETED"), sibling("other", "RUNNING")];
    const functions = [someFunction(), someFunction("logger", "demo/*"), someFunction("other")];
    const { repeated } = decide([someFacts(someRun("1"), { siblings })], functions);
    expect(repeated.map(({ run }) => run.function.id)).toEqual(["logger", "other"]);
  });

  test("M3: not those that the event doesn't start at the target, or that it lacks", () => {
    const siblings = [sibling("logger", "COMPLETED"), sibling("gone", "COMPLETED")];
    const functions = [someFunction(), someFunction("logger", "demo/else")];
    expect(decide([someFacts(someRun("1"), { siblings })], functions).repeated).toEqual([]);
  });

  test("M3: an earlier run of a function that moves is no other run of it", () => {
    const shared = startedBy("demo/go");
    const failed = someRun("0", "f", "FAILED");
    const facts = [
      someFacts(someRun("1", "f"), { ...shared, siblings: [failed, someRun("2", "g")] }),
      someFacts(someRun("2", "g"), { ...shared, siblings: [failed, someRun("1", "f")] }),
    ];
    expect(decide(facts, [someFunction("f"), someFunction("g")]).repeated).toEqual([]);
  });
});

describe("what the target has to have", () => {
  test.each([
    ["not-registered", []],
    ["not-registered", [someFunction("f", "demo/go", { app: { id: "another" } })]],
    ["has-problem", [someFunction("f", "demo/go", { problem: "bad expression" })]],
    ["paused", [someFunction("f", "demo/go", { pause: { pausedAt: "now", holdsRuns: true } })]],
    ["not-triggered", [someFunction("f", "demo/renamed")]],
  ] as const)("M4: %s", (reason, functions) => {
    const plan = decide([someFacts(someRun("1")), someFacts(someRun("2"))], functions);
    expect(plan.lacking).toEqual([
      { appId: "app", functionId: "f", reason, eventName: "demo/go", runCount: 2 },
    ]);
  });
});

test("people read run by run what is done again, what waits, what stays and what is missing", () => {
  const steps = [
    { name: "load", op: "RUN", isDone: true },
    { name: "answer", op: "WAIT_FOR_EVENT", isDone: true },
    { name: "nap", op: "SLEEP", isDone: false },
    { name: "work", op: "RUN", isDone: false },
  ];
  const plan = decide(
    [
      someFacts(someRun("1"), { steps, siblings: [someRun("3", "g", "COMPLETED")] }),
      someFacts(someRun("2"), startedBy("inngest/scheduled.timer")),
    ],
    [someFunction("f", "demo/renamed"), someFunction("g")],
  );
  const io = { paint: plainPaint, columnsMax: undefined };
  const text = describePlan(plan, { from: "http://a", to: "http://b", io });
  expect(text).toContain("1 event to send from http://a to http://b, for 1 unfinished run.");
  expect(text).toContain(
    "does again: load, answer; waits for another event: answer; waits from the beginning: nap",
  );
  expect(text).toContain("g, completed here: by 1 event");
  expect(text).toContain("2 f: started by a schedule");
  expect(text).toContain("app/f (1 run) is not started there by demo/go");
});
