import { describe, expect, test } from "bun:test";
import { readRateLimits } from "./rate-limits.ts";

function read(fields: Record<string, unknown>) {
  const problems: string[] = [];
  return { limits: readRateLimits(fields, problems), problems };
}

describe("rateLimit", () => {
  test.each([
    [
      { limit: 25, period: "1m" },
      { limit: 25, periodMs: 60_000, burst: 2 },
    ],
    [
      { limit: 9, period: "23h", key: "event.data.user" },
      { limit: 9, periodMs: 82_800_000, burst: 0, key: "event.data.user" },
    ],
  ])("%j may come in bursts of a tenth of its limit", (rateLimit, limit) => {
    const limits = [{ option: "rateLimit", ...limit }];
    expect(read({ rateLimit })).toEqual({ problems: [], limits: limits as never });
  });

  test.each([
    [{ limit: 1, period: "24h" }, 'The period "24h" of its rateLimit is no duration'],
    [{ limit: 1, period: "999ms" }, 'The period "999ms" of its rateLimit is no duration'],
    [{ limit: 1, period: "" }, 'The period "" of its rateLimit is no duration'],
    [{ limit: 0, period: "1m" }, "Its rateLimit can't be read (limit: "],
    [{ limit: 1, period: "1m", key: "{{ x }}" }, "The key of its rateLimit is no valid expression"],
    [{ limit: 1 }, "Its rateLimit can't be read (period: "],
  ])("%j is a problem", (rateLimit, problem) => {
    expect(read({ rateLimit }).problems.join(" ")).toContain(problem);
  });
});

describe("idempotency", () => {
  test("is a limit of one in 24 hours, checked before a rate limit", () => {
    const fields = { idempotency: "event.data.id", rateLimit: { limit: 1, period: "1m" } };
    expect(read(fields).limits).toEqual([
      { option: "idempotency", limit: 1, periodMs: 86_400_000, burst: 0, key: "event.data.id" },
      { option: "rateLimit", limit: 1, periodMs: 60_000, burst: 0 },
    ]);
  });

  test.each([[{ idempotency: "event.data." }], [{ idempotency: 7 }]])("%j is a problem", (bad) => {
    expect(read(bad).problems.join(" ")).toContain("Its idempotency");
  });
});
