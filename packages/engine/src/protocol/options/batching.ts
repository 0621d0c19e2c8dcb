import { z } from "zod";
import { parseDurationMs } from "../../core/duration.ts";
import type { Batching, FlowControl } from "../../core/flow-control.ts";
import { checkExpression, readOption } from "./read-option.ts";

const EVENTS_MIN = 2;
/** Inngest's plans allow 5 to 500, and more by agreement. */
const EVENTS_MAX = 1_000;
const TIMEOUT_MS_MIN = 1_000;
/** Event ids count for a day: a batch that were open for longer could hold an event twice. */
const TIMEOUT_MS_MAX = 24 * 60 * 60 * 1_000;

const BatchSchema = z.object({
  maxSize: z.number().int(),
  timeout: z.string(),
  key: z.string().nullish(),
  if: z.string().nullish(),
});

/** Protocol notes, sections 1.2 and 2. */
export function readBatching(value: unknown, problems: string[]): Batching | null {
  const raw = readOption({ name: "batchEvents", schema: BatchSchema, value }, problems);
  if (raw === null) return null;
  const { maxSize: eventsMax, timeout, key, if: condition } = raw;
  if (eventsMax < EVENTS_MIN || eventsMax > EVENTS_MAX) {
    problems.push(
      `The maxSize ${eventsMax} of its batchEvents is not from ${EVENTS_MIN} to ${EVENTS_MAX}.`,
    );
  }
  const timeoutMs = parseDurationMs(timeout);
  if (timeoutMs === null || timeoutMs < TIMEOUT_MS_MIN || timeoutMs > TIMEOUT_MS_MAX) {
    problems.push(`The timeout "${timeout}" of its batchEvents is no duration from 1s to 24h.`);
    return null;
  }
  if (key) checkExpression(key, "The key of its batchEvents", problems);
  if (condition) checkExpression(condition, 'The "if" of its batchEvents', problems);
  return { eventsMax, timeoutMs, ...(key && { key }), ...(condition && { condition }) };
}

/** What a batch cannot be combined with, as on Inngest: these are about single events. */
export function checkBatchCompanions(flow: FlowControl, problems: string[]): void {
  if (!flow.batch) return;
  const companions = (["cancelOn", "debounce", "singleton", "priority"] as const).filter(
    (option) => flow[option] !== undefined,
  );
  if (companions.length === 0) return;
  problems.push(`Its batchEvents cannot be combined with ${companions.join(", ")}.`);
}
