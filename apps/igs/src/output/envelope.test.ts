import { expect, test } from "bun:test";
import { buildEnvelope } from "./envelope.ts";

test("a success has neither error nor fix", () => {
  expect(buildEnvelope("runs", { result: { runs: [] } })).toEqual({
    ok: true,
    command: "runs",
    result: { runs: [] },
    next_actions: [],
  });
});

test("a failure says what is wrong and what to do, and keeps its result", () => {
  const failure = { code: "run-failed", message: "it failed", fix: "look at it" } as const;
  const nextActions = [{ command: "igs run 1", description: "Look" }];
  expect(buildEnvelope("send", { result: { runs: [1] }, failure, nextActions })).toEqual({
    ok: false,
    command: "send",
    result: { runs: [1] },
    next_actions: nextActions,
    error: { code: "run-failed", message: "it failed" },
    fix: "look at it",
  });
});

test("no result is null, so that every key is always there", () => {
  expect(JSON.parse(JSON.stringify(buildEnvelope("x", { result: undefined })))).toHaveProperty(
    "result",
    null,
  );
});
