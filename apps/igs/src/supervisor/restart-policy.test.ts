import { expect, test } from "bun:test";
import { decideRestart, RESTART_POLICY } from "./restart-policy.ts";

const crash = { priorCount: 0, livedMs: 0, wasEverReady: true };

test("each crash in a row waits twice as long, up to the bound", () => {
  const delays = [0, 1, 2, 3, 20].map((priorCount) =>
    decideRestart({ ...crash, priorCount }, RESTART_POLICY),
  );
  expect(delays).toEqual(
    [250, 500, 1_000, 2_000, 30_000].map((delayMs, index) => ({
      kind: "restart",
      crashCount: [1, 2, 3, 4, 21][index] ?? 0,
      delayMs,
    })),
  );
});

test("a part that lived long enough begins to count anew", () => {
  const { steadyAfterMs, delayFirstMs } = RESTART_POLICY;
  expect(
    decideRestart({ ...crash, priorCount: 9, livedMs: steadyAfterMs }, RESTART_POLICY),
  ).toEqual({
    kind: "restart",
    crashCount: 1,
    delayMs: delayFirstMs,
  });
});

test("a part that was never ready is given up at its third failure", () => {
  const never = { ...crash, wasEverReady: false };
  expect(decideRestart({ ...never, priorCount: 1 }, RESTART_POLICY).kind).toBe("restart");
  expect(decideRestart({ ...never, priorCount: 2 }, RESTART_POLICY).kind).toBe("give-up");
});

test("a part that was ready once is never given up", () => {
  expect(decideRestart({ ...crash, priorCount: 1_000 }, RESTART_POLICY).kind).toBe("restart");
});
