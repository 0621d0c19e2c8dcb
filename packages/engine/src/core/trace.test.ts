import { describe, expect, test } from "bun:test";
import { NO_CALL } from "./call-facts.ts";
import { assembleTrace, type TraceParts } from "./trace.ts";
import { findSpan, type TraceSpan } from "./trace-span.ts";

const T0 = Date.UTC(2026, 10, 21, 2);
const ERROR = { name: "Error", message: "first try fails" };

const run = (over: Partial<TraceParts["run"]> = {}): TraceParts["run"] => ({
  id: "run-1",
  functionName: "All kinds of steps",
  status: "RUNNING",
  queuedAtMs: T0,
  startedAtMs: T0 + 1,
  endedAtMs: null,
  outputJson: null,
  ...NO_CALL,
  ...over,
});

const step = (over: Partial<TraceParts["steps"][number]> = {}): TraceParts["steps"][number] => ({
  stepId: "s1",
  name: "load",
  kind: "run",
  status: "completed",
  inputJson: null,
  valueJson: '{"data":1}',
  attempt: 0,
  queuedAtMs: T0 + 2,
  startedAtMs: T0 + 3,
  endedAtMs: T0 + 4,
  ...NO_CALL,
  ...over,
});

const open = { status: "open", valueJson: null, startedAtMs: null, endedAtMs: null } as const;

const failed = (stepId: string, attempt: number): TraceParts["failedAttempts"][number] => ({
  stepId,
  name: "load",
  attempt,
  errorJson: JSON.stringify(ERROR),
  queuedAtMs: T0 + 10 * attempt,
  startedAtMs: T0 + 10 * attempt + 1,
  endedAtMs: T0 + 10 * attempt + 2,
  ...NO_CALL,
});

const trace = (parts: Partial<TraceParts>): TraceSpan =>
  assembleTrace({
    run: run(),
    steps: [],
    failedAttempts: [],
    metadata: [],
    appSpans: [],
    ...parts,
  });

const first = (span: TraceSpan): TraceSpan => {
  const [child] = span.children;
  if (!child) throw new Error("the span has no children");
  return child;
};

describe("the root of a trace", () => {
  test("is the run, with its function's name and its result", () => {
    const root = trace({ run: run({ status: "COMPLETED", endedAtMs: T0 + 9, outputJson: "[1]" }) });
    expect(root).toMatchObject({ kind: "run", name: "All kinds of steps", status: "COMPLETED" });
    expect(root.output).toEqual({ kind: "value", value: [1], isWrapped: true });
  });

  test("has the error of a run that failed", () => {
    const outputJson = JSON.stringify(ERROR);
    const root = trace({ run: run({ status: "FAILED", endedAtMs: T0 + 9, outputJson }) });
    expect(root.output).toEqual({ kind: "error", error: ERROR });
  });

  test("has no output when the run was cancelled", () => {
    const root = trace({
      run: run({ status: "CANCELLED", endedAtMs: T0 + 9, outputJson: "null" }),
    });
    expect(root.output).toBeNull();
  });
});

