import { expect, test } from "bun:test";
import type { AppFunction } from "@system-bus/inngest-api";
import { listenersOf, sendableNames } from "./event-names.ts";

const fn = (id: string, ...triggers: AppFunction["triggers"]): AppFunction => ({
  id,
  name: id,
  app: { id: "demo" },
  triggers,
});
const on = (value: string) => ({ type: "EVENT", value });

const functions = [
  fn("ok", on("demo/ok"), on("demo/told")),
  fn("told", on("demo/told")),
  fn("all", on("demo/*")),
  fn("nightly", { type: "CRON", value: "0 5 * * *" }),
  fn("ok-failure", on("inngest/function.failed")),
];

test("names to send are those of triggers, each once, without schedules, patterns and the engine's own", () => {
  expect(sendableNames(functions)).toEqual(["demo/ok", "demo/told"]);
});

test("the functions that an event will start are known before it is sent", () => {
  expect(listenersOf(functions, "demo/told").map(({ id }) => id)).toEqual(["ok", "told", "all"]);
  expect(listenersOf(functions, "other/x")).toEqual([]);
});
