import { compileExpression } from "./compile.ts";
import type { ExpressionVariables } from "./scope.ts";
import { Fault, typeName, UNKNOWN, type Value } from "./value.ts";

export type BooleanReading =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly problem: string };

const TRUE: BooleanReading = { ok: true, value: true };
const FALSE: BooleanReading = { ok: true, value: false };

/**
 * Whether a condition holds: a trigger's, a wait's. What is unknown in the end is false. A fault, and a
 * result that is no boolean, are problems: whoever asked has no answer and does without the match.
 */
export function evaluateBoolean(text: string, variables: ExpressionVariables): BooleanReading {
  const compiled = compileExpression(text);
  if (!compiled.ok) return compiled;
  const value = compiled.evaluate(variables);
  if (value === true) return TRUE;
  if (value === false || value === UNKNOWN) return FALSE;
  if (value instanceof Fault) return { ok: false, problem: value.problem };
  return { ok: false, problem: `it gives ${typeName(value)} where a condition is needed` };
}

/**
 * The name of the group that an event belongs to, such as the one whose runs share a concurrency limit.
 * An event that lacks the key, or on which the expression fails, is in the group "false".
 */
export function evaluateKey(text: string, event: unknown): string {
  const compiled = compileExpression(text);
  return compiled.ok ? keyOf(compiled.evaluate({ event })) : "false";
}

/** The whole number that an expression gives for an event, or null when it gives none. */
export function evaluateInteger(text: string, event: unknown): number | null {
  const compiled = compileExpression(text);
  const value = compiled.ok ? compiled.evaluate({ event }) : null;
  return typeof value === "number" && Number.isFinite(value) ? Math.trunc(value) : null;
}

function keyOf(value: Value): string {
  if (value === UNKNOWN || value instanceof Fault) return "false";
  return typeof value === "string" ? value : JSON.stringify(value);
}
