import type { AnswerFacts } from "../../core/call-facts.ts";
import type { CallAnswer } from "../../core/outcome.ts";
import { type CallResponse, readCallAnswer, unwrapAnswer } from "../../protocol/call-response.ts";
import { signBody, verifySignature } from "../../protocol/signature.ts";
import type { Clock } from "../clock.ts";
import { startDeadline } from "./deadline.ts";

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
      /** Absent when the time for it ran out. */
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

/** Calls the SDK: signs what goes out, checks who signed what comes back. Protocol notes, 1.3, 1.8. */
export class SdkCaller {
  readonly #options: SdkCallerOptions;

  constructor(options: SdkCallerOptions) {
    this.#options = options;
  }

  async call(request: SdkRequest): Promise<CallResult> {
    const { fetch, clock, timeoutMs } = this.#options;
    const nowMs = () => clock.nowMs();
    const deadline = startDeadline(clock, timeoutMs);
    const sentAtMs = nowMs();
    try {
      const response = await fetch(request.url, {
        method: "POST",
        headers: this.#headers(request),
        body: request.bodyJson,
        redirect: "manual",
        signal: deadline.signal,
      });
      const headersAtMs = nowMs();
      const body = await response.text();
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

  #headers({ headers, bodyJson }: SdkRequest): Record<string, string> {
    const { signingKeys, clock } = this.#options;
    const base = { "content-type": "application/json", ...headers };
    const [key] = signingKeys;
    if (key === undefined) return base;
    const nowSeconds = Math.floor(clock.nowMs() / 1_000);
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

function unsigned(): CallAnswer {
  const problem =
    "The answer's signature is missing or wrong. Give engine and worker the same signing key, and check their clocks.";
  return { outcome: { kind: "malformed", problem } };
}
