// One POST to a person's own address. Nothing of the address but its origin is ever said: hooks carry their
// key in the path, and error messages end in logs.

import { RetryAfterError } from "inngest";
import { oneLine } from "../../../notes/plain-text.ts";
import { WorkerError } from "../../../worker-error.ts";

export interface Post {
  /** In words, such as "the webhook". */
  readonly what: string;
  /** The settings that it comes from. */
  readonly setting: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly fetch: typeof fetch;
}

const ANSWER_MAX_MS = 10_000;
const RETRY_AFTER_MAX_S = 3_600;
const ANSWER_CHARS_MAX = 200;
const ANSWER_BYTES_MAX = 4_096;

/** Redirects are not followed: token and message are meant for this address alone. */
export async function post({ what, setting, url, headers, body, fetch }: Post): Promise<string> {
  const place = `${what} at ${new URL(url).origin}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
  } catch (error) {
    // The error itself stays here: it holds the whole address.
    throw new WorkerError("NOTIFY_FAILED", `${place} can't be reached: ${reasonOf(error)}`);
  }
  const said = await readStart(response);
  const { status } = response;
  if (status >= 200 && status < 300) return `${place} has taken it (${status})`;
  if (status >= 300 && status < 400) {
    const words = `${place} redirects (${status}), which is not followed: put the final address into ${setting}`;
    throw new WorkerError("NOTIFY_REFUSED", words);
  }
  const answer = `${place} answers ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 429 || status === 503) throw tooMuch(answer, response);
  if (status >= 500 || status === 408 || status === 425) {
    throw new WorkerError("NOTIFY_FAILED", answer);
  }
  throw new WorkerError("NOTIFY_REFUSED", `${answer}; check ${setting}`);
}

function tooMuch(answer: string, { headers }: Response): Error {
  const seconds = Number(headers.get("retry-after"));
  if (!Number.isFinite(seconds) || seconds <= 0) return new WorkerError("NOTIFY_FAILED", answer);
  return new RetryAfterError(answer, Math.min(seconds, RETRY_AFTER_MAX_S) * 1_000);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no answer within ${ANSWER_MAX_MS / 1_000} s`;
  }
  return error instanceof Error && "code" in error ? String(error.code) : "the connection failed";
}

/** A few words of an answer, and no more of it than a few kilobytes. */
async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let byteCount = 0;
  try {
    while (byteCount < ANSWER_BYTES_MAX) {
      const { value, done } = await reader.read();
      if (done) break;
      byteCount += value.length;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The status is what counts.
  }
  await reader.cancel().catch(() => undefined);
  return oneLine(text).slice(0, ANSWER_CHARS_MAX);
}