describe("the steps of a trace", () => {
  test("come in the order in which they began, whatever their order in the stack (T1)", () => {
    const steps = [
      step({ stepId: "late", name: "late", startedAtMs: T0 + 30 }),
      step({ stepId: "early", name: "early", startedAtMs: T0 + 20 }),
    ];
    expect(trace({ steps }).children.map(({ name }) => name)).toEqual(["early", "late"]);
  });

  test("keep the order of the stack where they began at once", () => {
    const steps = ["a", "b", "c"].map((name) => step({ stepId: name, name }));
    expect(trace({ steps }).children.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("have no attempts below them when one was enough (T2)", () => {
    expect(first(trace({ steps: [step()] })).children).toEqual([]);
  });

  test("have every attempt below them when one was not (T2)", () => {
    const settled = step({ attempt: 2, queuedAtMs: T0 + 20, startedAtMs: T0 + 21 });
    const span = first(
      trace({ steps: [settled], failedAttempts: [failed("s1", 0), failed("s1", 1)] }),
    );
    expect(span).toMatchObject({ status: "COMPLETED", attempt: 2, startedAtMs: T0 + 1 });
    expect(span.children.map(({ name, status }) => [name, status])).toEqual([
      ["Attempt 0", "FAILED"],
      ["Attempt 1", "FAILED"],
      ["Attempt 2", "COMPLETED"],
    ]);
    expect(span.children[0]?.output).toEqual({ kind: "error", error: ERROR });
    expect(span.children[2]).toMatchObject({ queuedAtMs: T0 + 12, startedAtMs: T0 + 21 });
  });

  test("are there while the engine knows them by their failed attempts alone", () => {
    const span = first(trace({ failedAttempts: [failed("s1", 0)] }));
    expect(span).toMatchObject({
      name: "load",
      status: "RUNNING",
      stepKind: "run",
      endedAtMs: null,
    });
    expect(span.children.map(({ name, status }) => [name, status])).toEqual([
      ["Attempt 0", "FAILED"],
      ["Attempt 1", "QUEUED"],
    ]);
  });

  test.each([
    ["sleep", "WAITING"],
    ["wait-for-event", "WAITING"],
    ["wait-for-signal", "WAITING"],
    ["invoke", "WAITING"],
    ["run", "RUNNING"],
    ["ai-gateway", "RUNNING"],
    ["gateway", "RUNNING"],
  ] as const)("of kind %p that are open show %p", (kind, status) => {
    expect(first(trace({ steps: [step({ ...open, kind })] })).status).toBe(status);
  });

  test("that were open when the run ended are over (T3)", () => {
    const ended = run({ status: "CANCELLED", endedAtMs: T0 + 9, outputJson: "null" });
    const span = first(trace({ run: ended, steps: [step({ ...open, kind: "sleep" })] }));
    expect(span).toMatchObject({ status: "CANCELLED", endedAtMs: T0 + 9 });
  });

  test.each([
    ["invoke", "timed-out", '{"error":{"name":"E","message":"m"}}', "FAILED"],
    ["wait-for-event", "timed-out", "null", "COMPLETED"],
    ["run", "failed", '{"error":{"name":"E","message":"m"}}', "FAILED"],
  ] as const)("of kind %p that are %p with %p show %p", (kind, status, valueJson, shown) => {
    expect(first(trace({ steps: [step({ kind, status, valueJson })] })).status).toBe(shown);
  });

  test("give a step's value wrapped, a wait's event as it is, and nothing for a sleep", () => {
    const steps = [
      step({ stepId: "a", valueJson: '{"data":{"x":1}}' }),
      step({ stepId: "b", kind: "wait-for-event", valueJson: '{"name":"demo/go"}' }),
      step({ stepId: "c", kind: "sleep", valueJson: "null" }),
    ];
    expect(trace({ steps }).children.map(({ output }) => output)).toEqual([
      { kind: "value", value: { x: 1 }, isWrapped: true },
      { kind: "value", value: { name: "demo/go" }, isWrapped: false },
      null,
    ]);
  });
});

describe("the finalization of a trace", () => {
  const last = (span: TraceSpan): TraceSpan | undefined => span.children.at(-1);

  test("comes last and has the run's result", () => {
    const ended = run({ status: "COMPLETED", endedAtMs: T0 + 9, outputJson: '"done"' });
    expect(last(trace({ run: ended, steps: [step()] }))).toMatchObject({
      kind: "finalization",
      status: "COMPLETED",
      output: { kind: "value", value: "done" },
    });
  });

  test("is not there while the run goes on and the function has not failed", () => {
    expect(trace({ steps: [step()] }).children).toHaveLength(1);
  });

  test("has the attempts at which the function itself failed", () => {
    const span = last(trace({ failedAttempts: [failed("", 0)] }));
    expect(span).toMatchObject({ kind: "finalization", status: "RUNNING", attempt: 1 });
    expect(span?.children.map(({ status }) => status)).toEqual(["FAILED", "QUEUED"]);
  });

  test("gives the run the number of its last attempt", () => {
    const ended = run({ status: "FAILED", endedAtMs: T0 + 99, outputJson: JSON.stringify(ERROR) });
    const root = trace({ run: ended, failedAttempts: [failed("", 0), failed("", 1)] });
    expect(root.attempt).toBe(2);
    expect(last(root)?.children.map(({ status }) => status)).toEqual([
      "FAILED",
      "FAILED",
      "FAILED",
    ]);
  });
});

describe("the call of an attempt", () => {
  const called = (requestId: number) => ({ ...NO_CALL, requestId, queueMs: 40 });
  const timingOf = ({ metadata }: TraceSpan) =>
    metadata.find(({ kind }) => kind === "inngest.timing")?.values;

  test("has waited for what began first in it, and for nothing else (T4)", () => {
    const steps = [
      step({ stepId: "b", name: "b", queuedAtMs: T0, startedAtMs: T0 + 60, ...called(7) }),
      step({ stepId: "a", name: "a", queuedAtMs: T0, startedAtMs: T0 + 50, ...called(7) }),
    ];
    const [a, b] = trace({ steps }).children;
    expect(a).toMatchObject({ name: "a", queuedAtMs: T0, call: { queueMs: 40 } });
    expect(b).toMatchObject({ name: "b", queuedAtMs: T0 + 60, call: { queueMs: null } });
  });

  test("of a function that failed after its steps has waited for the first step (T4)", () => {
    const root = trace({
      steps: [step({ startedAtMs: T0 + 50, ...called(7) })],
      failedAttempts: [{ ...failed("", 0), ...called(7) }],
    });
    const [load, finalization] = root.children;
    expect(load?.call.queueMs).toBe(40);
    expect(finalization?.children[0]?.call.queueMs).toBeNull();
  });

  test("is told by each attempt, and not by the step that had several", () => {
    const span = first(
      trace({
        steps: [step({ attempt: 1, startedAtMs: T0 + 21, ...called(8), queueMs: 2 })],
        failedAttempts: [{ ...failed("s1", 0), ...called(7), responseStatus: 206 }],
      }),
    );
    expect(timingOf(span)).toBeUndefined();
    expect(span.children.map(timingOf)).toEqual([
      { queue_delay_ms: "40" },
      { queue_delay_ms: "2" },
    ]);
    expect(span.children[0]?.metadata).toContainEqual({
      scope: "request",
      kind: "inngest.http",
      values: { request_id: "7", response_status: "206" },
      updatedAtMs: T0 + 2,
    });
  });

  test("tells nothing that was not measured", () => {
    expect(first(trace({ steps: [step()] })).metadata).toEqual([]);
  });
});

describe("metadata (T5)", () => {
  const entry = (over: Partial<TraceParts["metadata"][number]>) => ({
    stepId: "s1",
    attempt: 0,
    spanId: "",
    scope: "step",
    kind: "userland.k",
    valuesJson: '{"x":1}',
    updatedAtMs: T0,
    ...over,
  });
  const valuesOf = ({ metadata }: TraceSpan) => metadata.map(({ values }) => values);

  test("is shown at its attempt, and that of the last one at the step", () => {
    const span = first(
      trace({
        steps: [step({ attempt: 1, startedAtMs: T0 + 21 })],
        failedAttempts: [failed("s1", 0)],
        metadata: [entry({}), entry({ attempt: 1, valuesJson: '{"x":2}' })],
      }),
    );
    expect(valuesOf(span)).toEqual([{ x: 2 }]);
    expect(span.children.map(valuesOf)).toEqual([[{ x: 1 }], [{ x: 2 }]]);
  });

  test("of the run is shown at the root", () => {
    const root = trace({ steps: [step()], metadata: [entry({ stepId: "", scope: "run" })] });
    expect(valuesOf(root)).toEqual([{ x: 1 }]);
    expect(valuesOf(first(root))).toEqual([]);
  });
});

describe("the ids of spans", () => {
  const parts = {
    steps: [step({ attempt: 1 }), step({ stepId: "s2" })],
    failedAttempts: [failed("s1", 0), failed("", 0)],
  };
  const idsOf = (span: TraceSpan): string[] => [span.id, ...span.children.flatMap(idsOf)];

  test("are unique within a run, and the same each time", () => {
    const ids = idsOf(trace(parts));
    expect(new Set(ids).size).toBe(ids.length);
    expect(idsOf(trace(parts))).toEqual(ids);
    expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  });

  test("find their spans again", () => {
    const root = trace(parts);
    for (const id of idsOf(root)) expect(findSpan(root, id)?.id).toBe(id);
    expect(findSpan(root, "0000000000000000")).toBeNull();
  });
});
