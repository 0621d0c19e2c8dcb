import { describe, expect, test } from "bun:test";
import { STEP_OUTPUT_BYTES_MAX } from "../core/limits.ts";
import type { CallOutcome } from "../core/outcome.ts";
import { readCallAnswer, readCallOutcome, unwrapAnswer } from "./call-response.ts";

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const SDK = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };

const read = (status: number, body: unknown, headers: Record<string, string> = {}): CallOutcome =>
  readCallOutcome({
    status,
    headers: new Headers({ ...SDK, ...headers }),
    body: typeof body === "string" ? body : JSON.stringify(body),
    nowMs: NOON_MS,
  });

describe("an answer with steps (206)", () => {
  test("is its list of ops", () => {
    const outcome = read(206, [
      { id: "a", op: "StepRun", displayName: "A", data: 1 },
      { id: "b", op: "Sleep", displayName: "B", name: "1h" },
    ]);
    expect(outcome).toEqual({
      kind: "ops",
      ops: [
        { kind: "step-done", id: "a", displayName: "A", isRace: false, data: 1 },
        { kind: "sleep", id: "b", displayName: "B", isRace: false, until: "1h" },
      ],
    });
  });

  test("may hold one op without a list", () => {
    expect(read(206, { id: "a", op: "RunComplete", data: 1 })).toMatchObject({
      kind: "ops",
      ops: [{ kind: "run-complete", data: 1 }],
    });
  });

  test.each(["[]", ""])("asks for nothing when it is %p", (body) => {
    expect(read(206, body)).toEqual({ kind: "ops", ops: [] });
  });

  test("carries what the worker says about the retry of a failed step", () => {
    const ops = [{ id: "a", op: "StepError", displayName: "A", error: { message: "no" } }];
    expect(read(206, ops, { "x-inngest-no-retry": "false", "retry-after": "90" })).toMatchObject({
      ops: [{ kind: "step-error", mayRetry: true }],
      retryAfterMs: 90_000,
    });
    expect(read(206, ops, { "x-inngest-no-retry": "true" })).toMatchObject({
      ops: [{ kind: "step-error", mayRetry: false }],
    });
  });

  test.each<[unknown, string]>([
    ["[{", "The worker's steps are no JSON"],
    ["null", "The worker's steps can't be read. Op 0 is no object."],
    [[{ op: "None" }], "The worker's steps can't be read. Op 0 (None) has no id."],
    ["[".repeat(2_000) + "]".repeat(2_000), "nested more than 1000 levels deep"],
  ])("is malformed when it can't be read: case %#", (body, problem) => {
    const outcome = read(206, body);
    expect(outcome.kind).toBe("malformed");
    expect(outcome.kind === "malformed" && outcome.problem).toContain(problem);
  });
});

describe("a result (200)", () => {
  test.each<[string, unknown]>([
    ['{"a":1}', { a: 1 }],
    ["null", null],
    ["", null],
    ['"text"', "text"],
    ["0", 0],
  ])("%p ends the function", (body, output) => {
    expect(read(200, body)).toEqual({ kind: "finished", output });
  });

  test("that is no JSON is malformed", () => {
    expect(read(200, "<html>")).toMatchObject({ kind: "malformed" });
  });

  test("of more than 4 MB fails the run for good, and says so", () => {
    const outcome = read(200, JSON.stringify("ä".repeat(STEP_OUTPUT_BYTES_MAX / 2)));
    expect(outcome).toMatchObject({
      kind: "failed",
      mayRetry: false,
      error: { name: "OutputTooLargeError" },
    });
  });
});

