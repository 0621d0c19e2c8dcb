import { describe, expect, test } from "bun:test";
import type { EventRow, Evidence, RunRow, StepRow } from "../evidence.ts";
import type { Execution } from "../witness.ts";
import { checkEvidence } from "./check-evidence.ts";
import type { Violation } from "./violation.ts";

const QUIET_AT_MS = 100_000;
const MINUTE_MS = 60_000;

function event(internalId: string, name: string, fields: Partial<EventRow> = {}): EventRow {
  return { internalId, id: internalId, name, tsMs: 0, receivedAtMs: 0, data: {}, ...fields };
}

function run(id: string, functionId: string, fields: Partial<RunRow> = {}): RunRow {
  return {
    id,
    functionId,
    eventInternalId: `event of ${id}`,
    status: "COMPLETED",
    queuedAtMs: 0,
    startedAtMs: 1,
    endedAtMs: 9_000,
    correlationId: null,
    batchId: null,
    output: null,
    ...fields,
  };
}

function step(runId: string, name: string, fields: Partial<StepRow> = {}): StepRow {
  return {
    runId,
    name,
    stepId: `id of ${name}`,
    kind: "run",
    status: "completed",
    queuedAtMs: 0,
    endedAtMs: 2_000,
    token: `${runId} ${name}`,
    eventId: null,
    sentIds: [],
    ...fields,
  };
}

function execution(runId: string, stepId: string, fields: Partial<Execution> = {}): Execution {
  const token = `${runId} ${stepId}`;
  const call = { calledAtMs: 0, generation: 5 };
  return { functionId: "", runId, stepId, token, seen: [], ...call, ...fields };
}

const FINISHED = "inngest/function.finished";
const noCode = { token: null } as const;

/** A little of everything, as a healthy engine leaves it. */
const HEALTHY: Evidence = {
  requests: [{ id: "r", numbers: [1, 2], ids: ["event of seq", "event of wait"] }],
  events: [
    event("event of seq", "kills/sequence", { data: { n: 1, request: "r" } }),
    event("event of wait", "kills/waiter", { data: { n: 2, request: "r" } }),
    event("early", "kills/told", { receivedAtMs: 10, data: { target: 2 } }),
    event("told", "kills/told", { receivedAtMs: 30, data: { target: 2 } }),
    event("event of cancel", "kills/cancellable", { data: { n: 3 } }),
    event("stop", "kills/stop", { receivedAtMs: 500, data: { target: 3 } }),
    event("event of call", "kills/parent", { data: { n: 4 } }),
    event("event of child", "inngest/function.invoked", { data: { n: 4 } }),
    event("burst 1", "kills/debounced", { data: { key: "k", n: 5 } }),
    event("event of burst", "kills/debounced", { receivedAtMs: 500, data: { key: "k", n: 6 } }),
    event("event of batch", "kills/batched", { data: { n: 7 } }),
    event("batched 2", "kills/batched", { data: { n: 8 } }),
    event("event of throttled", "kills/throttled", { data: { n: 9 } }),
    event("event of held", "kills/skipping", { data: { n: 10, key: "k" } }),
    event("event of skipped", "kills/skipping", { data: { n: 11, key: "k" } }),
    event("event of fail", "kills/failing", { data: { n: 12 } }),
    event("event of mourn", "inngest/function.failed", { data: { run_id: "fail" } }),
    ...[
      "seq",
      "seq2",
      "wait",
      "cancel",
      "call",
      "child",
      "burst",
      "batch",
      "throttled",
      "held",
      "fail",
    ].map((id) => event(`end of ${id}`, FINISHED, { data: { run_id: id } })),
  ],
  runs: [
    run("seq", "sequence", { output: { value: 5, seen: ["seq five"] } }),
    run("seq2", "audit", { eventInternalId: "event of seq", output: { value: 1, seen: [] } }),
    run("wait", "waiter", { output: { value: 2, seen: [] } }),
    run("cancel", "cancellable", { status: "CANCELLED", endedAtMs: 500 }),
    run("call", "parent", { output: { value: 9, seen: [] } }),
    run("child", "child", { correlationId: "call.id of call", output: { value: 8, seen: [] } }),
    run("burst", "debounced", { output: { value: 6, seen: [] } }),
    run("batch", "batched", { batchId: "b", output: { value: [7, 8], seen: [] } }),
    run("throttled", "throttled", { output: { value: 9, seen: [] } }),
    run("held", "skipping", { output: { value: 20, seen: [] } }),
    run("skipped", "skipping", { status: "SKIPPED", queuedAtMs: 100, endedAtMs: 100 }),
    run("fail", "failing", { status: "FAILED" }),
    run("mourn", "mourner", { output: { value: null, seen: [] } }),
  ],
  steps: [
    ...["one", "two", "three", "four", "five"].map((name) => step("seq", name)),
    ...["seq2", "burst", "throttled"].map((id) => step(id, "note")),
    step("wait", "before"),
    step("wait", "told", { ...noCode, kind: "wait-for-event", queuedAtMs: 20, eventId: "told" }),
    step("wait", "after"),
    step("cancel", "before", { endedAtMs: 400 }),
    step("call", "before"),
    step("call", "call", { ...noCode, kind: "invoke" }),
    step("call", "after"),
    step("child", "first"),
    step("child", "second"),
    step("batch", "collect"),
    step("held", "before"),
    step("held", "nap", { ...noCode, kind: "sleep", queuedAtMs: 0 }),
    step("held", "after"),
    step("fail", "broken", { ...noCode, status: "failed" }),
    step("mourn", "mourn"),
  ],
  attempts: [{ runId: "fail", attempt: 0 }],
  batchEvents: [
    { batchId: "b", eventInternalId: "event of batch" },
    { batchId: "b", eventInternalId: "batched 2" },
  ],
  executions: [],
  registeredAtMs: 1,
  stoppedAtMs: MINUTE_MS,
  quietAtMs: QUIET_AT_MS,
};

