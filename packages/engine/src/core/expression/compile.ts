// Compiles an expression of Inngest's dialect of CEL into closures. The parser is a library's; no library
// evaluates the dialect, so its rules are here and in `value.ts` (V1 to V4), pinned by `dialect.test.ts`.
// Source of the rules: protocol notes, section 2 ("Expression language").
//
// Invariants:
//   E1. What can be known to be wrong without an event is found when a function is registered: an unknown
//       name, function or macro form, a wrong number of arguments, a bad pattern.
//   E2. Evaluation is bounded: loops come from payloads, and payloads from outside.

import { compileCall } from "./calls.ts";
import { compileList, compileLiteral, compileMap, compileName, compilePath } from "./operands.ts";
import { type ExpressionNode, parseExpression, placeOf } from "./parse.ts";
import {
  type CompileContext,
  type CompiledNode,
  CompileProblem,
  type ExpressionVariables,
  type Run,
} from "./scope.ts";
import {
  add,
  calculate,
  compare,
  Fault,
  isEqual,
  isIn,
  isTruthy,
  negate,
  selectAt,
  type Value,
} from "./value.ts";

export type ExpressionReading =
  | {
      readonly ok: true;
      /** Never throws: what has no value is UNKNOWN, and what can't be computed a Fault. */
      readonly evaluate: (variables: ExpressionVariables) => Value;
    }
  | { readonly ok: false; readonly problem: string };

const LOOPS_MAX = 100_000;
/** The same few expressions run for every event; a bound, since workers may register ever new ones. */
const KEPT_MAX = 1_000;
const kept = new Map<string, ExpressionReading>();

export function compileExpression(text: string): ExpressionReading {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= KEPT_MAX) kept.clear();
  const reading = compileText(text);
  kept.set(text, reading);
  return reading;
}

function compileText(text: string): ExpressionReading {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed;
  try {
    const { run } = compile(parsed.node, { text, locals: [], compile });
    const evaluate = (variables: ExpressionVariables): Value =>
      run({ variables, locals: [], loopsLeft: LOOPS_MAX });
    return { ok: true, evaluate };
  } catch (error) {
    if (!(error instanceof CompileProblem)) throw error;
    return { ok: false, problem: `${error.message} at ${placeOf(text, error.node.start)}` };
  }
}

function compile(node: ExpressionNode, context: CompileContext): CompiledNode {
  switch (node.op) {
    case "value":
      return compileLiteral(node.args);
    case "id":
      return compileName(node, context);
    case ".":
      return compilePath(node, context);
    case "call":
    case "rcall":
      return compileCall(node, context);
    case "list":
      return compileList(node.args, context);
    case "map":
      return compileMap(node.args, context);
    case "?:":
      return compileChoice(node.args, context);
    case "||":
    case "&&":
      return compileLogic(node, context);
    case "!_":
      return compileNot(node.args, context);
    case "-_":
      return compileMinus(node.args, context);
    case ".?":
    case "[?]":
      throw new CompileProblem(node, `"${node.op}" is not part of the language here`);
    default:
      return compileOperator(node, context);
  }
}

type OperatorNode = Exclude<
  Extract<ExpressionNode, { args: [ExpressionNode, ExpressionNode] }>,
  { op: "&&" | "||" | "[?]" }
>;

/** An operator needs both its sides: the first fault among them is the result. */
function compileOperator(node: OperatorNode, context: CompileContext): CompiledNode {
  const left = context.compile(node.args[0], context);
  const right = context.compile(node.args[1], context);
  const isInteger = left.isInteger && right.isInteger;
  const combine = combinerOf(node.op, isInteger);
  const run: Run = (scope) => {
    const a = left.run(scope);
    if (a instanceof Fault) return a;
    const b = right.run(scope);
    return b instanceof Fault ? b : combine(a, b);
  };
  return { run, isInteger };
}

function combinerOf(op: OperatorNode["op"], isInteger: boolean): (a: Value, b: Value) => Value {
  switch (op) {
    case "==":
      return isEqual;
    case "!=":
      return (a, b) => !isEqual(a, b);
    case "in":
      return isIn;
    case "[]":
      return selectAt;
    case "+":
      return add;
    case "<":
    case "<=":
    case ">":
    case ">=":
      return (a, b) => compare(op, a, b);
    default:
      return (a, b) => calculate(op, a, b, isInteger);
  }
}

/** As in JavaScript the operand is the result. A fault on one side is overruled by the other, as in CEL. */
function compileLogic(
  node: Extract<ExpressionNode, { op: "&&" | "||" }>,
  context: CompileContext,
): CompiledNode {
  const { run: left } = context.compile(node.args[0], context);
  const { run: right } = context.compile(node.args[1], context);
  const settlesOn = node.op === "||";
  const run: Run = (scope) => {
    const a = left(scope);
    if (!(a instanceof Fault)) return isTruthy(a) === settlesOn ? a : right(scope);
    const b = right(scope);
    return !(b instanceof Fault) && isTruthy(b) === settlesOn ? b : a;
  };
  return { run, isInteger: false };
}

function compileChoice(
  [condition, whenTrue, whenFalse]: readonly [ExpressionNode, ExpressionNode, ExpressionNode],
  context: CompileContext,
): CompiledNode {
  const { run: test } = context.compile(condition, context);
  const consequent = context.compile(whenTrue, context);
  const alternate = context.compile(whenFalse, context);
  const run: Run = (scope) => {
    const value = test(scope);
    if (value instanceof Fault) return value;
    return isTruthy(value) ? consequent.run(scope) : alternate.run(scope);
  };
  return { run, isInteger: consequent.isInteger && alternate.isInteger };
}

function compileNot(node: ExpressionNode, context: CompileContext): CompiledNode {
  const { run: inner } = context.compile(node, context);
  const run: Run = (scope) => {
    const value = inner(scope);
    return value instanceof Fault ? value : !isTruthy(value);
  };
  return { run, isInteger: false };
}

function compileMinus(node: ExpressionNode, context: CompileContext): CompiledNode {
  const { run: inner, isInteger } = context.compile(node, context);
  return { run: (scope) => negate(inner(scope)), isInteger };
}
