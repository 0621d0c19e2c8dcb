import { z } from "zod";
import type { RunStep } from "./steps.ts";

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const IdsSchema = z.object({ ids: z.array(z.string().regex(ULID)).min(1) });
const OutputSchema = z.union([
  IdsSchema,
  z.object({ data: IdsSchema }).transform(({ data }) => data),
]);

/**
 * The internal ids of the events that a step sent. The trace doesn't say that a step is a
 * `step.sendEvent`, but the SDK gives it the output `{ids: […]}`; some servers wrap it in `data`.
 * Another step's output of that shape does no harm: who looks such an id up finds no event.
 */
export function sentEventIds(step: Pick<RunStep, "status" | "output">): readonly string[] {
  if (step.status !== "COMPLETED") return [];
  const parsed = OutputSchema.safeParse(step.output);
  return parsed.success ? parsed.data.ids : [];
}
