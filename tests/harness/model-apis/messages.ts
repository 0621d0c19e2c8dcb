// Anthropic's messages: what claude speaks.

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

/** Anthropic counts what came from the cache beside the rest, not in it. */
const USAGE = {
  input_tokens: INPUT_TOKENS - CACHED_TOKENS,
  cache_read_input_tokens: CACHED_TOKENS,
  cache_creation_input_tokens: 0,
};

export const messages: ModelApi = {
  path: "/messages",
  isStreamed: ({ stream }) => stream === true,
  saidTo: (asked) => JSON.stringify([asked.system, asked.messages]),
  toolNames: ({ tools = [] }) => tools.map(({ name }) => name ?? ""),
  answer: (asked, said) => (asked.stream ? streamed(asked, said) : whole(asked, said)),
  trouble,
};

let callCount = 0;

function begun({ model }: Asked): object {
  callCount += 1;
  return {
    ...{ id: `msg_${callCount}`, type: "message", role: "assistant", model, content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage: { ...USAGE, output_tokens: 1 } },
  };
}

function whole(asked: Asked, said: Said): Response {
  return Response.json({
    ...begun(asked),
    content: [blockOf(said)],
    stop_reason: stopReason(said),
    usage: { ...USAGE, output_tokens: OUTPUT_TOKENS },
  });
}

function streamed(asked: Asked, said: Said): Response {
  const block = blockOf(said);
  const isTool = "tool" in said;
  const empty = isTool ? { ...block, input: {} } : { ...block, text: "" };
  const deltas = isTool
    ? [{ type: "input_json_delta", partial_json: JSON.stringify(said.args) }]
    : piecesOf(textOf(said)).map((text) => ({ type: "text_delta", text }));
  const events: readonly (readonly [string, object])[] = [
    ["message_start", { message: begun(asked) }],
    ["content_block_start", { index: 0, content_block: empty }],
    ...deltas.map((delta) => ["content_block_delta", { index: 0, delta }] as const),
    ["content_block_stop", { index: 0 }],
    [
      "message_delta",
      {
        delta: { stop_reason: stopReason(said), stop_sequence: null },
        usage: { ...USAGE, output_tokens: OUTPUT_TOKENS },
      },
    ],
    ["message_stop", {}],
  ];
  return serverSentEvents(
    events.map(([type, fields]) => ({ name: type, body: { type, ...fields } })),
  );
}

function blockOf(said: Said): object {
  if (!("tool" in said)) return { type: "text", text: textOf(said) };
  return { type: "tool_use", id: `toolu_${callCount}`, name: said.tool, input: said.args };
}

function textOf(said: Exclude<Said, { readonly tool: string }>): string {
  return "text" in said ? said.text : said.refusal;
}

function stopReason(said: Said): string {
  if ("text" in said) return "end_turn";
  return "refusal" in said ? "refusal" : "tool_use";
}

const TROUBLES: Readonly<Record<number, readonly [type: string, message: string]>> = {
  401: ["authentication_error", "invalid x-api-key"],
  413: ["invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"],
  429: [
    "rate_limit_error",
    "This request would exceed your account's rate limit. Please try again later.",
  ],
  529: ["overloaded_error", "Overloaded"],
};

function trouble({ status }: ModelTrouble): object {
  const [type, message] = TROUBLES[status] ?? ["api_error", "the model is unwell"];
  return { type: "error", error: { type, message } };
}
