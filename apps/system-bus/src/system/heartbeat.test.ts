import { expect, test } from "bun:test";
import { beatOf } from "./heartbeat.ts";

const TIMER = "inngest/scheduled.timer";

test("a schedule that fires twice in its minute is one beat; the next one is another", () => {
  const at = (time: string) => beatOf({ name: TIMER, ts: Date.parse(time) }, "run");
  expect(at("2026-01-05T12:15:00.004Z")).toBe("2026-01-05T12:15:00.000Z");
  expect(at("2026-01-05T12:15:41Z")).toBe(at("2026-01-05T12:15:00.004Z"));
  expect(at("2026-01-05T12:30:00Z")).not.toBe(at("2026-01-05T12:15:00Z"));
});

test("a person who asks for a beat gets one of their own", () => {
  expect(beatOf({ name: "inngest/function.invoked", ts: 0 }, "run-1")).toBe("run-1");
  expect(beatOf({ name: TIMER, ts: undefined }, "run-2")).toBe("run-2");
});
