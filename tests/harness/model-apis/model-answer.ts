/** What a scripted model says to one call. */
export type ModelAnswer =
  | { readonly text: string }
  | { readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly refusal: string }
  | ModelTrouble;

export interface ModelTrouble {
  /** 401, 429 and 500 in its maker's words; 413 stands for a prompt that is longer than the model can hold. */
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** Not a limit of calls per minute but the plan's, which ends at this moment, in seconds since 1970. */
  readonly planResetsAt?: number;
  /** It begins to answer, and says so in its stream; only of the responses API. */
  readonly isInStream?: boolean;
}

export type Said = Exclude<ModelAnswer, ModelTrouble>;

/** What one API calls things. `asked` is a parsed request, which comes from a real client. */
export interface ModelApi {
  readonly path: string;
  isStreamed(asked: Asked): boolean;
  /** Everything that was said to the model, as text. */
  saidTo(asked: Asked): string;
  toolNames(asked: Asked): readonly string[];
  answer(asked: Asked, said: Said): Response;
  trouble(trouble: ModelTrouble): object;
  troubleInStream?(trouble: ModelTrouble): Response;
}

export interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly AskedTool[];
  readonly messages?: readonly unknown[];
  readonly system?: unknown;
  readonly input?: readonly unknown[];
  readonly instructions?: string;
}

interface AskedTool {
  readonly type?: string;
  readonly name?: string;
  readonly function?: { readonly name: string };
}

export const INPUT_TOKENS = 100;
export const CACHED_TOKENS = 40;
export const OUTPUT_TOKENS = 20;

/** Server-sent events, each with its name where the API gives it one. */
export function serverSentEvents(
  events: readonly { readonly name?: string; readonly body: object | "[DONE]" }[],
): Response {
  const lines = events.map(({ name, body }) => {
    const said = body === "[DONE]" ? body : JSON.stringify(body);
    return `${name === undefined ? "" : `event: ${name}\n`}data: ${said}\n\n`;
  });
  return new Response(lines.join(""), { headers: { "content-type": "text/event-stream" } });
}

/** A long text comes in pieces, as from a model that thinks while it speaks. */
export function piecesOf(text: string): string[] {
  const PIECE_CHARACTERS = 2_000;
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${PIECE_CHARACTERS}}`, "g"));
  return pieces ?? [""];
}