/** Each stored step was carried out once. */
const healthy: Evidence = {
  ...HEALTHY,
  executions: HEALTHY.steps.flatMap(({ runId, name, token }) =>
    token === null ? [] : [execution(runId, name)],
  ),
};

const without = <Row>(rows: readonly Row[], isMeant: (row: Row) => boolean) =>
  rows.filter((row) => !isMeant(row));
const withRun = (id: string, fields: Partial<RunRow>): Partial<Evidence> => ({
  runs: healthy.runs.map((each) => (each.id === id ? { ...each, ...fields } : each)),
});
const withStep = (runId: string, name: string, fields: Partial<StepRow>): Partial<Evidence> => ({
  steps: healthy.steps.map((each) =>
    each.runId === runId && each.name === name ? { ...each, ...fields } : each,
  ),
});
const withMoreRuns = (...more: readonly RunRow[]): Partial<Evidence> => ({
  runs: [...healthy.runs, ...more],
});
const withMoreExecutions = (...more: readonly Execution[]): Partial<Evidence> => ({
  executions: [...healthy.executions, ...more],
});

test("what a healthy engine leaves breaks no promise", () => {
  expect(checkEvidence(healthy)).toEqual([]);
});

test("a call of before a kill that is answered late, and used by nobody, breaks none", () => {
  const late = execution("seq", "one", { token: "other", calledAtMs: 4_000, generation: 4 });
  expect(checkEvidence({ ...healthy, ...withMoreExecutions(late) })).toEqual([]);
});

