import { expect, test } from "bun:test";
import type { AppFunction } from "@system-bus/inngest-api";
import { plainPaint } from "../output/paint.ts";
import { renderFunctions } from "./functions.ts";

const io = { paint: plainPaint, columnsMax: 120 };

function functionOf(fields: Partial<AppFunction>): AppFunction {
  const triggers = [{ type: "EVENT", value: "go" }];
  return { id: "fn", name: "fn", app: { id: "app" }, triggers, ...fields };
}

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
    ["app", "a", "go"],
    ["app", "b", "go"],
  ]);
});
