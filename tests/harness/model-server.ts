// A model behind the three APIs that agents speak, which answers what a test tells it to. It understands
// what real clients send: they stream and call tools, the engine wants the answer whole.

import type { Server } from "bun";
import { chatCompletions } from "./model-apis/chat-completions.ts";
import { messages } from "./model-apis/messages.ts";
import type { Asked, ModelAnswer, ModelApi, ModelTrouble } from "./model-apis/model-answer.ts";
import { responses } from "./model-apis/responses.ts";

const APIS: readonly ModelApi[] = [chatCompletions, messages, responses];

/** How each of the three hands back what a tool gave. */
const TOOL_RESULT = /"role":"tool"|"type":"tool_result"|"type":"function_call_output"/;

export interface SeenCall {
  readonly authorization: string | null;
  readonly isStreamed: boolean;
  /** Everything that was said to the model, as text. */
  readonly asked: string;
  /** The tools that it was offered. */
  readonly tools: readonly string[];
  /** It goes on after a tool that it had called. */
  readonly hasToolResult: boolean;
}

export class ModelServer implements AsyncDisposable {
  readonly #server: Server<undefined>;
  readonly #answers: ModelAnswer[] = [];
  readonly #calls: SeenCall[] = [];
  #decide: ((call: SeenCall) => ModelAnswer) | null = null;
  #gate: (PromiseWithResolvers<void> & { readonly fromCall: number }) | null = null;

  constructor() {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  /** Up to and with its version, as OpenAI's clients and SUMMARY_MODEL_URL want it. */
  get url(): string {
    return `${this.origin}/v1`;
  }

  /** Without it, as Anthropic's clients want it. */
  get origin(): string {
    return this.#server.url.origin;
  }

  get calls(): readonly SeenCall[] {
    return this.#calls;
  }

  /** The next answers, in their order; the last one is given again and again. */
  willAnswer(...answers: readonly ModelAnswer[]): void {
    this.#answers.splice(0, this.#answers.length, ...answers);
  }

  /** Each answer is made from what was asked. */
  answersBy(decide: (call: SeenCall) => ModelAnswer): void {
    this.#decide = decide;
  }

  /** It thinks until it is let go, from now on or from its nth call on. */
  hold(fromCall = 1): void {
    this.#gate = { ...Promise.withResolvers<void>(), fromCall };
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
    const { pathname } = new URL(request.url);
    const api = APIS.find(({ path }) => pathname.endsWith(path));
    if (!api) return new Response("not found", { status: 404 });
    // Its clients are real ones; what they send is no test's subject.
    const asked = (await request.json()) as Asked;
    const said = api.saidTo(asked);
    const call: SeenCall = {
      authorization: request.headers.get("authorization") ?? request.headers.get("x-api-key"),
      isStreamed: api.isStreamed(asked),
      asked: said,
      tools: api.toolNames(asked),
      hasToolResult: TOOL_RESULT.test(said),
    };
    this.#calls.push(call);
    if (this.#gate && this.#calls.length >= this.#gate.fromCall) await this.#gate.promise;
    const answer = this.#decide?.(call) ??
      (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? {
        status: 500,
      };
    return "status" in answer ? refuse(api, answer) : api.answer(asked, answer);
  }
}

function refuse(api: ModelApi, trouble: ModelTrouble): Response {
  const { status, retryAfterSeconds } = trouble;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return Response.json(api.trouble(trouble), {
    // All three say 400 to a prompt that is too long.
    status: status === 413 ? 400 : status,
    headers,
  });
}
