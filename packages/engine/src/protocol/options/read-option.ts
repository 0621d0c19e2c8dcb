import type { z } from "zod";
import { compileExpression } from "../../core/expression/compile.ts";
import { describeIssues } from "../describe-issues.ts";

/**
 * An option of a function, or null when it asks for nothing or can't be read, which is then added to the
 * problems. An option that is there but says nothing, such as an empty list, asks for nothing.
 */
export function readOption<Schema extends z.ZodType>(
  { name, schema, value }: { name: string; schema: Schema; value: unknown },
  problems: string[],
): z.infer<Schema> | null {
  if (!isSet(value)) return null;
  const reading = schema.safeParse(value);
  if (reading.success) return reading.data;
  problems.push(`Its ${name} can't be read (${describeIssues(reading.error)}).`);
  return null;
}

export function checkExpression(text: string, what: string, problems: string[]): void {
  const compiled = compileExpression(text);
  if (!compiled.ok) problems.push(`${what} is no valid expression: ${compiled.problem}.`);
}

function isSet(option: unknown): boolean {
  if (typeof option !== "object" || option === null) return Boolean(option);
  return Object.values(option).some((part) => part !== undefined && part !== null);
}
