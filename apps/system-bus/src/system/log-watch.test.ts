import { expect, test } from "bun:test";
import { createLogWatch } from "./log-watch.ts";

function watchAt() {
  const clock = { now: 0, nowMs: () => clock.now };
  return { clock, watch: createLogWatch(clock) };
}
const never = () => false;

test("the oldest milestone without a line counts", () => {
  const { clock, watch } = watchAt();
  watch.expect("a");
  clock.now = 1_000;
  watch.expect("b");
  clock.now = 5_000;
  expect(watch.waitingMs(never)).toBe(5_000);
  watch.arrived("a");
  expect(watch.waitingMs(never)).toBe(4_000);
  watch.arrived("b");
  expect(watch.waitingMs(never)).toBeNull();
});

test("a line may come before its milestone is expected, and a repeated step expects it again", () => {
  const { watch } = watchAt();
  watch.arrived("a");
  watch.expect("a");
  expect(watch.waitingMs(never)).toBeNull();
});

test("a milestone that the log has from an earlier life does not wait", () => {
  const { clock, watch } = watchAt();
  watch.expect("a");
  clock.now = 9_000;
  expect(watch.waitingMs((id) => id === "a")).toBeNull();
});
