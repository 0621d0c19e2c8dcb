import { describe, expect, test } from "bun:test";
import type { AppSpan } from "./app-span.ts";
import { type Addition, TraceAdditions } from "./trace-additions.ts";

const appSpan = (spanId: string, over: Partial<AppSpan> = {}): AppSpan => ({
  spanId,
  parentSpanId: "",
  stepId: "s1",
  attempt: 0,
  name: spanId,
  status: "unset",
  statusMessage: "",
  startedAtMs: 1,
  endedAtMs: 2,
  attributesJson: "{}",
  ...over,
});

const at = (spans: readonly AppSpan[], stepId = "s1", attempt = 0): Addition =>
  new TraceAdditions("run", [], spans).of(stepId, attempt);

interface Names {
  readonly [name: string]: Names;
}

const namesOf = ({ children }: Pick<Addition, "children">): Names =>
  Object.fromEntries(children.map((child) => [child.name, namesOf(child)]));

describe("spans of the app (T5)", () => {
  test("hang below the attempt of which they are, and below each other", () => {
    const spans = [appSpan("a"), appSpan("b", { parentSpanId: "a" }), appSpan("c", { attempt: 1 })];
    expect(namesOf(at(spans))).toEqual({ a: { b: {} } });
    expect(namesOf(at(spans, "s1", 1))).toEqual({ c: {} });
    expect(namesOf(at(spans, "s2"))).toEqual({});
  });

  test("hang below their own step where their parent covers several", () => {
    const spans = [appSpan("call", { stepId: "" }), appSpan("query", { parentSpanId: "call" })];
    expect(namesOf(at(spans, ""))).toEqual({ call: {} });
    expect(namesOf(at(spans))).toEqual({ query: {} });
  });

  test("of no step are the run's, in whichever attempt of the function", () => {
    expect(namesOf(at([appSpan("a", { stepId: "", attempt: 3 })], ""))).toEqual({ a: {} });
  });

  test("that are each other's parents are shown nowhere, and hang nothing up", () => {
    const spans = [appSpan("a", { parentSpanId: "b" }), appSpan("b", { parentSpanId: "a" })];
    expect(namesOf(at(spans))).toEqual({});
  });

  test("that failed say why", () => {
    const [span] = at([appSpan("a", { status: "error", statusMessage: "no route" })]).children;
    expect(span).toMatchObject({ status: "FAILED", output: { error: { message: "no route" } } });
  });

  test("have the metadata that names them", () => {
    const entry = {
      stepId: "s1",
      attempt: 0,
      spanId: "a",
      scope: "extended_trace",
      kind: "userland.k",
      valuesJson: '{"x":1}',
      updatedAtMs: 5,
    };
    const { children, metadata } = new TraceAdditions("run", [entry], [appSpan("a")]).of("s1", 0);
    expect(metadata).toEqual([]);
    expect(children[0]?.metadata).toMatchObject([{ kind: "userland.k", values: { x: 1 } }]);
  });
});
