// has(), and the five that loop over a list, or over the keys of a map.

import type { ExpressionNode } from "./parse.ts";
import {
  type CompileContext,
  type CompiledNode,
  CompileProblem,
  type Run,
  type Scope,
} from "./scope.ts";
import {
  Fault,
  isMap,
  isNothing,
  isTruthy,
  select,
  typeName,
  UNKNOWN,
  type Value,
} from "./value.ts";

type CallNode = Extract<ExpressionNode, { op: "call" | "rcall" }>;

interface Loop {
  readonly list: Run;
  readonly slot: number;
  readonly bodies: readonly Run[];
}

/** How a loop goes over its items: null for "go on", anything else ends it. */
type Visit = (item: Value) => Value | null;

const LOOPS: ReadonlyMap<string, { arguments: readonly number[]; compile: (loop: Loop) => Run }> =
  new Map([
    ["all", { arguments: [2], compile: (loop: Loop) => quantifier(loop, false) }],
    ["exists", { arguments: [2], compile: (loop: Loop) => quantifier(loop, true) }],
    ["exists_one", { arguments: [2], compile: existsOne }],
    ["filter", { arguments: [2], compile: filter }],
    ["map", { arguments: [2, 3], compile: map }],
  ]);

/** Null when the call is none of a macro. */
export function compileMacro(node: CallNode, context: CompileContext): CompiledNode | null {
  if (node.op === "call") return node.args[0] === "has" ? compileHas(node, context) : null;
  const [name, receiver, args] = node.args;
  const macro = LOOPS.get(name);
  if (macro === undefined) return null;
  const [variable, ...bodies] = args;
  if (variable?.op !== "id" || !macro.arguments.includes(args.length)) {
    throw new CompileProblem(node, `${name}() takes a name and what to do with it: ${name}(x, …)`);
  }
  const inner = { ...context, locals: [...context.locals, variable.args] };
  const loop = {
    list: context.compile(receiver, context).run,
    slot: context.locals.length,
    bodies: bodies.map((body) => context.compile(body, inner).run),
  };
  return { run: macro.compile(loop), isInteger: false };
}

function compileHas(
  node: Extract<ExpressionNode, { op: "call" }>,
  context: CompileContext,
): CompiledNode {
  const [field, ...others] = node.args[1];
  if (field?.op !== "." || others.length > 0) {
    throw new CompileProblem(node, "has() takes one field, such as has(event.data.id)");
  }
  const [parent, key] = field.args;
  const { run } = context.compile(parent, context);
  return {
    isInteger: false,
    run: (scope) => {
      const value = select(run(scope), key);
      return value !== UNKNOWN && !(value instanceof Fault);
    },
  };
}

/** `exists` is settled by the first true, `all` by the first false; a fault counts only if none settles it. */
function quantifier({ list, slot, bodies: [body] }: Loop, settlesOn: boolean): Run {
  return (scope) => {
    let fault: Fault | null = null;
    const settled = overItems(scope, list(scope), (item) => {
      const value = runBody(body, scope, slot, item);
      if (value instanceof Fault) fault = value;
      else if (isTruthy(value) === settlesOn) return settlesOn;
      return null;
    });
    if (settled === UNKNOWN) return false;
    return settled ?? fault ?? !settlesOn;
  };
}

function existsOne({ list, slot, bodies: [body] }: Loop): Run {
  return (scope) => {
    let count = 0;
    const ended = overItems(scope, list(scope), (item) => {
      const value = runBody(body, scope, slot, item);
      if (value instanceof Fault) return value;
      if (isTruthy(value)) count++;
      return null;
    });
    if (ended === UNKNOWN) return false;
    return ended ?? count === 1;
  };
}

function filter({ list, slot, bodies: [body] }: Loop): Run {
  return (scope) => {
    const kept: Value[] = [];
    const ended = overItems(scope, list(scope), (item) => {
      const value = runBody(body, scope, slot, item);
      if (value instanceof Fault) return value;
      if (isTruthy(value)) kept.push(item);
      return null;
    });
    return ended ?? kept;
  };
}

function map({ list, slot, bodies }: Loop): Run {
  const [transform, condition] = bodies.toReversed();
  return (scope) => {
    const mapped: Value[] = [];
    const ended = overItems(scope, list(scope), (item) => {
      const isKept = condition === undefined || runBody(condition, scope, slot, item);
      if (isKept instanceof Fault) return isKept;
      if (!isTruthy(isKept)) return null;
      const value = runBody(transform, scope, slot, item);
      if (value instanceof Fault) return value;
      mapped.push(value);
      return null;
    });
    return ended ?? mapped;
  };
}

/** Null when every item was visited; UNKNOWN when there was nothing to go over. */
function overItems(scope: Scope, value: Value, visit: Visit): Value | null {
  const items = itemsOf(value);
  if (items === null) return isNothing(value) ? UNKNOWN : faultOf(value);
  for (const item of items) {
    scope.loopsLeft--;
    if (scope.loopsLeft < 0) return new Fault("the lists are too long to go over");
    const ended = visit(item);
    if (ended !== null) return ended;
  }
  return null;
}

function itemsOf(value: Value): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.keys(value) : null;
}

function faultOf(value: Value): Fault {
  if (value instanceof Fault) return value;
  return new Fault(`${typeName(value)} is no list to go over`);
}

function runBody(body: Run | undefined, scope: Scope, slot: number, item: Value): Value {
  scope.locals[slot] = item;
  return body === undefined ? true : body(scope);
}
