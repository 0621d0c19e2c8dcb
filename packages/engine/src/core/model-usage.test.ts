import { describe, expect, test } from "bun:test";
import { readModelUsage } from "./model-usage.ts";

describe("the usage of a model's answer", () => {
  test.each([
    [
      "OpenAI's",
      {
        model: "gpt-5.4",
        usage: {
          prompt_tokens: 5,
          completion_tokens: 7,
          total_tokens: 12,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
      {
        response_model: "gpt-5.4",
        input_tokens: 5,
        output_tokens: 7,
        total_tokens: 12,
        cache_read_tokens: 2,
        reasoning_tokens: 3,
      },
    ],
    [
      "Anthropic's",
      { model: "claude", usage: { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: 1 } },
      { response_model: "claude", input_tokens: 5, output_tokens: 7, cache_read_tokens: 1 },
    ],
    [
      "Gemini's",
      { modelVersion: "gemini", usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 } },
      { response_model: "gemini", input_tokens: 5, output_tokens: 7 },
    ],
    [
      "that of Vercel's AI SDK",
      { response: { modelId: "m" }, usage: { inputTokens: 5, outputTokens: 7 } },
      { response_model: "m", input_tokens: 5, output_tokens: 7 },
    ],
  ])("is read from %s", (_, answer, usage) => {
    expect(readModelUsage(answer)).toEqual(usage);
  });

  test.each([
    ["nothing", null],
    ["a text", "usage"],
    ["no usage", { model: "gpt-5.4" }],
    ["usage that is no object", { usage: 7 }],
    ["counts that are none", { usage: { prompt_tokens: "5", completion_tokens: -1 } }],
  ])("is none where there is %s", (_, answer) => {
    expect(readModelUsage(answer)).toBeNull();
  });
});
