// One request to an OTLP receiver: https://opentelemetry.io/docs/specs/otlp/#otlphttp. The headers, which
// may hold a key, go nowhere but into it.

import { parseRetryAfterMs } from "../../core/retry-delay.ts";
import { readOtlpAnswer } from "../../protocol/otlp/otlp-request.ts";

export interface OtlpReceiver {
  /** The address for traces, with its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
}

export interface OtlpSenderDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly nowMs: () => number;
}

/** `refused` is for good: the same request would be refused again. */
export type SendOutcome =
  | { readonly kind: "taken"; readonly rejectedCount: number; readonly message: string }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAfterMs?: number };

/** The only statuses after which the specification lets a request be repeated. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const EXCERPT_CHARS_MAX = 200;
/** An answer says little; one without an end is not read to its end. */
const ANSWER_BYTES_MAX = 64 * 1_024;

export async function sendTraces(
  bodyJson: string,
  receiver: OtlpReceiver,
  { fetch, nowMs, signal }: OtlpSenderDeps & { readonly signal: AbortSignal },
): Promise<SendOutcome> {
  const { url, headers, timeoutMs, isCompressed } = receiver;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": "application/json",
        ...(isCompressed && { "content-encoding": "gzip" }),
      },
      body: isCompressed ? Bun.gzipSync(bodyJson) : bodyJson,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return readAnswer(response, await readStart(response), nowMs());
  } catch (error) {
    return { kind: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function readAnswer({ status, headers }: Response, body: string, nowMs: number): SendOutcome {
  if (status >= 200 && status < 300) return { kind: "taken", ...readOtlpAnswer(body) };
  const message = body.slice(0, EXCERPT_CHARS_MAX);
  if (!RETRIED_STATUSES.has(status)) return { kind: "refused", status, message };
  const header = headers.get("retry-after");
  const retryAfterMs = header === null ? undefined : parseRetryAfterMs(header, nowMs);
  return {
    kind: "unavailable",
    reason: `status ${status}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

async function readStart({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early closes the stream.
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString();
}
