// Reads an SDK's answer to a call: protocol notes, sections 1.4 and 1.5.

import { STEP_OUTPUT_BYTES_MAX } from "../core/limits.ts";
import type { CallAnswer, CallOutcome, SerializedError } from "../core/outcome.ts";
import { parseRetryAfterMs } from "../core/retry-delay.ts";
import { parseJson } from "./json.ts";
import { isRecord } from "./record.ts";
import { excerpt, readSerializedError } from "./serialized-error.ts";
import { readStepOps } from "./step-op.ts";

export interface CallResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The text as it came. Its signature, where there is one, has been checked. */
  readonly body: string;
  /** A `retry-after` may name a date. */
  readonly nowMs: number;
}

/**
 * The answer itself: a worker that streams wraps it, status, headers, signature and all. Null when the
 * stream ended before it.
 */
export function unwrapAnswer(response: CallResponse): CallResponse | null {
  return response.status === 201 ? unwrapStream(response) : response;
}

/** The outcome of a call and the protocol version that the SDK spoke, from what `unwrapAnswer` gave. */
export function readCallAnswer(response: CallResponse | null): CallAnswer {
  if (response === null) return { outcome: malformed(STREAM_PROBLEM) };
  const outcome = readCallOutcome(response);
  const requestVersion = readRequestVersion(response.headers);
  return requestVersion === null ? { outcome } : { outcome, requestVersion };
}

export function readCallOutcome(response: CallResponse): CallOutcome {
  const { status, headers } = response;
  if (!headers.has("x-inngest-sdk")) return malformed(describeStranger(response));
  if (status === 206) return readOpsAnswer(response);
  if (status === 200) return readResult(response);
  if (status >= 400) return readFailure(response);
  return malformed(`The worker answered ${status}, which is no answer to a call.`);
}

const STREAM_PROBLEM =
  "The worker's streamed answer ended before its result. Did the worker stop in the middle?";

/** A streaming worker sends spaces while it works, then the real answer as one JSON object. */
function unwrapStream({ headers, body, nowMs }: CallResponse): CallResponse | null {
  const wrapped = parseJson(body);
  if (!wrapped.ok || !isRecord(wrapped.value)) return null;
  const { status, headers: inner, body: innerBody } = wrapped.value;
  if (typeof status !== "number") return null;
  const merged = new Headers(headers);
  for (const [name, value] of Object.entries(isRecord(inner) ? inner : {})) {
    if (typeof value === "string") merged.set(name, value);
  }
  const text = typeof innerBody === "string" ? innerBody : JSON.stringify(innerBody ?? null);
  return { status, headers: merged, body: text, nowMs };
}

function readOpsAnswer({ headers, body, nowMs }: CallResponse): CallOutcome {
  const parsed = parseJson(body === "" ? "[]" : body);
  if (!parsed.ok) return malformed(`The worker's steps are ${parsed.problem}: ${excerpt(body)}`);
  const reading = readStepOps(parsed.value, { mayRetry: mayRetry(headers) });
  if (!reading.ok) return malformed(`The worker's steps can't be read. ${reading.problem}`);
  return { kind: "ops", ops: reading.ops, ...readRetryAfter(headers, nowMs) };
}

function readResult({ body }: CallResponse): CallOutcome {
  if (Buffer.byteLength(body) > STEP_OUTPUT_BYTES_MAX) {
    return { kind: "failed", error: outputTooLarge(), mayRetry: false };
  }
  const parsed = parseJson(body === "" ? "null" : body);
  if (!parsed.ok) return malformed(`The worker's result is ${parsed.problem}: ${excerpt(body)}`);
  return { kind: "finished", output: parsed.value };
}

function readFailure({ status, headers, body, nowMs }: CallResponse): CallOutcome {
  const parsed = parseJson(body);
  const error = readSerializedError(parsed.ok ? parsed.value : `${status}: ${excerpt(body)}`);
  return {
    kind: "failed",
    error,
    mayRetry: mayRetry(headers),
    ...readRetryAfter(headers, nowMs),
  };
}

/** Who answered, when it was no SDK, and what a person can do about it. */
function describeStranger({ status, headers, body }: CallResponse): string {
  // The SDK takes its name off an answer to a call that it couldn't authenticate, but for this header.
  if (status === 401 && headers.has("x-inngest-sdk-handled")) {
    return "The worker refused the call's signature (401). Give engine and worker the same signing key, and check their clocks.";
  }
  const said = body === "" ? "nothing else" : excerpt(body);
  return `An Inngest SDK didn't answer there: status ${status} without x-inngest-sdk, saying: ${said}. Check the app's address.`;
}

function readRequestVersion(headers: Headers): number | null {
  const text = headers.get("x-inngest-req-version") ?? "";
  return /^\d{1,3}$/.test(text) ? Number(text) : null;
}

function readRetryAfter(headers: Headers, nowMs: number): { retryAfterMs?: number } {
  const header = headers.get("retry-after");
  const retryAfterMs = header === null ? undefined : parseRetryAfterMs(header, nowMs);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** `x-inngest-no-retry: false` says that a retry may help, and so does its absence. */
function mayRetry(headers: Headers): boolean {
  return headers.get("x-inngest-no-retry") !== "true";
}

function outputTooLarge(): SerializedError {
  return {
    name: "OutputTooLargeError",
    message: `The function returned more than ${STEP_OUTPUT_BYTES_MAX} bytes. Write the data to a file and return a reference.`,
  };
}

function malformed(problem: string): CallOutcome {
  return { kind: "malformed", problem };
}
