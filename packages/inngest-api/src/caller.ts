import { z } from "zod";
import { type Asked, readAnswerError, readNoAnswer, readUnknownAnswer } from "./answer-error.ts";
import { InngestApiError } from "./inngest-api-error.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface CallerOptions {
  readonly baseUrl: string;
  readonly signingKey: string | undefined;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

interface ApiRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The path as it may be shown; given where the real one holds a key. */
  readonly shownPath?: string;
  /** Named where not every server has the route. */
  readonly feature?: string;
  readonly query?: QueryValues;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export type QueryValues = Record<string, string | number | boolean | readonly string[] | undefined>;

export type Call = <T>(request: ApiRequest, answer: z.ZodType<T>) => Promise<T>;

/**
 * One request, one parsed answer, or one `InngestApiError`. A caller's own abort is passed on as it
 * is: it is no failure of the server. Redirects are not followed, so that the signing key reaches
 * nobody but the base URL.
 */
export function createCaller(options: CallerOptions): Call {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  return async (request, answer) => {
    const asked: Asked = {
      baseUrl,
      method: request.method,
      path: request.shownPath ?? request.path,
      feature: request.feature,
    };
    const { response, text } = await exchange(options, request, asked);
    if (response.status >= 300 && response.status < 400) throw redirectError(asked, response);
    if (!response.ok) throw readAnswerError(asked, response.status, text);
    return parseAnswer(asked, text, answer);
  };
}

async function exchange(
  options: CallerOptions,
  request: ApiRequest,
  asked: Asked,
): Promise<{ response: Response; text: string }> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.signingKey) headers.authorization = `Bearer ${options.signingKey}`;
  if (request.body !== undefined) headers["content-type"] = "application/json";
  try {
    const url = `${asked.baseUrl}${request.path}${queryString(request.query)}`;
    const response = await options.fetch(url, {
      method: request.method,
      headers,
      redirect: "manual",
      signal,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    throw readNoAnswer(asked, cause, options.timeoutMs);
  }
}

function parseAnswer<T>(asked: Asked, text: string, answer: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw readUnknownAnswer(asked, "the body is not JSON");
  }
  const parsed = answer.safeParse(body);
  if (!parsed.success) throw readUnknownAnswer(asked, z.prettifyError(parsed.error));
  return parsed.data;
}

function redirectError(asked: Asked, response: Response): InngestApiError {
  const target = response.headers.get("location") ?? "another address";
  return new InngestApiError(
    "server",
    `${asked.method} ${asked.path} at ${asked.baseUrl} answered with a redirect to ${target}`,
    { fix: "Set INNGEST_BASE_URL to the engine's own address." },
  );
}

function queryString(query: QueryValues | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    const values = typeof value === "object" ? value : [String(value)];
    for (const one of values) parameters.append(name, one);
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
