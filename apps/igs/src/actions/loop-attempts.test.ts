import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { agentLine, verdictLine } from "../testing/some-loop.ts";
import { renderAttempts } from "./loop-attempts.ts";

test("each run of an agent shows what it took, each verdict why", () => {
  const failed = agentLine({ end: "timed-out", reason: "15 minutes are over", costUsd: null });
  const text = renderAttempts([agentLine(), failed, verdictLine()], {
    paint: plainPaint,
    columnsMax: undefined,
  });
  const lines = text.split("\n").map((line) => line.slice("2026-11-24 10:00:00".length).trim());
  expect(lines[1]).toMatch(
    /^US-001 +1 +codex +implement +ok +1 min 02 s +12.3k +0.42 USD +gpt-5-codex$/,
  );
  expect(lines[2]).toMatch(/timed-out +1 min 02 s +12.3k +\? +gpt-5-codex: 15 minutes are over$/);
  expect(lines[3]).toMatch(/^US-001 +1 +codex +verdict +FAIL +1 test fails. slugify throws$/);
});
