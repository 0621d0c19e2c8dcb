import { z } from "zod";
import { parseDurationMs } from "../../core/duration.ts";
import type { Debounce } from "../../core/flow-control.ts";
import { WAIT_MS_MAX } from "../../core/limits.ts";
import { checkExpression, readOption } from "./read-option.ts";

const PERIOD_MS_MIN = 1_000;
const PERIOD_MS_MAX = 7 * 24 * 60 * 60 * 1_000;

const DebounceSchema = z.object({
  period: z.string(),
  timeout: z.string().nullish(),
  key: z.string().nullish(),
});

/** Protocol notes, sections 1.2 and 2. */
export function readDebounce(value: unknown, problems: string[]): Debounce | null {
  const raw = readOption({ name: "debounce", schema: DebounceSchema, value }, problems);
  if (raw === null) return null;
  const { period, timeout, key } = raw;
  const periodMs = parseDurationMs(period);
  if (periodMs === null || periodMs < PERIOD_MS_MIN || periodMs > PERIOD_MS_MAX) {
    problems.push(`The period "${period}" of its debounce is no duration from 1s to 7d.`);
    return null;
  }
  const timeoutMs = timeout ? parseDurationMs(timeout) : undefined;
  if (timeoutMs === null || (timeoutMs !== undefined && !isTimeout(timeoutMs))) {
    problems.push(`The timeout "${timeout}" of its debounce is no duration from 1s to 366d.`);
    return null;
  }
  if (key) checkExpression(key, "The key of its debounce", problems);
  return { periodMs, ...(timeoutMs !== undefined && { timeoutMs }), ...(key && { key }) };
}

function isTimeout(timeoutMs: number): boolean {
  return timeoutMs >= PERIOD_MS_MIN && timeoutMs <= WAIT_MS_MAX;
}
