import type { AgentUsage } from "../agent-result.ts";
import { asFields, fieldsIn, numberIn, parseFields, textIn } from "../fields.ts";
import type { ModelCall } from "../model-call.ts";

/** A message that has ended: of those of the model it tells the usage. */
export function readPiCall(line: string): ModelCall | null {
  // Without parsing the others: an answer grows by lines that hold all of it so far.
  if (!line.includes('"message_end"')) return null;
  const fields = parseFields(line);
  if (fields["type"] !== "message_end") return null;
  const message = fieldsIn(fields, "message");
  const usage = readPiUsage(message["usage"]);
  if (usage === null) return null;
  const timestamp = numberIn(message, "timestamp");
  return {
    id: `${textIn(message, "responseId") ?? ""} ${timestamp ?? line}`,
    model: textIn(message, "model"),
    usage,
  };
}

/** It counts what came from the cache beside the rest. A cost of 0 means that it knows no price. */
export function readPiUsage(value: unknown): AgentUsage | null {
  const usage = asFields(value);
  const input = numberIn(usage, "input");
  const outputTokens = numberIn(usage, "output");
  if (input === null || outputTokens === null) return null;
  const cachedTokens = numberIn(usage, "cacheRead") ?? 0;
  const costUsd = numberIn(fieldsIn(usage, "cost"), "total") ?? 0;
  return {
    inputTokens: input + cachedTokens + (numberIn(usage, "cacheWrite") ?? 0),
    cachedTokens,
    outputTokens,
    ...(costUsd === 0 ? {} : { costUsd }),
  };
}
