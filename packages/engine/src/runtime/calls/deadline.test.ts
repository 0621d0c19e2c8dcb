import { expect, test } from "bun:test";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { startDeadline } from "./deadline.ts";

test("a deadline aborts at its moment of the engine's clock, and not before", () => {
  const clock = new VirtualClock();
  const { signal } = startDeadline(clock, 7_200_000);
  clock.advanceMs(7_199_999);
  expect(signal.aborted).toBe(false);
  clock.advanceMs(1);
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  expect(signal.reason).toBeInstanceOf(DOMException);
});

test("a deadline that has ended aborts nothing and leaves no timer", () => {
  const clock = new VirtualClock();
  const { signal, end } = startDeadline(clock, 1_000);
  end();
  expect(clock.nextWakeMs()).toBeNull();
  clock.advanceMs(2_000);
  expect(signal.aborted).toBe(false);
});
