// The HTTP requests that steps leave to the engine: `step.ai.infer` (AIGateway) and `step.fetch` (Gateway).
// Protocol notes, section 1.5.
//
// Invariant:
//   R1. A request that no retry can mend is refused here, as the failure of its step: the function can
//       catch it, as it could catch `fetch` throwing.

import { withoutSecrets } from "../core/gateway-address.ts";
import { REQUEST_BODY_BYTES_MAX } from "../core/limits.ts";
import type { GatewayRequest } from "../core/outcome.ts";
import { isRecord } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

export type GatewayReading =
  | {
      readonly ok: true;
      readonly request: GatewayRequest;
      /** What the trace shows. */
      readonly shown: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly problem: string };

/** `opts` of an AIGateway op. */
export function readModelRequest(opts: Fields): GatewayReading {
  const { url, format, headers, auth_key: authKey, body } = opts;
  const auth = typeof authKey === "string" ? authHeader(String(format), authKey) : {};
  const request = {
    shape: "model",
    url: String(url),
    method: "POST",
    headers: { "content-type": "application/json", ...readHeaders(headers), ...auth },
    body: JSON.stringify(body ?? null),
  } as const;
  return check(request, { url: withoutSecrets(request.url), format, body });
}

/** `opts` of a Gateway op. */
export function readFetchRequest(opts: Fields): GatewayReading {
  const { url, method, headers, body } = opts;
  if (typeof body !== "string" && body !== undefined && body !== null) {
    return refuse("has a body that is no text: send a string, such as JSON or a query string");
  }
  const request = {
    shape: "fetch",
    url: String(url),
    method: typeof method === "string" ? method.toUpperCase() : "GET",
    headers: withoutConnection(readHeaders(headers)),
    body: body ?? null,
  } as const;
  const shown = { url: withoutSecrets(request.url), method: request.method };
  return check(request, request.body === null ? shown : { ...shown, body: request.body });
}

/** Gemini's key is in the URL, Azure's in the headers that the SDK made. */
function authHeader(format: string, authKey: string): Record<string, string> {
  if (authKey === "" || format === "gemini" || format === "azure-openai") return {};
  return format === "anthropic" ? { "x-api-key": authKey } : { authorization: `Bearer ${authKey}` };
}

function check(request: GatewayRequest, shown: Fields): GatewayReading {
  const { url, method, headers, body } = request;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return refuse("has no http address");
  if (!METHODS.has(method)) return refuse(`has the method ${method.slice(0, 20)}`);
  if (body !== null && (method === "GET" || method === "HEAD")) {
    return refuse(`has a body, which ${method} can't have`);
  }
  if (body !== null && Buffer.byteLength(body) > REQUEST_BODY_BYTES_MAX) {
    return refuse(`has a body of more than ${REQUEST_BODY_BYTES_MAX} bytes`);
  }
  const badHeader = Object.entries(headers).find((header) => !isHeader(header));
  if (badHeader)
    return refuse(`has a header that HTTP does not allow: ${badHeader[0].slice(0, 100)}`);
  return { ok: true, request, shown };
}

const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

/** The value stays out of messages: it may be a secret. */
function isHeader(header: [string, string]): boolean {
  try {
    new Headers([header]);
    return true;
  } catch {
    return false;
  }
}

/** Headers of one connection are the engine's to set. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function withoutConnection(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([key]) => !CONNECTION_HEADERS.has(key)),
  );
}

/** In lower case, so that one given twice is one. */
function readHeaders(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter(([, field]) => typeof field === "string");
  return Object.fromEntries(entries.map(([key, field]) => [key.toLowerCase(), String(field)]));
}

function refuse(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}