describe("an error of the function", () => {
  const error = { name: "Error", message: "no", stack: "at x", __serialized: true };

  test.each([
    [500, "false", true],
    [400, "true", false],
    [500, "true", false],
    [400, "false", true],
  ])("with status %p and no-retry %p may be tried again: %p", (status, noRetry, mayRetry) => {
    const outcome = read(status, error, { "x-inngest-no-retry": noRetry });
    expect(outcome).toEqual({ kind: "failed", error, mayRetry });
  });

  test("is tried again when the worker doesn't say: the SDK itself failed", () => {
    const outcome = read(500, { type: "internal", ...error });
    expect(outcome).toEqual({
      kind: "failed",
      error: { type: "internal", ...error },
      mayRetry: true,
    });
  });

  test.each([
    ["30", 30_000],
    ["0", 1_000],
    ["2026-11-21T12:01:00.000Z", 60_000],
    ["2030-01-01T00:00:00.000Z", 86_400_000],
  ])("with retry-after %p is tried again in %p ms", (retryAfter, retryAfterMs) => {
    expect(read(500, error, { "retry-after": retryAfter })).toMatchObject({ retryAfterMs });
  });

  test("with a retry-after that can't be read keeps the usual pause", () => {
    expect(read(500, error, { "retry-after": "soon" })).not.toHaveProperty("retryAfterMs");
  });

  test("of a step that the function no longer has says which", () => {
    const body = { error: 'Could not find step "a"', requestedStep: "a1", foundSteps: [] };
    expect(read(500, body, { "x-inngest-no-retry": "false" })).toMatchObject({
      kind: "failed",
      error: { name: "Error", message: 'Could not find step "a"', requestedStep: "a1" },
    });
  });

  test("that is no JSON is quoted", () => {
    expect(read(502, "<h1>Bad\n Gateway</h1>")).toMatchObject({
      kind: "failed",
      error: { message: "502: <h1>Bad Gateway</h1>" },
      mayRetry: true,
    });
  });
});

describe("an answer that is not an SDK's", () => {
  const stranger = (status: number, body: string, headers: Record<string, string> = {}) =>
    readCallOutcome({ status, headers: new Headers(headers), body, nowMs: NOON_MS });

  test("is malformed, with status, an excerpt and what to check", () => {
    expect(stranger(200, "<html>Welcome</html>")).toEqual({
      kind: "malformed",
      problem:
        "An Inngest SDK didn't answer there: status 200 without x-inngest-sdk, saying: <html>Welcome</html>. Check the app's address.",
    });
    expect(stranger(404, "")).toMatchObject({ problem: expect.stringContaining("nothing else") });
  });

  test("quotes no more than a line of a long page", () => {
    const outcome = stranger(500, "x\n".repeat(100_000));
    expect(outcome.kind === "malformed" && outcome.problem.length).toBeLessThan(500);
  });

  test("but a refused signature is told apart: the keys differ", () => {
    const outcome = stranger(401, '{"message":"Unauthorized"}', {
      "x-inngest-sdk-handled": "true",
    });
    expect(outcome).toMatchObject({ problem: expect.stringContaining("same signing key") });
  });

  test("a status that no SDK uses is malformed, too", () => {
    expect(read(302, "")).toMatchObject({ kind: "malformed" });
    expect(read(204, "")).toMatchObject({ kind: "malformed" });
  });
});

describe("a whole answer", () => {
  const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
    readCallAnswer(
      unwrapAnswer({ status, headers: new Headers({ ...SDK, ...headers }), body, nowMs: NOON_MS }),
    );

  test("names the protocol version that the SDK spoke", () => {
    expect(answer(200, "1")).toEqual({
      outcome: { kind: "finished", output: 1 },
      requestVersion: 2,
    });
    expect(answer(200, "1", { "x-inngest-req-version": "1" }).requestVersion).toBe(1);
  });

  test.each(["", "two", "-1", "2.5"])("names none when it says %p", (version) => {
    expect(answer(200, "1", { "x-inngest-req-version": version })).not.toHaveProperty(
      "requestVersion",
    );
  });

  test("that was streamed is unwrapped with its own status and headers", () => {
    const wrapped = {
      status: 206,
      headers: { "x-inngest-req-version": "1", "x-inngest-no-retry": "true" },
      body: '[{"id":"a","op":"StepError","error":{"message":"no"}}]',
    };
    expect(answer(201, `      ${JSON.stringify(wrapped)}`)).toMatchObject({
      requestVersion: 1,
      outcome: { kind: "ops", ops: [{ kind: "step-error", mayRetry: false }] },
    });
  });

  test.each(["   ", '   {"status":2', "[]", '{"body":"x"}'])(
    "that was streamed and broke off is malformed: %p",
    (body) => {
      expect(answer(201, body)).toEqual({
        outcome: { kind: "malformed", problem: expect.stringContaining("ended before its result") },
      });
    },
  );
});
