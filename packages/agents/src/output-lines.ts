// All three agents print one JSON object on each line. Most have `type` first, which spares parsing what
// nobody reads; it is no promise: claude 2.1.329 has it in the middle of its result.

import { z } from "zod";
import type { AgentUsage } from "./agent-result.ts";
import type { CallReader } from "./call-readers.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

const TYPE_FIRST = /^\{"type":"([^"]+)"/;
const Typed = z.looseObject({ type: z.string() });

/**
 * The lines of these types, parsed. Others are passed over: most of an agent's output is its answer
 * growing letter by letter. A line that was cut in two is no JSON, and is passed over, too.
 */
export function linesOfType(output: string, types: readonly string[]): unknown[] {
  const wanted = new Set(types);
  return output.split("\n").flatMap((line) => {
    const first = TYPE_FIRST.exec(line)?.[1];
    if (first !== undefined && !wanted.has(first)) return [];
    const typed = line.startsWith("{") ? Typed.safeParse(parseJson(line)) : null;
    return typed?.success && wanted.has(typed.data.type) ? [typed.data] : [];
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The sum of all calls that an output tells of. */
export function sumCalls(output: string, readCall: CallReader): AgentUsage {
  const calls = output.split("\n").flatMap((line) => readCall(line) ?? []);
  return [...new Map(calls.map((call) => [call.id, call.usage])).values()].reduce(
    addUsage,
    NO_USAGE,
  );
}
