// All three agents print one JSON object on each line, `type` first.

import type { ModelCall } from "./agent.ts";
import type { AgentUsage } from "./agent-result.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

const TYPE = /^\{"type":"([^"]+)"/;

/**
 * The lines of these types, parsed. Others are passed over unread: most of an agent's output is its
 * answer growing letter by letter. A line that was cut in two is no JSON, and is passed over, too.
 */
export function linesOfType(output: string, types: readonly string[]): unknown[] {
  const wanted = new Set(types);
  return output.split("\n").flatMap((line) => {
    const type = typeOfLine(line);
    if (type === null || !wanted.has(type)) return [];
    const parsed = parseJson(line);
    return parsed === null ? [] : [parsed];
  });
}

function typeOfLine(line: string): string | null {
  return TYPE.exec(line)?.[1] ?? null;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The sum of all calls that an output tells of. */
export function sumCalls(output: string, readCall: (line: string) => ModelCall | null): AgentUsage {
  const calls = output.split("\n").flatMap((line) => readCall(line) ?? []);
  return [...new Map(calls.map((call) => [call.id, call.usage])).values()].reduce(
    addUsage,
    NO_USAGE,
  );
}
