import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decideGcra, type Rate } from "./gcra.ts";

/** Which of the arrivals, at these moments and in this order, are admitted. */
function admitted(rate: Rate, arrivalsMs: readonly number[]): number[] {
  let usedUntilMs: number | null = null;
  return arrivalsMs.filter((nowMs) => {
    const decision = decideGcra(rate, usedUntilMs, nowMs);
    if (decision.isAdmitted) usedUntilMs = decision.usedUntilMs;
    return decision.isAdmitted;
  });
}

describe("a rate", () => {
  test.each<[string, Rate, number[], number[]]>([
    ["admits the first", { limit: 1, periodMs: 60_000, burst: 0 }, [5], [5]],
    [
      "of one admits the next exactly a period later",
      { limit: 1, periodMs: 60_000, burst: 0 },
      [0, 1, 59_999, 60_000, 60_001],
      [0, 60_000],
    ],
    [
      "without a burst is spread over its period",
      { limit: 5, periodMs: 60_000, burst: 0 },
      [0, 0, 11_999, 12_000, 23_999, 24_000],
      [0, 12_000, 24_000],
    ],
    [
      "with a burst admits so many more at once, and then waits for each",
      { limit: 20, periodMs: 60_000, burst: 2 },
      [0, 0, 0, 0, 2_999, 3_000, 3_000],
      [0, 0, 0, 3_000],
    ],
    [
      "whose interval is a fraction admits its whole burst at once, at any moment",
      { limit: 12, periodMs: 763_000, burst: 1 },
      [2_209_049_158_491, 2_209_049_158_491, 2_209_049_158_491],
      [2_209_049_158_491, 2_209_049_158_491],
    ],
    [
      "that was not used saves up no more than its burst",
      { limit: 10, periodMs: 10_000, burst: 1 },
      [100_000, 100_000, 100_000],
      [100_000, 100_000],
    ],
  ])("%s", (_, rate, arrivals, expected) => {
    expect(admitted(rate, arrivals)).toEqual(expected);
  });

  test("says from when on a refused one is admitted", () => {
    const rate = { limit: 1, periodMs: 1_000, burst: 0 };
    expect(decideGcra(rate, 5_000, 4_200)).toEqual({ isAdmitted: false, freeAtMs: 5_000 });
    expect(decideGcra(rate, 5_000, 5_000)).toEqual({ isAdmitted: true, usedUntilMs: 6_000 });
  });

  test("does not look at a mark that no decision could have left: the clock was set back (R4)", () => {
    const rate = { limit: 1, periodMs: 3_600_000, burst: 1 };
    const nowMs = 100_000_000;
    const latestMs = nowMs + 2 * rate.periodMs;
    expect(decideGcra(rate, latestMs, nowMs).isAdmitted).toBe(false);
    expect(decideGcra(rate, latestMs + 60_000, nowMs).isAdmitted).toBe(false);
    expect(decideGcra(rate, latestMs + 60_001, nowMs)).toEqual(decideGcra(rate, null, nowMs));
  });

  test("is never exceeded, whatever comes when (R1, property)", () => {
    const rates = fc.record({
      limit: fc.integer({ min: 1, max: 50 }),
      periodMs: fc.integer({ min: 1_000, max: 3_600_000 }),
      burst: fc.integer({ min: 0, max: 10 }),
    });
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(rates, gaps, (rate, gapsMs) => {
        let nowMs = 0;
        const arrivals = gapsMs.map((gapMs) => (nowMs += gapMs));
        const times = admitted(rate, arrivals);
        const intervalMs = rate.periodMs / rate.limit;
        times.forEach((fromMs, first) => {
          const count = times.length - first;
          const durationMs = (times.at(-1) ?? fromMs) - fromMs;
          expect(count).toBeLessThanOrEqual(rate.burst + 1 + durationMs / intervalMs + 1e-6);
        });
      }),
    );
  });
});
