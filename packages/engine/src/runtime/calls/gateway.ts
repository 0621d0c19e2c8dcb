// The HTTP requests that the engine makes for steps (`step.ai.infer`, `step.fetch`), so that no worker is
// held while a model thinks.
//
// Invariants:
//   W1. The request's headers, and its address's query and password, go nowhere but into this request: not
//       into what it comes to, not into its errors.
//   W2. Only http and https are spoken, also after a redirect; another origin gets none of the headers
//       that may be secrets.

import type { AnswerFacts } from "../../core/call-facts.ts";
import { withoutSecrets } from "../../core/gateway-address.ts";
import { STEP_OUTPUT_BYTES_MAX } from "../../core/limits.ts";
import type { MetadataValues } from "../../core/metadata.ts";
import { readModelUsage } from "../../core/model-usage.ts";
import type { GatewayRequest, SerializedError } from "../../core/outcome.ts";
import { parseRetryAfterMs } from "../../core/retry-delay.ts";
import { parseJson } from "../../protocol/json.ts";
import { isRecord } from "../../protocol/record.ts";
import type { Clock } from "../clock.ts";
import { startDeadline } from "./deadline.ts";
import { readBody } from "./read-body.ts";

/** `facts` are absent when no answer came. */
export type GatewayOutcome = (
  | {
      readonly kind: "answered";
      /** The step's data. */
      readonly dataJson: string;
      /** The tokens that a model says it took; null where it says nothing. */
      readonly usage: MetadataValues | null;
    }
  | {
      readonly kind: "failed";
      readonly error: SerializedError;
      readonly mayRetry: boolean;
      readonly retryAfterMs?: number;
    }
) & { readonly facts?: AnswerFacts };

export interface GatewayDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly clock: Clock;
  /** For the whole request, redirects included. */
  readonly timeoutMs: number;
}

/** As browsers follow at most. */
const REDIRECTS_MAX = 20;
const EXCERPT_CHARS_MAX = 500;

/** Statuses after which the same request may do better. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export async function makeRequest(
  request: GatewayRequest,
  { fetch, clock, timeoutMs }: GatewayDeps,
): Promise<GatewayOutcome> {
  const deadline = startDeadline(clock, timeoutMs);
  const { signal } = deadline;
  const nowMs = () => clock.nowMs();
  const sentAtMs = nowMs();
  try {
    const followed = await follow(request, (url, init) => fetch(url, { ...init, signal }));
    if (typeof followed === "string") return failed(request, followed, { mayRetry: false });
    const headersAtMs = nowMs();
    const body = await readBody(followed.response, STEP_OUTPUT_BYTES_MAX);
    const facts = {
      responseStatus: followed.response.status,
      serverMs: Math.max(0, headersAtMs - sentAtMs),
      transferMs: Math.max(0, nowMs() - headersAtMs),
    };
    return { ...readAnswer(request, { ...followed, body, nowMs: nowMs() }), facts };
  } catch (error) {
    const reason = withoutKeys(describeFailure(error, timeoutMs), request);
    return failed(request, `did not answer: ${reason}`, { mayRetry: true });
  } finally {
    deadline.end();
  }
}

type Answer = Followed & { readonly body: string | null; readonly nowMs: number };

function readAnswer(request: GatewayRequest, { body, ...answer }: Answer): GatewayOutcome {
  if (body === null) return failed(request, tooLarge(), { mayRetry: false });
  if (request.shape === "fetch") return readFetched(request, { ...answer, body });
  return readModelAnswer(request, { ...answer, body });
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface Followed {
  readonly url: string;
  readonly response: Response;
}

/** The last answer of a chain of redirects, or what is wrong with the chain. */
async function follow(request: GatewayRequest, fetch: Fetch): Promise<Followed | string> {
  let { url, method, headers, body } = request;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const response = await fetch(url, { method, headers, body, redirect: "manual" });
    const location = response.headers.get("location");
    if (request.shape === "model" || !REDIRECTS.has(response.status) || location === null) {
      return { url, response };
    }
    await response.body?.cancel();
    const next = URL.parse(location, url);
    if (next === null || !/^https?:$/.test(next.protocol)) return "redirects to no http address";
    if (becomesGet(response.status, method)) {
      method = "GET";
      body = null;
      headers = pick(headers, (name) => !name.startsWith("content-"));
    }
    if (next.origin !== new URL(url).origin) headers = pick(headers, (name) => HARMLESS.has(name));
    url = next.href;
  }
  return `redirects more than ${REDIRECTS_MAX} times`;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What another origin may be told; a key may be in any other header. */
