import { type Fields, fieldsIn, numberIn, parseFields, textIn } from "../fields.ts";
import type { ModelCall } from "../model-call.ts";
import { NO_USAGE } from "../usage.ts";

const STREAM_LINE = /"message_(?:start|delta)"/;

/** A call's beginning tells what went in and to which model, its end what came out. */
export function readClaudeCall(line: string): ModelCall | null {
  if (!STREAM_LINE.test(line)) return null;
  const fields = parseFields(line);
  const id = textIn(fields, "uuid");
  if (fields["type"] !== "stream_event" || id === null) return null;
  const event = fieldsIn(fields, "event");
  if (event["type"] === "message_start") return readStart(id, fieldsIn(event, "message"));
  return event["type"] === "message_delta" ? readDelta(id, fieldsIn(event, "usage")) : null;
}

/** It counts what came from the cache, and what went there, beside the rest. */
function readStart(id: string, message: Fields): ModelCall | null {
  const usage = fieldsIn(message, "usage");
  const freshTokens = numberIn(usage, "input_tokens");
  if (freshTokens === null) return null;
  const cachedTokens = numberIn(usage, "cache_read_input_tokens") ?? 0;
  const writtenTokens = numberIn(usage, "cache_creation_input_tokens") ?? 0;
  const inputTokens = freshTokens + cachedTokens + writtenTokens;
  return {
    id,
    model: textIn(message, "model"),
    usage: { inputTokens, cachedTokens, outputTokens: 0 },
  };
}

function readDelta(id: string, usage: Fields): ModelCall | null {
  const outputTokens = numberIn(usage, "output_tokens");
  if (outputTokens === null) return null;
  return { id, model: null, usage: { ...NO_USAGE, outputTokens } };
}