describe("it is found when", () => {
  test.each<[what: string, rule: Violation["rule"], change: Partial<Evidence>]>([
    [
      "an acknowledged event is gone",
      "acknowledged event lost",
      {
        requests: [{ id: "r", numbers: [1, 2, 3], ids: ["event of seq", "event of wait", "gone"] }],
      },
    ],
    [
      "half of a request that nobody acknowledged is stored",
      "request stored in part",
      { requests: [{ id: "r", numbers: [1, 2, 3], ids: null }] },
    ],
    [
      "a request that was sent again is stored again",
      "event stored twice",
      {
        events: [...healthy.events, event("again", "kills/told", { data: { n: 1, request: "r" } })],
      },
    ],
    [
      "one of two functions of an event has no run",
      "run missing",
      { runs: without(healthy.runs, ({ id }) => id === "seq2") },
    ],
    [
      "an event has started its function twice",
      "run doubled",
      withMoreRuns(
        run("seq3", "audit", { eventInternalId: "event of seq", output: { value: 1, seen: [] } }),
      ),
    ],
    [
      "an invocation has no run",
      "run missing",
      { runs: without(healthy.runs, ({ id }) => id === "child") },
    ],
    [
      "a run's end is told to nobody",
      "run missing",
      { events: without(healthy.events, ({ internalId }) => internalId === "end of seq") },
    ],
    [
      "a run goes on when all is quiet",
      "run stuck",
      withRun("seq", { endedAtMs: null, status: "RUNNING" }),
    ],
    ["a run has failed that could not", "run ended wrongly", withRun("seq", { status: "FAILED" })],
    [
      "a failed attempt was counted twice",
      "run ended wrongly",
      { attempts: [...healthy.attempts, { runId: "fail", attempt: 1 }] },
    ],
    [
      "a step has two rows",
      "step stored twice",
      { steps: [...healthy.steps, step("seq", "one", { stepId: "another" })] },
    ],
    [
      "a completed run lacks a step",
      "step missing",
      { steps: without(healthy.steps, ({ runId, name }) => runId === "held" && name === "nap") },
    ],
    [
      "a stored step is carried out in a later call",
      "stored step run again",
      withMoreExecutions(execution("seq", "one", { token: "other", generation: 6 })),
    ],
    [
      "a step is carried out when its run was cancelled long ago",
      "ended run went on",
      withMoreExecutions(execution("cancel", "after", { token: "other", calledAtMs: 6_000 })),
    ],
    [
      "a step is stored after its run was cancelled",
      "ended run went on",
      withStep("cancel", "before", { endedAtMs: 501 }),
    ],
    [
      "a step was given what another execution of the step before returned",
      "result used but not stored",
      withMoreExecutions(execution("seq", "two", { token: "other", seen: ["another one"] })),
    ],
    [
      "a run has returned what came of a result that was not stored",
      "result used but not stored",
      withRun("seq", { output: { value: 5, seen: ["another five"] } }),
    ],
    [
      "a run returns something else",
      "wrong output",
      withRun("seq", { output: { value: 4, seen: [] } }),
    ],
    [
      "a function was called for a run that is not stored",
      "run missing",
      withMoreExecutions(execution("nowhere", "one")),
    ],
    [
      "a stored result is of no execution",
      "wrong output",
      { executions: without(healthy.executions, ({ token }) => token === "seq one") },
    ],
    [
      "a wait has missed its event",
      "wait or timer wrong",
      withStep("wait", "told", { eventId: null, status: "timed-out" }),
    ],
    [
      "a wait was ended by an event from before it",
      "wait or timer wrong",
      withStep("wait", "told", { eventId: "early" }),
    ],
    [
      "a sleep ends too early",
      "wait or timer wrong",
      withStep("held", "nap", { queuedAtMs: 1_500 }),
    ],
    [
      "a run is cancelled although nobody has asked for it",
      "wait or timer wrong",
      { events: without(healthy.events, ({ internalId }) => internalId === "stop") },
    ],
    [
      "a run completes although it was cancelled",
      "wait or timer wrong",
      withRun("cancel", { status: "COMPLETED", endedAtMs: 600 }),
    ],
    [
      "a debounced event that was overtaken has a run",
      "flow control broken",
      withMoreRuns(
        run("early", "debounced", { eventInternalId: "burst 1", output: { value: 5, seen: [] } }),
      ),
    ],
    [
      "the last event of a burst has no run",
      "flow control broken",
      { runs: without(healthy.runs, ({ id }) => id === "burst") },
    ],
    [
      "a batch's run was not given all of its events",
      "flow control broken",
      withRun("batch", { output: { value: [7], seen: [] } }),
    ],
    [
      "an event is in no batch",
      "flow control broken",
      { batchEvents: healthy.batchEvents.slice(0, 1) },
    ],
    [
      "three throttled runs start at once",
      "flow control broken",
      withMoreRuns(run("t2", "throttled"), run("t3", "throttled")),
    ],
    [
      "two runs of a singleton go on at a time",
      "flow control broken",
      withMoreRuns(run("second", "skipping", { eventInternalId: "event of held", queuedAtMs: 50 })),
    ],
    [
      "a run of a singleton is skipped when none goes on",
      "flow control broken",
      withRun("skipped", { queuedAtMs: 9_500 }),
    ],
    ["a schedule has missed a minute", "schedule missed", { stoppedAtMs: 3 * MINUTE_MS }],
    [
      "a schedule has two runs of a minute",
      "schedule doubled",
      {
        events: [
          ...healthy.events,
          event("tick", "inngest/scheduled.timer", { data: { scheduledAt: "2026-12-01" } }),
        ],
        ...withMoreRuns(
          run("tick 1", "schedule-3", { eventInternalId: "tick" }),
          run("tick 2", "schedule-3", { eventInternalId: "tick" }),
        ),
      },
    ],
  ])("%s", (_what, rule, change) => {
    const rules = checkEvidence({ ...healthy, ...change }).map((violation) => violation.rule);
    expect(rules).toContain(rule);
  });
});
