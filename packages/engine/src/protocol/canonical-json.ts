// RFC 8785 (JSON canonicalisation), as the SDK's signature check does it. Protocol notes, section 1.8.
//
// Numbers and strings are written as `JSON.stringify` writes them, which is what the RFC asks for. Keys
// are ordered by UTF-16 code units, which is JavaScript's own order of strings.

import { assert } from "../core/assert.ts";

/** Deeper than any payload that a person wrote; a bound on the recursion, below the stack's. */
const DEPTH_MAX = 2_000;

/** `value` is JSON: what `JSON.parse` gives, or the same with fields that are undefined (left out). */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  assert(depth <= DEPTH_MAX, `JSON to sign is at most ${DEPTH_MAX} levels deep`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return writeArray(value, depth);
  // The SDK's library leaves the order of an object with this key alone, so a signature has to, too.
  if ("toJSON" in value && value.toJSON !== null) return JSON.stringify(value);
  return writeObject(value, depth);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = "[";
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ",";
    text += write(items[i], depth + 1);
  }
  return `${text}]`;
}

function writeObject(object: object, depth: number): string {
  let text = "{";
  for (const [key, value] of Object.entries(object).sort(byKey)) {
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(key)}:${write(value, depth + 1)}`;
  }
  return `${text}}`;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
