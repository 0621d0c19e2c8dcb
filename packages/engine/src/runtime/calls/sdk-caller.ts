import type { AnswerFacts } from "../../core/call-facts.ts";
import type { CallAnswer } from "../../core/outcome.ts";
import { type CallResponse, readCallAnswer, unwrapAnswer } from "../../protocol/call-response.ts";
import { signBody, verifySignature } from "../../protocol/signature.ts";
import type { Clock } from "../clock.ts";
import { startDeadline } from "./deadline.ts";
import { readBody } from "./read-body.ts";

export interface SdkRequest {
  readonly url: string;
  readonly bodyJson: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `no-answer` is no fault of the function: the app refused the connection, or it broke before the
 * answer had come. See docs/decisions/0006.
 */
export type CallResult =
  | {
      readonly kind: "answered";
      readonly answer: CallAnswer;
      /** Absent when the time for it ran out, or it was too large. */
      readonly facts?: AnswerFacts;
    }
  | { readonly kind: "no-answer"; readonly reason: string };

export interface SdkCallerOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly clock: Clock;
  /** The key that signs calls and, second, its fallback. Empty: calls go out unsigned. */
  readonly signingKeys: readonly string[];
  /** The longest that a call may take; Inngest's limit for HTTP is two hours. */
  readonly timeoutMs: number;
}

/** An answer may hold several steps of 4 MB each, as a checkpoint may. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** Calls the SDK: signs what goes out, checks who signed what comes back. Protocol notes, 1.3, 1.8. */
export class SdkCaller {
  readonly #options: SdkCallerOptions;

  constructor(options: SdkCallerOptions) {
    this.#options = options;
  }

  async call(request: SdkRequest): Promise<CallResult> {
    const { clock, timeoutMs } = this.#options;
    const nowMs = () => clock.nowMs();
    const deadline = startDeadline(clock, timeoutMs);
    const sentAtMs = nowMs();
    try {
      const response = await this.#ask(request, deadline.signal);
      const headersAtMs = nowMs();
      const body = await readBody(response, ANSWER_BYTES_MAX);
      if (body === null) return { kind: "answered", answer: tooLarge() };
      const receivedAtMs = nowMs();
      const { status, headers } = response;
      const unwrapped = unwrapAnswer({ status, headers, body, nowMs: receivedAtMs });
      const facts = {
        // A streamed answer has its status inside.
        responseStatus: unwrapped?.status ?? status,
        serverMs: Math.max(0, headersAtMs - sentAtMs),
        transferMs: Math.max(0, receivedAtMs - headersAtMs),
      };
      return { kind: "answered", answer: this.#read(unwrapped), facts };
    } catch (error) {
      if (isTimeout(error)) return { kind: "answered", answer: timedOut(timeoutMs) };
      return { kind: "no-answer", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      deadline.end();
    }
  }

  /** An app that refuses the key may know the fallback: its key has not been changed yet. */
  async #ask(request: SdkRequest, signal: AbortSignal): Promise<Response> {
    const [key, fallbackKey] = this.#options.signingKeys;
    const response = await this.#post(request, key, signal);
    if (response.status !== 401 || fallbackKey === undefined) return response;
    await response.body?.cancel();
    return this.#post(request, fallbackKey, signal);
  }

  /** Never follows a redirect: an app is called where it has registered, and nowhere else. */
  #post(request: SdkRequest, key: string | undefined, signal: AbortSignal): Promise<Response> {
    return this.#options.fetch(request.url, {
      method: "POST",
      headers: this.#headers(request, key),
      body: request.bodyJson,
      redirect: "manual",
      signal,
    });
  }

  #read(response: CallResponse | null): CallAnswer {
    if (response && !this.#isFromOurApp(response)) return unsigned();
    return readCallAnswer(response);
  }

  /** An answer that is no SDK's is left to `readCallAnswer`, which says so. */
  #isFromOurApp({ headers, body }: CallResponse): boolean {
    const { signingKeys, clock } = this.#options;
    if (signingKeys.length === 0 || !headers.has("x-inngest-sdk")) return true;
    const header = headers.get("x-inngest-signature");
    const nowSeconds = Math.floor(clock.nowMs() / 1_000);
    return verifySignature({ keys: signingKeys, header, body, nowSeconds }) === "valid";
  }

  #headers({ headers, bodyJson }: SdkRequest, key: string | undefined): Record<string, string> {
    const base = { "content-type": "application/json", ...headers };
    if (key === undefined) return base;
    const nowSeconds = Math.floor(this.#options.clock.nowMs() / 1_000);
    const signature = signBody(key, JSON.parse(bodyJson), nowSeconds);
    return { ...base, "x-inngest-signature": signature };
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

function timedOut(timeoutMs: number): CallAnswer {
  const problem = `the app did not answer within ${timeoutMs / 60_000} minutes`;
  return { outcome: { kind: "malformed", problem } };
}

function tooLarge(): CallAnswer {
  const message = `The worker answered with more than ${ANSWER_BYTES_MAX} bytes. Write the data to a file and return a reference.`;
  const error = { name: "OutputTooLargeError", message };
  return { outcome: { kind: "failed", error, mayRetry: false } };
}

function unsigned(): CallAnswer {
  const problem =
    "The answer's signature is missing or wrong. Give engine and worker the same signing key, and check their clocks.";
  return { outcome: { kind: "malformed", problem } };
}
