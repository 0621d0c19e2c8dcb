import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { StepOp } from "../core/outcome.ts";
import { readStepOps } from "./step-op.ts";

const BASE = { id: "a1", displayName: "Load", userland: { id: "load" } };

const readOne = (op: Record<string, unknown>, mayRetry = true): StepOp | undefined => {
  const reading = readStepOps([{ ...BASE, ...op }], { mayRetry });
  if (!reading.ok) throw new Error(reading.problem);
  return reading.ops[0];
};

const problemOf = (value: unknown): string => {
  const reading = readStepOps(value, { mayRetry: true });
  return reading.ok ? "" : reading.problem;
};

describe("an op of the SDK", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["StepRun", { data: { a: 1 } }, { kind: "step-done", data: { a: 1 } }],
    ["StepRun", { data: null }, { kind: "step-done", data: null }],
    ["StepRun", {}, { kind: "step-done", data: null }],
    ["Step", { data: 1 }, { kind: "step-done", data: 1 }],
    [
      "StepRun",
      { data: 1, opts: { type: "step.sendEvent" } },
      { kind: "step-done", data: 1, opType: "step.sendEvent" },
    ],
    ["StepPlanned", {}, { kind: "step-planned" }],
    ["StepPlanned", { opts: { input: [1, 2] } }, { kind: "step-planned", input: [1, 2] }],
    ["Sleep", { name: "1h" }, { kind: "sleep", until: "1h" }],
    ["Sleep", { name: "" }, { kind: "sleep", until: "" }],
    [
      "WaitForEvent",
      { name: "a/b", opts: { timeout: "1h", if: "event.data.x == async.data.x" } },
      {
        kind: "wait-for-event",
        eventName: "a/b",
        timeout: "1h",
        expression: "event.data.x == async.data.x",
      },
    ],
    [
      "WaitForEvent",
      { name: "a/b", opts: { timeout: "1h", if: "" } },
      { kind: "wait-for-event", eventName: "a/b", timeout: "1h" },
    ],
    [
      "InvokeFunction",
      { opts: { function_id: "app-fn", payload: { data: { a: 1 }, v: "2" }, timeout: "1d" } },
      {
        kind: "invoke",
        functionId: "app-fn",
        payload: { data: { a: 1 }, v: "2" },
        timeout: "1d",
      },
    ],
    [
      "InvokeFunction",
      { opts: { function_id: "app-fn", payload: { data: null, user: { id: 1 }, meta: {} } } },
      { kind: "invoke", functionId: "app-fn", payload: { user: { id: 1 } } },
    ],
    [
      "InvokeFunction",
      { opts: { function_id: "f" } },
      { kind: "invoke", functionId: "f", payload: {} },
    ],
    [
      "AIGateway",
      {
        opts: {
          type: "step.ai.infer",
          url: "https://api.test/v1",
          format: "openai-chat",
          auth_key: "k",
          headers: { a: "b", c: 1 },
          body: { model: "m" },
        },
      },
      {
        kind: "gateway",
        request: {
          shape: "model",
          url: "https://api.test/v1",
          method: "POST",
          headers: { "content-type": "application/json", a: "b", authorization: "Bearer k" },
          body: '{"model":"m"}',
        },
        shown: { url: "https://api.test/v1", format: "openai-chat", body: { model: "m" } },
      },
    ],
    ["RunComplete", { data: [1] }, { kind: "run-complete", data: [1] }],
    ["RunComplete", {}, { kind: "run-complete", data: null }],
    ["RunComplete", { error: {} }, { kind: "unsupported", op: "RunComplete with an error" }],
    ["DiscoveryRequest", {}, { kind: "discovery-request" }],
    ["None", {}, { kind: "none" }],
    ["DeferAdd", {}, { kind: "unsupported", op: "DeferAdd" }],
    ["constructor", {}, { kind: "unsupported", op: "constructor" }],
  ])("%s with %j is read", (op, fields, expected) => {
    expect(readOne({ op, ...fields })).toEqual({ ...BASE, isRace: false, ...expected } as StepOp);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["AIGateway", { url: "file:///etc/passwd" }, "has no http address"],
    ["Gateway", { url: "ftp://host/x" }, "has no http address"],
    ["Gateway", {}, "has no http address"],
    ["Gateway", { url: "http://h", method: "CONNECT" }, "has the method CONNECT"],
    ["Gateway", { url: "http://h", method: "GET", body: "x" }, "has a body, which GET can't have"],
    ["Gateway", { url: "http://h", method: "POST", body: {} }, "has a body that is no text"],
    [
      "Gateway",
      { url: "http://h", method: "POST", body: "x".repeat(4 * 1024 * 1024 + 1) },
      "has a body of more than 4194304 bytes",
    ],
    [
      "Gateway",
      { url: "http://h", headers: { authorization: "Bearer sec\nret" } },
      "has a header that HTTP does not allow: authorization.",
    ],
  ])(
    "%s with a request that nobody can make is its step's failure: case %#",
    (op, opts, problem) => {
      const read = readOne({ op, opts });
      expect(read).toMatchObject({
        kind: "step-error",
        mayRetry: false,
        error: { name: `${op}Error`, message: expect.stringContaining(problem) },
      });
      expect(JSON.stringify(read)).not.toContain("sec");
    },
  );

  test("is known by the name that a person gave it, else by its step id, else by its hash", () => {
    const nameOf = (op: Record<string, unknown>) => {
      const reading = readStepOps({ id: "a1", op: "None", ...op }, { mayRetry: true });
      return reading.ok && reading.ops[0]?.displayName;
    };
    expect(nameOf({ displayName: "Load it", userland: { id: "load" } })).toBe("Load it");
    expect(nameOf({ displayName: "", userland: { id: "load" }, name: "x" })).toBe("load");
    expect(nameOf({ userland: { index: 1 }, name: "x" })).toBe("x");
    expect(nameOf({})).toBe("a1");
  });

  test("has an id that a table can keep as it is", () => {
    expect(readOne({ op: "None", id: "a\ud800" })?.id).toBe("a\ufffd");
  });

  test("has a name of at most 512 characters", () => {
    expect(readOne({ op: "None", displayName: "x".repeat(600) })?.displayName).toHaveLength(512);
  });

  test("keeps its index among repeats, its time and whether it is in a race", () => {
    const op = readOne({
      op: "StepRun",
      userland: { id: "load", index: 2 },
      timing: { a: 1_795_262_400_123_000_000, b: 4_600_000 },
      opts: { parallelMode: "race" },
    });
    expect(op).toMatchObject({
      userland: { id: "load", index: 2 },
      timing: { startedAtMs: 1_795_262_400_123, durationMs: 5 },
      isRace: true,
    });
  });

  test.each([
    [{ a: "now", b: 1 }],
    [{ a: 1 }],
    [{ a: -1, b: 1 }],
    [{ a: 1e300, b: 1 }],
    [{ a: 1, b: 1e300 }],
    [null],
  ])("has no time when it says %j", (timing) => {
    expect(readOne({ op: "StepRun", timing })).not.toHaveProperty("timing");
  });

  test("may come alone, outside a list", () => {
    const reading = readStepOps({ ...BASE, op: "RunComplete", data: 1 }, { mayRetry: true });
    expect(reading.ok && reading.ops).toMatchObject([{ kind: "run-complete", data: 1 }]);
  });

  test("may carry what the SDK forgot to take out of a checkpoint", () => {
    const op = readOne({
      op: "StepRun",
      data: 1,
      hashedId: "a1",
      promise: {},
      rawArgs: ["load", null],
      middleware: { stepInfo: {} },
      fulfilled: true,
    });
    expect(op).toEqual({ ...BASE, isRace: false, kind: "step-done", data: 1 });
  });
});

