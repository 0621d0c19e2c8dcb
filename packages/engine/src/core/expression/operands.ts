// Literals, names, fields and collections: what operators and functions work on.

import type { ExpressionNode } from "./parse.ts";
import {
  type CompileContext,
  type CompiledNode,
  CompileProblem,
  ROOTS,
  type Root,
  type Run,
} from "./scope.ts";
import { Fault, select, UNKNOWN, type Value } from "./value.ts";

type Literal = Extract<ExpressionNode, { op: "value" }>["args"];

/** Numbers of a payload are doubles, so whole numbers are kept as doubles, too. */
export function compileLiteral(literal: Literal): CompiledNode {
  const isInteger = typeof literal === "bigint" || isUnsigned(literal);
  const value = isInteger ? Number(literal) : literal;
  return { run: () => value, isInteger };
}

function isUnsigned(literal: Literal): boolean {
  return typeof literal === "object" && literal !== null && !(literal instanceof Uint8Array);
}

/** A variable of the loops around, or one of the roots. */
export function compileName(
  node: Extract<ExpressionNode, { op: "id" }>,
  context: CompileContext,
): CompiledNode {
  const name = node.args;
  const slot = context.locals.lastIndexOf(name);
  if (slot !== -1) return { run: ({ locals }) => locals[slot], isInteger: false };
  if (!isRoot(name)) {
    throw new CompileProblem(node, `unknown name "${name}" (there are event, async and vars)`);
  }
  return { run: ({ variables }) => variables[name] ?? UNKNOWN, isInteger: false };
}

function isRoot(name: string): name is Root {
  return ROOTS.some((root) => root === name);
}

/** `event.data.user.id` at one go: by far the most of what expressions do. */
export function compilePath(
  node: Extract<ExpressionNode, { op: "." }>,
  context: CompileContext,
): CompiledNode {
  const keys: string[] = [];
  let start: ExpressionNode = node;
  while (start.op === ".") {
    keys.unshift(start.args[1]);
    start = start.args[0];
  }
  const { run: runStart } = context.compile(start, context);
  const run: Run = (scope) => {
    let value = runStart(scope);
    for (const key of keys) value = select(value, key);
    return value;
  };
  return { run, isInteger: false };
}

export function compileList(
  nodes: readonly ExpressionNode[],
  context: CompileContext,
): CompiledNode {
  const runs = nodes.map((node) => context.compile(node, context).run);
  const run: Run = (scope) => {
    const items: Value[] = [];
    for (const runItem of runs) {
      const item = runItem(scope);
      if (item instanceof Fault) return item;
      items.push(item);
    }
    return items;
  };
  return { run, isInteger: false };
}

export function compileMap(
  entries: readonly (readonly [ExpressionNode, ExpressionNode])[],
  context: CompileContext,
): CompiledNode {
  const runs = entries.map(
    ([key, value]) =>
      [context.compile(key, context).run, context.compile(value, context).run] as const,
  );
  const run: Run = (scope) => {
    const map: Record<string, Value> = Object.create(null);
    for (const [runKey, runValue] of runs) {
      const key = runKey(scope);
      if (key instanceof Fault) return key;
      if (typeof key !== "string") return new Fault("a key of a map is a text");
      const value = runValue(scope);
      if (value instanceof Fault) return value;
      map[key] = value;
    }
    return map;
  };
  return { run, isInteger: false };
}
