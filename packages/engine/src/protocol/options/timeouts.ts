import { z } from "zod";
import { parseDurationMs } from "../../core/duration.ts";
import type { RunTimeouts } from "../../core/flow-control.ts";
import { readOption } from "./read-option.ts";

const TimeoutsSchema = z.object({ start: z.string().nullish(), finish: z.string().nullish() });

export function readTimeouts(value: unknown, problems: string[]): RunTimeouts | null {
  const raw = readOption({ name: "timeouts", schema: TimeoutsSchema, value }, problems);
  if (raw === null) return null;
  const startMs = readTimeout("start", raw.start, problems);
  const finishMs = readTimeout("finish", raw.finish, problems);
  return {
    ...(startMs === null ? {} : { startMs }),
    ...(finishMs === null ? {} : { finishMs }),
  };
}

function readTimeout(
  name: string,
  text: string | null | undefined,
  problems: string[],
): number | null {
  if (!text) return null;
  const durationMs = parseDurationMs(text);
  if (durationMs !== null && durationMs > 0) return durationMs;
  problems.push(`Its timeout "${text}" (timeouts.${name}) is no duration such as "10s" or "1h".`);
  return null;
}
