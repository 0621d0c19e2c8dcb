import { z } from "zod";
import { InngestApiError, type InngestApiErrorCode } from "./inngest-api-error.ts";

/** What was asked, in words that may be shown: the path holds no key. */
export interface Asked {
  readonly baseUrl: string;
  readonly method: string;
  readonly path: string;
  /** What a server without this route has not, in words; undefined where every server has it. */
  readonly feature?: string | undefined;
}

const V2ErrorSchema = z.object({
  errors: z.array(z.object({ message: z.string() })).min(1),
});
const V1ErrorSchema = z.object({ error: z.string().min(1) });

const SERVER_TEXT_MAX = 300;

const FIXES = {
  unreachable:
    "Start an engine with `igs dev` or `igs start`, or set INNGEST_BASE_URL to where yours listens.",
  unauthorized:
    "Set INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY to the keys that the engine was started with.",
  "not-found": "Check the id: `igs runs`, `igs events` and `igs functions` list what there is.",
  unsupported:
    "The embedded engine has it, and Inngest's own servers in part: `docs/compatibility.md` says which.",
  invalid: "Correct what was sent and try again.",
  server: "Look at the engine's own output, then try again.",
} as const satisfies Record<InngestApiErrorCode, string>;

/** An answer with a status other than 2xx. */
export function readAnswerError(asked: Asked, status: number, body: string): InngestApiError {
  const reason = readReason(body);
  const code = isMissing(asked, status, reason) ? "unsupported" : codeOf(status);
  if (code === "unsupported") {
    const message = `The server at ${asked.baseUrl} has no ${asked.feature} (${asked.method} ${asked.path} answered ${status}).`;
    return new InngestApiError(code, message, { fix: FIXES[code] });
  }
  const fact = `${asked.method} ${asked.path} at ${asked.baseUrl} answered ${status}`;
  const message = reason === "" ? fact : `${reason} (${fact})`;
  return new InngestApiError(code, message, { fix: FIXES[code] });
}

/** No answer at all: refused, reset, no such host, or later than the time limit. */
export function readNoAnswer(asked: Asked, cause: unknown, timeoutMs: number): InngestApiError {
  const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
  const reason = isTimeout ? `no answer within ${timeoutMs} ms` : describeCause(cause);
  return new InngestApiError("unreachable", `No engine answers at ${asked.baseUrl} (${reason}).`, {
    fix: FIXES.unreachable,
    cause,
  });
}

/** A 2xx answer that is not what the API documents: another program, or a version we don't know. */
export function readUnknownAnswer(asked: Asked, problem: string): InngestApiError {
  return new InngestApiError(
    "server",
    `${asked.method} ${asked.path} at ${asked.baseUrl} answered something else than Inngest's API: ${problem}`,
    { fix: `Check that an Inngest server or the embedded engine listens at ${asked.baseUrl}.` },
  );
}

/** The route is missing, not what was asked for: of that the embedded engine says "… not found: …". */
function isMissing({ feature }: Asked, status: number, reason: string): boolean {
  const isRouteMissing = status === 405 || status === 501 || status === 404;
  return feature !== undefined && isRouteMissing && !/not found: ./.test(reason);
}

function codeOf(status: number): InngestApiErrorCode {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "not-found";
  if (status >= 400 && status < 500) return "invalid";
  return "server";
}

/** v2 says `{errors: [{message}]}`, v1 and the event API `{error}`, a proxy anything. */
function readReason(body: string): string {
  const parsed = parseJson(body);
  const v2 = V2ErrorSchema.safeParse(parsed);
  if (v2.success) return v2.data.errors.map((error) => error.message).join("; ");
  const v1 = V1ErrorSchema.safeParse(parsed);
  if (v1.success) return v1.data.error;
  return body.trim().slice(0, SERVER_TEXT_MAX);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return code === "ConnectionRefused" || code === "ECONNREFUSED"
    ? "connection refused"
    : cause.message;
}
