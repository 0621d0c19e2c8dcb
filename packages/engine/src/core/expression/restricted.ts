// The smaller language of `cancelOn`: comparisons and logic. It is evaluated for every event of a name and
// every run that could be cancelled, and what it compares has to be visible to the index of waits.
// Protocol notes, sections 1.2 and 2.

import { compileExpression } from "./compile.ts";
import { type ExpressionNode, parseExpression, placeOf } from "./parse.ts";

/** Why the text is no expression of comparisons and logic alone, or null when it is one. */
export function findRestrictedProblem(text: string): string | null {
  const compiled = compileExpression(text);
  if (!compiled.ok) return compiled.problem;
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed.problem;
  const strange = findStrange(parsed.node);
  if (strange === null) return null;
  return `${describe(strange)} at ${placeOf(text, strange.start)}: only comparisons and logic can be used here`;
}

function findStrange(node: ExpressionNode): ExpressionNode | null {
  switch (node.op) {
    case "value":
    case "id":
      return null;
    case ".":
      return findStrange(node.args[0]);
    case "!_":
    case "-_":
      return findStrange(node.args);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "in":
    case "[]":
    case "&&":
    case "||":
    case "?:":
    case "list":
      return findFirst(node.args);
    default:
      return node;
  }
}

function findFirst(nodes: readonly ExpressionNode[]): ExpressionNode | null {
  for (const node of nodes) {
    const strange = findStrange(node);
    if (strange !== null) return strange;
  }
  return null;
}

function describe(node: ExpressionNode): string {
  return node.op === "call" || node.op === "rcall" ? `${node.args[0]}()` : `"${node.op}"`;
}
