import { z } from "zod";
import { parseDurationMs } from "../../core/duration.ts";
import type { Throttle } from "../../core/flow-control.ts";
import { checkExpression, readOption } from "./read-option.ts";

const PERIOD_MS_MIN = 1_000;
const PERIOD_MS_MAX = 7 * 24 * 60 * 60 * 1_000;

const ThrottleSchema = z.object({
  limit: z.number().int().min(1),
  period: z.string(),
  burst: z.number().int().min(0).nullish(),
  key: z.string().nullish(),
});

export function readThrottle(value: unknown, problems: string[]): Throttle | null {
  const raw = readOption({ name: "throttle", schema: ThrottleSchema, value }, problems);
  if (raw === null) return null;
  const { limit, period, key } = raw;
  const periodMs = parseDurationMs(period);
  if (periodMs === null || periodMs < PERIOD_MS_MIN || periodMs > PERIOD_MS_MAX) {
    problems.push(`The period "${period}" of its throttle is no duration from 1s to 7d.`);
    return null;
  }
  const read = { limit, periodMs, burst: raw.burst ?? 0 };
  if (!key) return read;
  checkExpression(key, "The key of its throttle", problems);
  return { ...read, key };
}
