// `step.ai.infer`: the engine makes the request to the model, so that no worker is held while the model
// thinks. Its keys go nowhere but into this request.

import type { GatewayRequest, SerializedError } from "../../core/outcome.ts";
import { parseRetryAfterMs } from "../../core/retry-delay.ts";

export type GatewayOutcome =
  | { readonly kind: "answered"; readonly bodyJson: string }
  | {
      readonly kind: "failed";
      readonly error: SerializedError;
      readonly mayRetry: boolean;
      readonly retryAfterMs?: number;
    };

export interface GatewayDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly nowMs: () => number;
  readonly timeoutMs: number;
}

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const EXCERPT_CHARS_MAX = 500;

/** Statuses after which the same request may do better. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export async function requestModel(
  request: GatewayRequest,
  { fetch, nowMs, timeoutMs }: GatewayDeps,
): Promise<GatewayOutcome> {
  try {
    const response = await fetch(request.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...request.headers, ...authHeader(request) },
      body: JSON.stringify(request.body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return readAnswer(response, await response.text(), nowMs());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const { host } = new URL(request.url);
    return {
      kind: "failed",
      mayRetry: true,
      error: gatewayError(`${host} did not answer: ${reason}`),
    };
  }
}

/** Gemini's key is in the URL that the SDK made. */
function authHeader({ format, authKey }: GatewayRequest): Record<string, string> {
  if (authKey === "" || format === "gemini") return {};
  return format === "anthropic" ? { "x-api-key": authKey } : { authorization: `Bearer ${authKey}` };
}

function readAnswer({ status, headers }: Response, body: string, nowMs: number): GatewayOutcome {
  if (status >= 200 && status < 300) return readSuccess(body);
  const retryAfter = headers.get("retry-after");
  const retryAfterMs = retryAfter === null ? undefined : parseRetryAfterMs(retryAfter, nowMs);
  return {
    kind: "failed",
    error: gatewayError(`The model answered ${status}: ${body.slice(0, EXCERPT_CHARS_MAX)}`),
    mayRetry: status >= 500 || RETRIED_STATUSES.has(status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function readSuccess(body: string): GatewayOutcome {
  if (body.length > ANSWER_BYTES_MAX) {
    const error = gatewayError(`The model's answer has more than ${ANSWER_BYTES_MAX} bytes`);
    return { kind: "failed", mayRetry: false, error };
  }
  try {
    return { kind: "answered", bodyJson: JSON.stringify(JSON.parse(body)) };
  } catch {
    const error = gatewayError(
      `The model's answer is no JSON: ${body.slice(0, EXCERPT_CHARS_MAX)}`,
    );
    return { kind: "failed", mayRetry: true, error };
  }
}

function gatewayError(message: string): SerializedError {
  return { name: "AIGatewayError", message };
}
