import { z } from "zod";
import { parseDurationMs } from "../../core/duration.ts";
import type { RateLimit } from "../../core/flow-control.ts";
import { checkExpression, readOption } from "./read-option.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The part of a rate limit that may come at once: a tenth, as on Inngest. */
const BURST_SHARE = 10;

const RateLimitSchema = z.object({
  limit: z.number().int().min(1),
  period: z.string(),
  key: z.string().nullish(),
});

/** `idempotency` is a rate limit of one in 24 hours. Protocol notes, section 2. */
export function readRateLimits(
  fields: Readonly<Record<string, unknown>>,
  problems: string[],
): readonly RateLimit[] {
  const limits = [
    readIdempotency(fields["idempotency"], problems),
    readRateLimit(fields["rateLimit"], problems),
  ];
  return limits.filter((limit) => limit !== null);
}

function readIdempotency(value: unknown, problems: string[]): RateLimit | null {
  const key = readOption({ name: "idempotency", schema: z.string(), value }, problems);
  if (key === null) return null;
  checkExpression(key, "Its idempotency", problems);
  return { option: "idempotency", limit: 1, periodMs: DAY_MS, burst: 0, key };
}

function readRateLimit(value: unknown, problems: string[]): RateLimit | null {
  const raw = readOption({ name: "rateLimit", schema: RateLimitSchema, value }, problems);
  if (raw === null) return null;
  const { limit, period, key } = raw;
  const periodMs = parseDurationMs(period);
  if (periodMs === null || periodMs < 1_000 || periodMs >= DAY_MS) {
    problems.push(`The period "${period}" of its rateLimit is no duration from 1s to below 24h.`);
    return null;
  }
  const burst = Math.floor(limit / BURST_SHARE);
  const read = { option: "rateLimit", limit, periodMs, burst } as const;
  if (!key) return read;
  checkExpression(key, "The key of its rateLimit", problems);
  return { ...read, key };
}