describe("a failed step", () => {
  const error = { name: "TypeError", message: "no", stack: "at x", __serialized: true };

  test("may be tried again as StepError, not as StepFailed", () => {
    expect(readOne({ op: "StepError", error })).toMatchObject({ error, mayRetry: true });
    expect(readOne({ op: "StepFailed", error })).toMatchObject({ error, mayRetry: false });
  });

  test("is not tried again when the answer or the error itself says so", () => {
    expect(readOne({ op: "StepError", error }, false)).toMatchObject({ mayRetry: false });
    expect(readOne({ op: "StepError", error: { ...error, noRetry: true } })).toMatchObject({
      mayRetry: false,
    });
  });

  test("without an error still has one that can be read", () => {
    expect(readOne({ op: "StepFailed" })).toMatchObject({
      error: { name: "Error", message: "Unknown error" },
    });
  });
});

describe("what is no list of ops", () => {
  test.each<[unknown, string]>([
    [null, "Op 0 is no object."],
    [["x"], "Op 0 is no object."],
    [[{ ...BASE, op: "None" }, { op: "None" }], "Op 1 (None) has no id."],
    [[{ id: "a" }], "Op 0 has no op code."],
    [[{ id: "a", op: 1 }], "Op 0 has no op code."],
    [[{ id: 7, op: "None" }], "Op 0 (None) has no id."],
    [[{ id: "a".repeat(2_000), op: "None" }], "Op 0 (None) has an id of 2000 characters."],
    [[{ ...BASE, op: "Sleep" }], "Op 0 (Sleep) has no duration."],
    [
      [{ ...BASE, op: "WaitForEvent", opts: { timeout: "1h" } }],
      "Op 0 (WaitForEvent) names no event.",
    ],
    [[{ ...BASE, op: "WaitForEvent", name: "a" }], "Op 0 (WaitForEvent) has no timeout."],
    [[{ ...BASE, op: "InvokeFunction" }], "Op 0 (InvokeFunction) names no function."],
    [
      [{ ...BASE, op: "InvokeFunction", opts: { function_id: "f", payload: { data: [1] } } }],
      "Op 0 (InvokeFunction) has a payload that is no event.",
    ],
    [
      [{ ...BASE, op: "WaitForSignal", opts: { signal: "", timeout: "1h" } }],
      "Op 0 (WaitForSignal) names no signal of 1 to 1024 characters.",
    ],
    [
      [{ ...BASE, op: "WaitForEvent", name: "x".repeat(513), opts: { timeout: "1h" } }],
      "Op 0 (WaitForEvent) names no event.",
    ],
    [
      [{ ...BASE, op: "InvokeFunction", opts: { function_id: "x".repeat(513) } }],
      "Op 0 (InvokeFunction) names no function.",
    ],
    [
      [{ ...BASE, op: "WaitForSignal", opts: { signal: "s" } }],
      "Op 0 (WaitForSignal) has no timeout.",
    ],
    [Array.from({ length: 10_001 }, () => ({})), "It has 10001 ops; 10000 are the most."],
  ])("is refused with its place and reason: case %#", (value, problem) => {
    expect(problemOf(value)).toBe(problem);
  });

  test("is read or refused, but never throws (property)", () => {
    const codes = fc.constantFrom("StepRun", "StepError", "Sleep", "WaitForEvent", "AIGateway");
    const field = fc.option(fc.jsonValue(), { nil: undefined });
    const op = fc.record({ id: field, op: codes, name: field, opts: field, error: field });
    fc.assert(
      fc.property(fc.array(op), (ops) => {
        const reading = readStepOps(ops, { mayRetry: true });
        expect(reading.ok ? reading.ops.length === ops.length : reading.problem !== "").toBe(true);
      }),
    );
  });
});
