import { expect, test } from "bun:test";
import type { FunctionWithHealth } from "../functions/function-health.ts";
import { plainPaint } from "../output/paint.ts";
import { renderFunctions as render } from "./functions.ts";

const io = { paint: plainPaint, columnsMax: 120 };

const health = { lastRun: null, endedCount: 0, failedCount: 0, nextCronAt: null };

function functionOf(fields: Partial<FunctionWithHealth>): FunctionWithHealth {
  const triggers = [{ type: "EVENT", value: "go" }];
  return { id: "fn", name: "fn", app: { id: "app" }, triggers, health, ...fields };
}

const NOW_MS = Date.parse("2026-11-21T09:00:00Z");
const renderFunctions = (found: readonly FunctionWithHealth[], look: typeof io) =>
  render(found, look, NOW_MS);

test("a function that the engine never starts is told with the reason", () => {
  const text = renderFunctions([functionOf({ problem: "It uses batchEvents." })], io);
  expect(text).toContain("fn is never started here: It uses batchEvents.");
});

test("a function that is paused is told with how to go on", () => {
  const pause = { pausedAt: "2026-11-21T02:00:00.000Z", holdsRuns: true };
  const text = renderFunctions([functionOf({ pause })], io);
  expect(text).toContain(
    "fn is paused since 2026-11-21T02:00:00.000Z; its unfinished runs wait: `igs functions resume fn`",
  );
});

test("functions come by app and name, with what starts them", () => {
  const text = renderFunctions([functionOf({ id: "b" }), functionOf({ id: "a" })], io);
  const rows = text.split("\n").slice(1);
  expect(rows.map((row) => row.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
    ["app", "a", "never", "go"],
    ["app", "b", "never", "go"],
  ]);
});

test("a function's last run, its failures and its next time are told", () => {
  const lastRun = { id: "r", status: "FAILED", queuedAt: "2026-11-21T08:57:00Z" } as const;
  const found = functionOf({
    triggers: [{ type: "CRON", value: "0 5 * * *" }],
    health: { lastRun, endedCount: 20, failedCount: 3, nextCronAt: "2026-11-22T05:00:00Z" },
  });
  const [, row = ""] = renderFunctions([found], io).split("\n");
  expect(row.split(/ {2,}/)).toEqual([
    ...["app", "fn", "✗ 3 min ago", "3 of 20"],
    "0 5 * * * (next in 20 h 00 min)",
  ]);
});
