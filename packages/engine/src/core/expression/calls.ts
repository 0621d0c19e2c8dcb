import { callFunction, type ExpressionFunction, FUNCTIONS } from "./functions.ts";
import { compileMacro } from "./macros.ts";
import type { ExpressionNode } from "./parse.ts";
import { type CompileContext, type CompiledNode, CompileProblem, type Run } from "./scope.ts";
import { Fault, typeName, UNKNOWN } from "./value.ts";

type CallNode = Extract<ExpressionNode, { op: "call" | "rcall" }>;

export function compileCall(node: CallNode, context: CompileContext): CompiledNode {
  const macro = compileMacro(node, context);
  if (macro !== null) return macro;
  const [name] = node.args;
  const nodes = node.op === "call" ? node.args[1] : [node.args[1], ...node.args[2]];
  if (name === "matches") return compileMatches(node, nodes, context);
  const called = FUNCTIONS.get(name);
  if (called === undefined) throw new CompileProblem(node, `unknown function ${name}()`);
  checkForm(node, called, nodes.length);
  const runs = nodes.map((argument) => context.compile(argument, context).run);
  const run: Run = (scope) => {
    const values = runs.map((runArgument) => runArgument(scope));
    return callFunction(name, called, values, scope.variables.nowMs);
  };
  return { run, isInteger: called.isInteger ?? false };
}

function checkForm(node: CallNode, called: ExpressionFunction, count: number): void {
  const [name] = node.args;
  const { forms, argumentsMin, argumentsMax } = called;
  if (node.op === "call" && forms === "method") {
    throw new CompileProblem(
      node,
      `${name}() is called on a value, such as event.data.x.${name}()`,
    );
  }
  if (node.op === "rcall" && forms === "name") {
    throw new CompileProblem(node, `${name}() is no method: write ${name}(…)`);
  }
  if (count < argumentsMin || count > argumentsMax) {
    throw new CompileProblem(node, `${name}() has the wrong number of arguments`);
  }
}

/** The pattern is written in the expression: one from a payload could keep the engine busy for hours. */
function compileMatches(
  node: CallNode,
  nodes: readonly ExpressionNode[],
  context: CompileContext,
): CompiledNode {
  const [subject, pattern, ...others] = nodes;
  if (subject === undefined || pattern === undefined || others.length > 0) {
    throw new CompileProblem(node, "matches() has the wrong number of arguments");
  }
  if (pattern.op !== "value" || typeof pattern.args !== "string") {
    throw new CompileProblem(node, "matches() takes a pattern that is written out");
  }
  const regex = compilePattern(node, pattern.args);
  const { run: runSubject } = context.compile(subject, context);
  const run: Run = (scope) => {
    const value = runSubject(scope);
    if (value === UNKNOWN || value instanceof Fault) return false;
    if (typeof value === "string") return regex.test(value);
    return new Fault(`matches(): it needs a text, not ${typeName(value)}`);
  };
  return { run, isInteger: false };
}

/** CEL's patterns are RE2's; flags such as `(?i)` stand at their beginning. */
function compilePattern(node: CallNode, text: string): RegExp {
  const [lead = "", flags = ""] = /^\(\?([ims]+)\)/.exec(text) ?? [];
  try {
    return new RegExp(text.slice(lead.length), `u${flags}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CompileProblem(node, `matches() has a bad pattern (${why})`);
  }
}
