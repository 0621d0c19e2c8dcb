import { z } from "zod";
import { checkExpression, readOption } from "./read-option.ts";

const PrioritySchema = z.object({ run: z.string().nullish() });

/** The expression that gives a run's priority in seconds. */
export function readPriority(value: unknown, problems: string[]): string | null {
  const raw = readOption({ name: "priority", schema: PrioritySchema, value }, problems);
  if (!raw?.run) return null;
  checkExpression(raw.run, "Its priority", problems);
  return raw.run;
}
