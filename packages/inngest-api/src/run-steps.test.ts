import { describe, expect, test } from "bun:test";
import { readRunSteps } from "./run-steps.ts";
import type { TraceSpan } from "./trace.ts";

const at = (second: number) => `2026-11-21T01:59:${second.toFixed(3).padStart(6, "0")}Z`;

function span(fields: Partial<TraceSpan> & Pick<TraceSpan, "id">): TraceSpan {
  return { name: fields.id, status: "COMPLETED", metadata: [], children: [], ...fields };
}

const failure = { name: "Error", message: "first try fails" };

/** As the real server recorded a step that failed once: with attempts, and told again by a checkpoint. */
const flaky = span({
  id: "ea59",
  name: "flaky",
  stepId: "0612",
  stepOp: "RUN",
  queuedAt: at(13.888),
  startedAt: at(13.988),
  endedAt: at(15.048),
  output: { data: 1 },
  children: [
    span({
      id: "8513",
      name: "Attempt 0",
      status: "FAILED",
      startedAt: at(13.988),
      endedAt: at(14.025),
      output: failure,
    }),
    span({ id: "c121", name: "Attempt 1", startedAt: at(15.039), endedAt: at(15.048) }),
  ],
});
const toldAgain = span({
  id: "3549",
  name: "flaky",
  stepId: "0612",
  status: "FAILED",
  queuedAt: at(13.888),
  startedAt: at(14.023),
  endedAt: at(14.024),
  output: failure,
});

const read = (...children: TraceSpan[]) => readRunSteps(span({ id: "root", children }));

describe("a trace", () => {
  test("has one step per step id, with its attempts (T1, T2)", () => {
    const [step, ...more] = read(flaky);
    expect(more).toEqual([]);
    expect(step).toMatchObject({
      name: "flaky",
      op: "RUN",
      status: "COMPLETED",
      output: { data: 1 },
      depth: 0,
    });
    expect(step?.attempts.map(({ status, error }) => [status, error?.message])).toEqual([
      ["FAILED", "first try fails"],
      ["COMPLETED", undefined],
    ]);
  });

  test("that tells a failed attempt twice counts it once (T3)", () => {
    const [step, ...more] = read(flaky, toldAgain);
    expect(more).toEqual([]);
    expect(step?.attempts.map(({ status }) => status)).toEqual(["FAILED", "COMPLETED"]);
  });

  test("that tells a failed attempt twice takes the step's own times, not those of its call (T3)", () => {
    const load = span({ id: "load", startedAt: at(14.013), endedAt: at(14.014) });
    const [first, second] = read(flaky, load, toldAgain);
    expect(first?.name).toBe("load");
    expect(second?.attempts[0]).toMatchObject({
      key: "8513",
      startedAtMs: Date.parse(at(14.023)),
      endedAtMs: Date.parse(at(14.024)),
    });
  });

  test("that tells a failed attempt only beside its step counts it (T3)", () => {
    const later = { ...flaky, children: [], startedAt: at(15.039) };
    const [step] = read(toldAgain, later);
    expect(step?.status).toBe("COMPLETED");
    expect(step?.attempts.map(({ status }) => status)).toEqual(["FAILED", "COMPLETED"]);
  });

  test("of a step with one attempt shows that one (T2)", () => {
    const [step] = read(span({ id: "a", startedAt: at(1), endedAt: at(2), output: 7 }));
    expect(step?.attempts).toEqual([
      {
        key: "a",
        status: "COMPLETED",
        startedAtMs: Date.parse(at(1)),
        endedAtMs: Date.parse(at(2)),
        error: null,
        output: 7,
        queueMs: undefined,
        responseStatus: undefined,
        metadata: [],
      },
    ]);
  });

  test("lists a step whose first attempt failed after those that its call ran before (T5)", () => {
    const failed = { id: "b0", name: "Attempt 0", status: "FAILED", startedAt: at(1) } as const;
    const steps = read(
      span({ id: "second", children: [span({ ...failed, endedAt: at(3) })] }),
      span({ id: "first", startedAt: at(1.1), endedAt: at(2) }),
      span({ id: "third", startedAt: at(4), endedAt: at(5) }),
    );
    expect(steps.map(({ name }) => name)).toEqual(["first", "second", "third"]);
  });

  test("lists steps as they began, those that only wait last (T5)", () => {
    const steps = read(
      span({ id: "waits" }),
      span({ id: "second", startedAt: at(2) }),
      span({ id: "queued", queuedAt: at(3) }),
      span({ id: "first", startedAt: at(1) }),
    );
    expect(steps.map(({ name }) => name)).toEqual(["first", "second", "queued", "waits"]);
  });

  test("puts the steps within a step below it, one level deeper (T4)", () => {
    const steps = read(
      span({ id: "outer", startedAt: at(1), children: [span({ id: "inner", startedAt: at(2) })] }),
      span({ id: "next", startedAt: at(3) }),
    );
    expect(steps.map(({ name, depth }) => [name, depth])).toEqual([
      ["outer", 0],
      ["inner", 1],
      ["next", 0],
    ]);
  });

  test("that nests for ever is read to a bound", () => {
    let deepest = span({ id: "9" });
    for (let depth = 8; depth >= 0; depth--)
      deepest = span({ id: `${depth}`, children: [deepest] });
    expect(read(deepest)).toHaveLength(5);
  });

  test("with a step without a name still shows it", () => {
    expect(read(span({ id: "a", name: "" }))[0]?.name).toBe("(no name)");
  });
});

describe("an attempt", () => {
  const timing = (values: Record<string, unknown>) => [
    { scope: "request", kind: "inngest.timing", values },
    { scope: "request", kind: "inngest.http", values: { response_status: "500" } },
    { scope: "step", kind: "userland.rows", values: { count: 3 } },
  ];

  test("has its wait and its answer's status, and what the app said of it", () => {
    const [step] = read(span({ id: "a", metadata: timing({ queue_delay_ms: "12" }) }));
    expect(step?.attempts[0]).toMatchObject({
      queueMs: 12,
      responseStatus: 500,
      metadata: [{ scope: "step", kind: "userland.rows", values: { count: 3 } }],
    });
  });

  test("of the real server has waited for its latency, too", () => {
    const metadata = timing({ queue_delay_ms: "0", total_inngest_ms: "96" });
    expect(read(span({ id: "a", metadata }))[0]?.attempts[0]?.queueMs).toBe(96);
  });

  test("with measures that are none has none", () => {
    const metadata = timing({ queue_delay_ms: {} });
    expect(read(span({ id: "a", metadata }))[0]?.attempts[0]?.queueMs).toBeUndefined();
  });

  test("shows spans of the app's own one level deeper (T4)", () => {
    const query = span({ id: "q", name: "SELECT", attributes: { rows: 3 } });
    const attempt = span({ id: "b0", name: "Attempt 0", children: [query] });
    expect(read(span({ id: "a", children: [attempt] }))).toMatchObject([
      { name: "a", depth: 0, attempts: [{ key: "b0" }] },
      { name: "SELECT", depth: 1, attributes: { rows: 3 } },
    ]);
  });
});