const HARMLESS: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "content-type",
  "user-agent",
]);

/** The rules of the fetch standard. */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function pick(
  headers: Readonly<Record<string, string>>,
  isKept: (name: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
}

/** Answers that have no body: the SDK can make no `Response` of one with an empty text. */
const BODILESS_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);
/** They tell of the body as it came, which is decoded by now. */
const ENCODING_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "transfer-encoding",
]);

function readFetched(
  request: GatewayRequest,
  { url, response, body }: Followed & { readonly body: string },
): GatewayOutcome {
  const { status, headers } = response;
  const dataJson = JSON.stringify({
    url: withoutSecrets(url),
    headers: pick(textHeaders(headers), (name) => !ENCODING_HEADERS.has(name)),
    body: BODILESS_STATUSES.has(status) ? null : body,
    status_code: status,
  });
  if (Buffer.byteLength(dataJson) <= STEP_OUTPUT_BYTES_MAX) {
    return { kind: "answered", dataJson, usage: null };
  }
  return failed(request, tooLarge(), { mayRetry: false });
}

/** `set-cookie` alone may come several times. */
function textHeaders(headers: Headers): Record<string, string> {
  const texts: Record<string, string> = {};
  headers.forEach((value, name) => {
    texts[name] = texts[name] === undefined ? value : `${texts[name]}, ${value}`;
  });
  return texts;
}

function readModelAnswer(
  request: GatewayRequest,
  answer: { readonly response: Response; readonly body: string; readonly nowMs: number },
): GatewayOutcome {
  const { response, body, nowMs } = answer;
  const { status, headers } = response;
  const said = withoutKeys(body, request).slice(0, EXCERPT_CHARS_MAX);
  if (!response.ok) {
    const retryAfter = headers.get("retry-after");
    const retryAfterMs = retryAfter === null ? undefined : parseRetryAfterMs(retryAfter, nowMs);
    const mayRetry = status >= 500 || RETRIED_STATUSES.has(status);
    return failed(request, `answered ${status}: ${said}`, {
      mayRetry,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const parsed = parseJson(body);
  if (parsed.ok) {
    const usage = readModelUsage(parsed.value);
    return { kind: "answered", dataJson: JSON.stringify(parsed.value), usage };
  }
  return failed(request, `gave an answer that is no JSON: ${said}`, { mayRetry: true });
}

function failed(
  request: GatewayRequest,
  problem: string,
  retry: { readonly mayRetry: boolean; readonly retryAfterMs?: number },
): GatewayOutcome {
  const name = request.shape === "model" ? "AIGatewayError" : "GatewayError";
  const { host } = new URL(request.url);
  return { kind: "failed", error: { name, message: `${host} ${problem}` }, ...retry };
}

/** Too short to be a key, and so common that its removal would garble the message. */
const KEY_CHARS_MIN = 8;

/** What is said of a request may repeat what was in it. */
function withoutKeys(text: string, { url, headers }: GatewayRequest): string {
  const { search, searchParams, password } = new URL(url);
  const values = Object.entries(headers).flatMap(([name, value]) =>
    HARMLESS.has(name) ? [] : [value, ...value.split(" ")],
  );
  const keys = [url, search, ...searchParams.values(), password, ...values].filter(
    ({ length }) => length >= KEY_CHARS_MIN,
  );
  return keys.reduce((message, key) => message.replaceAll(key, "…"), text);
}

function describeFailure(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `${timeoutMs / 60_000} minutes have passed`;
  }
  return error instanceof Error ? error.message : String(error);
}

function tooLarge(): string {
  return `answered more than ${STEP_OUTPUT_BYTES_MAX} bytes`;
}

/** The tokens of a model's answer with what the engine knows of the request; null where it counted none. */
export function describeUsage(
  { body }: GatewayRequest,
  { usage, facts }: Extract<GatewayOutcome, { kind: "answered" }>,
): MetadataValues | null {
  if (usage === null) return null;
  const asked = parseJson(body ?? "");
  const model = asked.ok && isRecord(asked.value) ? asked.value["model"] : undefined;
  return {
    ...(typeof model === "string" && { request_model: model }),
    ...usage,
    ...(facts && { latency_ms: (facts.serverMs ?? 0) + (facts.transferMs ?? 0) }),
  };
}
