import { z } from "zod";
import { parseDurationMs, parseIsoDate } from "../../core/duration.ts";
import { findRestrictedProblem } from "../../core/expression/restricted.ts";
import type { CancelTrigger } from "../../core/flow-control.ts";
import { readOption } from "./read-option.ts";

const CANCELS_MAX = 5;

const CancelSchema = z.array(
  z.object({
    event: z.string().min(1),
    if: z.string().nullish(),
    timeout: z.string().nullish(),
  }),
);

/** The SDK has turned `match` into an `if`. */
export function readCancelOn(value: unknown, problems: string[]): readonly CancelTrigger[] {
  const cancels = readOption({ name: "cancelOn", schema: CancelSchema, value }, problems) ?? [];
  if (cancels.length > CANCELS_MAX) {
    problems.push(`It has ${cancels.length} entries of cancelOn; ${CANCELS_MAX} are the most.`);
  }
  return cancels.map(({ event, if: expression, timeout }) => {
    const what = `of its cancelOn "${event}"`;
    const problem = expression ? findRestrictedProblem(expression) : null;
    if (problem !== null) problems.push(`The "if" ${what} is no valid expression: ${problem}.`);
    if (timeout && parseDurationMs(timeout) === null && parseIsoDate(timeout) === null) {
      problems.push(`The timeout "${timeout}" ${what} is neither a duration nor a date.`);
    }
    return { event, ...(expression ? { expression } : {}), ...(timeout ? { timeout } : {}) };
  });
}
