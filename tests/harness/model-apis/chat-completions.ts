// OpenAI's chat completions: what pi and the engine speak here.

import {
  type Asked,
  CACHED_TOKENS,
  INPUT_TOKENS,
  type ModelApi,
  OUTPUT_TOKENS,
  piecesOf,
  type Said,
  serverSentEvents,
} from "./model-answer.ts";
import { openAiTrouble } from "./openai-trouble.ts";

const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  prompt_tokens_details: { cached_tokens: CACHED_TOKENS },
};

export const chatCompletions: ModelApi = {
  path: "/chat/completions",
  isStreamed: ({ stream }) => stream === true,
  saidTo: ({ messages }) => JSON.stringify(messages),
  toolNames: ({ tools = [] }) => tools.map((tool) => tool.function?.name ?? ""),
  answer: (asked, said) => (asked.stream ? streamed(asked, said) : whole(asked, said)),
  trouble: openAiTrouble,
};

function whole({ model }: Asked, said: Said): Response {
  return Response.json({
    ...{ id: "chatcmpl-1", object: "chat.completion", created: 1, model, usage: USAGE },
    choices: [{ index: 0, message: messageOf(said), finish_reason: finishReason(said) }],
  });
}

function streamed({ model }: Asked, said: Said): Response {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const deltas =
    "text" in said
      ? piecesOf(said.text).map((content) => ({ role: "assistant", content }))
      : [messageOf(said)];
  const chunks = deltas.map((delta) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason: null }],
  }));
  const last = {
    ...base,
    choices: [{ index: 0, delta: {}, finish_reason: finishReason(said) }],
    usage: USAGE,
  };
  return serverSentEvents([
    ...chunks.map((body) => ({ body })),
    { body: last },
    { body: "[DONE]" as const },
  ]);
}

function messageOf(said: Said): object {
  if ("text" in said) return { role: "assistant", content: said.text };
  if ("refusal" in said) return { role: "assistant", content: null, refusal: said.refusal };
  const call = { name: said.tool, arguments: JSON.stringify(said.args) };
  return {
    role: "assistant",
    tool_calls: [{ index: 0, id: "call_1", type: "function", function: call }],
  };
}

function finishReason(said: Said): string {
  if ("text" in said) return "stop";
  return "refusal" in said ? "content_filter" : "tool_calls";
}
