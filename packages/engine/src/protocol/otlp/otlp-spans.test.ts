import { describe, expect, test } from "bun:test";
import { NO_CALL } from "../../core/call-facts.ts";
import { runSpanId, spanIdOf, stepSpanId, traceIdOf } from "../../core/trace-ids.ts";
import type { TraceSpan } from "../../core/trace-span.ts";
import { otlpAttributes } from "./attribute.ts";
import { readOtlpAnswer } from "./otlp-request.ts";
import { otlpSpans, SPANS_MAX } from "./otlp-spans.ts";

const T0 = Date.UTC(2026, 10, 21, 2);

const RUN = {
  id: "run-1",
  appName: "demo",
  functionSlug: "demo-ok",
  eventInternalIds: ["e1", "e2"],
  correlationId: null,
  rerunOf: null,
};

const span = (over: Partial<TraceSpan> = {}): TraceSpan => ({
  id: spanIdOf("run-1", "a"),
  kind: "step",
  name: "a",
  status: "COMPLETED",
  stepKind: "run",
  stepId: "s1",
  attempt: 0,
  queuedAtMs: T0,
  startedAtMs: T0 + 1,
  endedAtMs: T0 + 2,
  input: undefined,
  output: null,
  call: NO_CALL,
  metadata: [],
  attributes: null,
  children: [],
  ...over,
});

const root = (over: Partial<TraceSpan> = {}) =>
  span({ id: runSpanId("run-1"), kind: "run", name: "ok", stepKind: null, stepId: null, ...over });

const write = (trace: TraceSpan, run: Partial<typeof RUN> & object = {}) =>
  otlpSpans({ ...RUN, ...run }, trace, { withPayloads: false });

describe("a trace in OTLP", () => {
  test("has its moments in nanoseconds, and never ends before it begins", () => {
    const [first] = write(root({ startedAtMs: T0 + 5, endedAtMs: T0 + 2 }));
    expect(first).toMatchObject({
      traceId: traceIdOf("run-1"),
      startTimeUnixNano: `${T0 + 5}000000`,
      endTimeUnixNano: `${T0 + 5}000000`,
      status: { code: 1 },
    });
  });

  test("has no span that goes on, and none of the app's own (O3)", () => {
    const children = [
      span({ name: "open", endedAtMs: null }),
      span({ name: "app", kind: "app" }),
      span({ name: "done" }),
    ];
    expect(write(root({ children })).map(({ name }) => name)).toEqual(["ok", "done"]);
  });

  test("has so many spans and no more, and its root says how many are missing (O4)", () => {
    const children = Array.from({ length: SPANS_MAX + 9 }, () => span());
    const spans = write(root({ children }));
    expect(spans).toHaveLength(SPANS_MAX);
    expect(spans[0]?.attributes).toContainEqual({
      key: "inngest.spans.missing",
      value: { intValue: "10" },
    });
  });

  test("is linked to the step that invoked the run, and to the run that it repeats", () => {
    const [first] = write(root(), { correlationId: "parent.s.7", rerunOf: "earlier" } as object);
    expect(first?.links).toMatchObject([
      { traceId: traceIdOf("parent"), spanId: stepSpanId("parent", "s.7") },
      { traceId: traceIdOf("earlier"), spanId: runSpanId("earlier") },
    ]);
  });
});

describe("an attribute", () => {
  test.each([
    ["a", { stringValue: "a" }],
    [true, { boolValue: true }],
    [7, { intValue: "7" }],
    [0.5, { doubleValue: 0.5 }],
    [Number.POSITIVE_INFINITY, { stringValue: "Infinity" }],
    [["a", "b"], { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] } }],
    [{ a: [1] }, { stringValue: '{"a":[1]}' }],
    [[1, "a"], { stringValue: '[1,"a"]' }],
  ])("%p is %p", (value, written) => {
    expect(otlpAttributes({ key: value })).toEqual([{ key: "key", value: written }] as never);
  });

  test("of nothing is none, and a long text is cut", () => {
    expect(otlpAttributes({ a: undefined, b: null })).toEqual([]);
    const [{ value } = { value: { stringValue: "" } }] = otlpAttributes({ a: "x".repeat(20_000) });
    expect("stringValue" in value && value.stringValue.length).toBe(16_385);
  });
});

test.each([
  ["", 0],
  ["{}", 0],
  ["no JSON", 0],
  ['{"partialSuccess":null}', 0],
  ['{"partialSuccess":{"rejectedSpans":"3","errorMessage":"old"}}', 3],
  ['{"partialSuccess":{"rejectedSpans":2}}', 2],
  ['{"partialSuccess":{"rejectedSpans":-1}}', 0],
])("the answer %p leaves out %p spans", (body, count) => {
  expect(readOtlpAnswer(body).rejectedCount).toBe(count);
});
