import type { ExpressionNode } from "./parse.ts";
import type { Value } from "./value.ts";

/** The names that an expression may start from. */
export const ROOTS = ["event", "async", "vars"] as const;
export type Root = (typeof ROOTS)[number];

export interface ExpressionVariables {
  /** Of a trigger, the event that arrived; of a wait, the one that started the run. */
  readonly event?: unknown;
  /** Of a wait, the event that arrived. */
  readonly async?: unknown;
  readonly vars?: unknown;
  /** What `now()` is. */
  readonly nowMs?: number;
}

/** One evaluation: its variables, the loops it is in, and how much looping is left to it. */
export interface Scope {
  readonly variables: ExpressionVariables;
  readonly locals: Value[];
  loopsLeft: number;
}

export type Run = (scope: Scope) => Value;

export interface CompiledNode {
  readonly run: Run;
  /** Known to be a whole number, as it was written as one or counts something. */
  readonly isInteger: boolean;
}

/** What the compiler knows at a node: the names that the loops around it have given. */
export interface CompileContext {
  readonly text: string;
  readonly locals: readonly string[];
  readonly compile: (node: ExpressionNode, context: CompileContext) => CompiledNode;
}

/** Ends a compilation; `compileExpression` turns it into the problem that it returns. */
export class CompileProblem extends Error {
  override readonly name = "CompileProblem";
  readonly node: ExpressionNode;

  constructor(node: ExpressionNode, message: string) {
    super(message);
    this.node = node;
  }
}
