// OpenAI's responses: what codex speaks. It always streams.

import {
  type Asked,
  CACHED_TOKENS,
  INPUT_TOKENS,
  type ModelApi,
  type ModelTrouble,
  OUTPUT_TOKENS,
  piecesOf,
  type Said,
  serverSentEvents,
} from "./model-answer.ts";
import { openAiTrouble } from "./openai-trouble.ts";

const USAGE = {
  input_tokens: INPUT_TOKENS,
  input_tokens_details: { cached_tokens: CACHED_TOKENS },
  output_tokens: OUTPUT_TOKENS,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
};

export const responses: ModelApi = {
  path: "/responses",
  isStreamed: ({ stream }) => stream === true,
  saidTo: ({ instructions, input }) => JSON.stringify([instructions, input]),
  toolNames: ({ tools = [] }) => tools.map(({ name, type }) => name ?? type ?? ""),
  answer,
  trouble: openAiTrouble,
  troubleInStream,
};

type ServerEvent = readonly [type: string, fields: object];

function answer({ model }: Asked, said: Said): Response {
  const response = { id: "resp_1", object: "response", created_at: 1, model, output: [] };
  const events: readonly ServerEvent[] = [
    ["response.created", { response: { ...response, status: "in_progress" } }],
    ...("refusal" in said ? [refused(response)] : spoken(response, said)),
  ];
  return serverSentEvents(
    events.map(([type, fields], index) => ({
      name: type,
      body: { type, sequence_number: index, ...fields },
    })),
  );
}

function troubleInStream(trouble: ModelTrouble): Response {
  const response = { id: "resp_1", object: "response", created_at: 1, output: [] };
  const events: readonly ServerEvent[] = [
    ["response.created", { response: { ...response, status: "in_progress" } }],
    ["response.failed", { response: { ...response, status: "failed", ...openAiTrouble(trouble) } }],
  ];
  return serverSentEvents(
    events.map(([type, fields]) => ({ name: type, body: { type, ...fields } })),
  );
}

function refused(response: object): ServerEvent {
  const why = { status: "incomplete", incomplete_details: { reason: "content_filter" } };
  return ["response.incomplete", { response: { ...response, ...why, usage: USAGE } }];
}

function spoken(
  response: object,
  said: Exclude<Said, { readonly refusal: string }>,
): readonly ServerEvent[] {
  const item = itemOf(said);
  const place = { item_id: "item_1", output_index: 0, content_index: 0 };
  const deltas = "text" in said ? piecesOf(said.text) : [];
  return [
    [
      "response.output_item.added",
      { output_index: 0, item: { ...item, status: "in_progress", content: [] } },
    ],
    ...deltas.map((delta) => ["response.output_text.delta", { ...place, delta }] as const),
    ["response.output_item.done", { output_index: 0, item }],
    [
      "response.completed",
      { response: { ...response, status: "completed", output: [item], usage: USAGE } },
    ],
  ];
}

function itemOf(said: Exclude<Said, { readonly refusal: string }>): object {
  if ("tool" in said) {
    return {
      ...{ type: "function_call", id: "item_1", call_id: "call_1", status: "completed" },
      ...{ name: said.tool, arguments: JSON.stringify(said.args) },
    };
  }
  return {
    ...{ type: "message", id: "item_1", role: "assistant", status: "completed" },
    content: [{ type: "output_text", text: said.text, annotations: [] }],
  };
}
