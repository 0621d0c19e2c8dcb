// A model behind OpenAI's chat completions API that answers what a test tells it to. It understands what
// real clients send: pi streams and calls tools, the engine wants the answer whole.

import type { Server } from "bun";

export type ModelAnswer =
  | { readonly text: string }
  | { readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly status: number };

export interface SeenCall {
  readonly authorization: string | null;
  readonly isStreamed: boolean;
  /** Everything that was said to the model, as text. */
  readonly asked: string;
}

/** As far as it is read. */
interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly unknown[];
}

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export class ModelServer implements AsyncDisposable {
  readonly #server: Server<undefined>;
  readonly #answers: ModelAnswer[] = [];
  readonly #calls: SeenCall[] = [];
  #gate: PromiseWithResolvers<void> | null = null;

  constructor() {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  /** Up to and with its version, as SUMMARY_MODEL_URL wants it. */
  get url(): string {
    return `${this.#server.url.origin}/v1`;
  }

  get calls(): readonly SeenCall[] {
    return this.#calls;
  }

  /** The next answers, in their order; the last one is given again and again. */
  willAnswer(...answers: readonly ModelAnswer[]): void {
    this.#answers.splice(0, this.#answers.length, ...answers);
  }

  /** From now on it thinks until it is let go. */
  hold(): void {
    this.#gate = Promise.withResolvers();
  }

  letGo(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.letGo();
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    if (!new URL(request.url).pathname.endsWith("/chat/completions")) {
      return new Response("not found", { status: 404 });
    }
    // Its clients are real ones; what they send is no test's subject.
    const asked = (await request.json()) as ChatRequest;
    this.#calls.push({
      authorization: request.headers.get("authorization"),
      isStreamed: asked.stream === true,
      asked: JSON.stringify(asked.messages),
    });
    await this.#gate?.promise;
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (!answer || "status" in answer) {
      const error = { message: "the model is unwell", type: "server_error" };
      return Response.json({ error }, { status: answer?.status ?? 500 });
    }
    return asked.stream ? streamed(asked, answer) : whole(asked, answer);
  }
}

type Said = Exclude<ModelAnswer, { readonly status: number }>;

function whole({ model }: ChatRequest, answer: Said): Response {
  const message = "text" in answer ? { role: "assistant", content: answer.text } : toolCall(answer);
  return Response.json({
    ...{ id: "chatcmpl-1", object: "chat.completion", created: 1, model, usage: USAGE },
    choices: [{ index: 0, message, finish_reason: finishReason(answer) }],
  });
}

function streamed({ model }: ChatRequest, answer: Said): Response {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const delta = "text" in answer ? { role: "assistant", content: answer.text } : toolCall(answer);
  const chunks = [
    { ...base, choices: [{ index: 0, delta, finish_reason: null }] },
    {
      ...base,
      choices: [{ index: 0, delta: {}, finish_reason: finishReason(answer) }],
      usage: USAGE,
    },
  ].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  return new Response(`${chunks.join("")}data: [DONE]\n\n`, {
    headers: { "content-type": "text/event-stream" },
  });
}

function toolCall({ tool, args }: Extract<Said, { readonly tool: string }>): object {
  const call = { name: tool, arguments: JSON.stringify(args) };
  return {
    role: "assistant",
    tool_calls: [{ index: 0, id: "call_1", type: "function", function: call }],
  };
}

function finishReason(answer: Said): string {
  return "text" in answer ? "stop" : "tool_calls";
}
