// Finds what an event must have, whatever else an expression asks of it, so that thousands of waits for one
// event name can be found through an index instead of being evaluated one by one.
//
// Invariant:
//   Q1. When the expression holds, every term holds. A term that could be wrong is left out: the index may
//       give a wait too many, and the expression decides; it may never give one too few.

import { type ExpressionNode, parseExpression } from "./parse.ts";
import { Fault, select, type Value } from "./value.ts";

/** Its type counts: 1 and "1" are not equal. */
export type TermValue = string | number | true;

export interface EqualityTerm {
  /** Of the event that arrives, without its root: `["data", "id"]`. */
  readonly path: readonly string[];
  readonly value: TermValue;
}

/** A term as it is written: a path under one of the roots, and what it equals. */
export interface WrittenTerm {
  readonly root: string;
  readonly path: readonly string[];
  readonly equals:
    | { readonly kind: "literal"; readonly value: TermValue }
    | { readonly kind: "path"; readonly root: string; readonly path: readonly string[] };
}

/** The equalities that are joined by `&&` at the top of an expression. Empty for one that doesn't parse. */
export function equalityTerms(text: string): readonly WrittenTerm[] {
  const parsed = parseExpression(text);
  if (!parsed.ok) return [];
  return conjuncts(parsed.node).flatMap((node) => {
    if (node.op !== "==") return [];
    const term = termOf(node.args[0], node.args[1]) ?? termOf(node.args[1], node.args[0]);
    return term === null ? [] : [term];
  });
}

/**
 * The terms of a wait: `event`, the one that started the run, is known when the wait is stored, so that its
 * fields become values. What remains asks something of `async`, the event that arrives.
 */
export function waitTerms(text: string, event: unknown): readonly EqualityTerm[] {
  return equalityTerms(text).flatMap((term) => {
    const { root, path, equals } = term;
    if (equals.kind === "literal") return root === "async" ? [{ path, value: equals.value }] : [];
    if (root === "async" && equals.root === "event") return bind(path, valueAt(event, equals.path));
    if (root === "event" && equals.root === "async") return bind(equals.path, valueAt(event, path));
    return [];
  });
}

/** The value that an event has for a term's path, or null when it can satisfy no term there. */
export function termValueAt(event: unknown, path: readonly string[]): TermValue | null {
  const value = valueAt(event, path);
  return isTermValue(value) ? value : null;
}

function bind(path: readonly string[], value: Value): readonly EqualityTerm[] {
  return isTermValue(value) ? [{ path, value }] : [];
}

/** Zero values are left out (Q1): by the dialect's rules an explicit null equals them, too. */
function isTermValue(value: Value): value is TermValue {
  if (typeof value === "string") return value !== "";
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  return value === true;
}

function conjuncts(node: ExpressionNode): ExpressionNode[] {
  return node.op === "&&" ? node.args.flatMap(conjuncts) : [node];
}

function termOf(side: ExpressionNode, other: ExpressionNode): WrittenTerm | null {
  const place = placeIn(side);
  if (place === null) return null;
  const otherPlace = placeIn(other);
  if (otherPlace !== null) return { ...place, equals: { kind: "path", ...otherPlace } };
  const value = other.op === "value" ? literalOf(other.args) : null;
  return isTermValue(value) ? { ...place, equals: { kind: "literal", value } } : null;
}

function literalOf(literal: unknown): Value {
  return typeof literal === "bigint" ? Number(literal) : literal;
}

/** `event.data.id` or `event.data["id"]`; null for anything that has to be computed. */
function placeIn(node: ExpressionNode): { root: string; path: string[] } | null {
  if (node.op === "id") return { root: node.args, path: [] };
  if (node.op === ".") return extend(placeIn(node.args[0]), node.args[1]);
  if (node.op !== "[]" || node.args[1].op !== "value") return null;
  const key = node.args[1].args;
  return typeof key === "string" ? extend(placeIn(node.args[0]), key) : null;
}

function extend(
  place: { root: string; path: string[] } | null,
  key: string,
): { root: string; path: string[] } | null {
  return place === null ? null : { root: place.root, path: [...place.path, key] };
}

function valueAt(event: unknown, path: readonly string[]): Value {
  let value: Value = event;
  for (const key of path) value = select(value, key);
  return value instanceof Fault ? null : value;
}
