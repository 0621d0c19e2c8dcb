import { EngineError, type EngineErrorCode } from "../core/errors.ts";
import type { Log } from "../runtime/log.ts";
import { CORS_HEADERS } from "./access/cors.ts";
import { type ApiFamily, apiFamilyOf, pathForLog } from "./api-family.ts";

const STATUS = {
  INPUT_INVALID: 400,
  EVENT_INVALID: 400,
  EVENT_KEY_INVALID: 401,
  UNAUTHORIZED: 401,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  SDK_VERSION_DENIED: 400,
  SYNC_REJECTED: 400,
  NOT_FOUND: 404,
  FUNCTION_PAUSED: 409,
  RUN_ENDED: 409,
  RUN_REFUSED: 429,
  STALE_DISPATCH: 409,
  // The SDK goes on after 409 as one that has been replaced; after this it answers with what it has.
  STEP_CONTRADICTED: 422,
  TOO_LARGE: 413,
  BODY_LATE: 408,
  BODY_BROKEN: 400,
  REALTIME_FULL: 503,
  TOO_MANY: 429,
  STORAGE_FAILED: 503,
  STOPPING: 503,
  BACKUP_REFUSED: 400,
  BACKUP_ABANDONED: 503,
  UPKEEP_BUSY: 409,
  // The rest belong to the engine's start; in an answer they are a fault of ours.
  OPTIONS_INVALID: 500,
  DATA_IN_USE: 500,
  DATABASE_TOO_NEW: 500,
  DATABASE_DAMAGED: 500,
  PORT_TAKEN: 500,
} as const satisfies Record<EngineErrorCode, number>;

const UNEXPECTED = "The engine met an unexpected error. Its log says more.";

/** The codes that Inngest's v2 API was seen to use; ours in lower case for all else. */
const V2_CODES: Partial<Record<EngineErrorCode, string>> = {
  INPUT_INVALID: "api_error",
  EVENT_INVALID: "api_error",
};

/** An expected error as the API family of this path words it. */
export function errorResponse(error: EngineError, path: string): Response {
  const { code, message } = error;
  const family = apiFamilyOf(path);
  const v2Code = V2_CODES[code] ?? code.toLowerCase();
  const headers = code === "UNAUTHORIZED" ? { "www-authenticate": "Bearer" } : {};
  return render(family, { status: STATUS[code], v2Code, message }, headers);
}

/** Any error that a route let through. What nobody expected is logged, and not told to the caller. */
export function unknownErrorResponse(error: unknown, request: Request, log: Log): Response {
  return hangUpIfUnread(describeError(error, request, log), request);
}

/** What a client still sends is not waited for: its connection ends with the answer. */
export function hangUpIfUnread(response: Response, request: Request): Response {
  const isUnread = request.body !== null && !request.bodyUsed;
  if (isUnread || response.status === STATUS.TOO_LARGE || response.status === STATUS.BODY_LATE) {
    response.headers.set("connection", "close");
  }
  return response;
}

function describeError(error: unknown, request: Request, log: Log): Response {
  const path = new URL(request.url).pathname;
  if (error instanceof EngineError && STATUS[error.code] !== 500) return errorResponse(error, path);
  log({
    level: "error",
    message: "a request failed",
    method: request.method,
    path: pathForLog(path),
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return render(apiFamilyOf(path), { status: 500, v2Code: "internal", message: UNEXPECTED }, {});
}

interface Problem {
  readonly status: number;
  readonly v2Code: string;
  readonly message: string;
}

function render(
  family: ApiFamily,
  { status, v2Code, message }: Problem,
  headers: Record<string, string>,
): Response {
  switch (family) {
    case "event":
      // The SDK reads `error`. Browsers may send events from anywhere, and so may read why not.
      return Response.json(
        { ids: [], status, error: message },
        { status, headers: { ...headers, ...CORS_HEADERS } },
      );
    case "v2":
      return Response.json({ errors: [{ code: v2Code, message }] }, { status, headers });
    case "graphql":
      return Response.json({ errors: [{ message }] }, { status, headers });
    case "v1":
      return Response.json({ error: message, status }, { status, headers });
  }
}
