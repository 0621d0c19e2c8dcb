// The tokens that a model's answer says it took. Only what the provider counted, under the names of the
// SDK's `inngest.ai` metadata.

import type { MetadataValues } from "./metadata.ts";

type Fields = Readonly<Record<string, unknown>>;

/** By name, where each kind of answer has it: OpenAI, Anthropic, Gemini, Vercel's AI SDK. */
const COUNTS = {
  input_tokens: [
    ["usage", "prompt_tokens"],
    ["usage", "input_tokens"],
    ["usage", "inputTokens"],
    ["usage", "promptTokens"],
    ["usageMetadata", "promptTokenCount"],
  ],
  output_tokens: [
    ["usage", "completion_tokens"],
    ["usage", "output_tokens"],
    ["usage", "outputTokens"],
    ["usage", "completionTokens"],
    ["usageMetadata", "candidatesTokenCount"],
  ],
  total_tokens: [
    ["usage", "total_tokens"],
    ["usage", "totalTokens"],
    ["usageMetadata", "totalTokenCount"],
  ],
  cache_read_tokens: [
    ["usage", "prompt_tokens_details", "cached_tokens"],
    ["usage", "input_tokens_details", "cached_tokens"],
    ["usage", "cache_read_input_tokens"],
    ["usage", "cachedInputTokens"],
    ["usageMetadata", "cachedContentTokenCount"],
  ],
  cache_creation_tokens: [["usage", "cache_creation_input_tokens"]],
  reasoning_tokens: [
    ["usage", "completion_tokens_details", "reasoning_tokens"],
    ["usage", "output_tokens_details", "reasoning_tokens"],
    ["usage", "reasoningTokens"],
    ["usageMetadata", "thoughtsTokenCount"],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

const MODEL_PATHS = [["model"], ["modelVersion"], ["response", "modelId"]] as const;
const TEXT_CHARS_MAX = 200;

/** Null for an answer that tells no tokens: it is then no model's, or one that does not count. */
export function readModelUsage(answer: unknown): MetadataValues | null {
  const counts = Object.entries(COUNTS).flatMap(([name, paths]) => {
    const count = paths.map((path) => lookUp(answer, path)).find(isCount);
    return count === undefined ? [] : [[name, count] as const];
  });
  if (counts.length === 0) return null;
  const model = MODEL_PATHS.map((path) => lookUp(answer, path)).find(isShortText);
  return { ...(model !== undefined && { response_model: model }), ...Object.fromEntries(counts) };
}

function lookUp(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return;
    // An object, as the line above has made sure.
    current = (current as Fields)[key];
  }
  return current;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isShortText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= TEXT_CHARS_MAX;
}
