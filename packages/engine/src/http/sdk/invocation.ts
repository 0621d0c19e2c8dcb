import { EngineError } from "../../core/errors.ts";
import { isRecord } from "../../protocol/record.ts";

/** More would be no key but a payload. */
const IDEMPOTENCY_KEY_CHARS_MAX = 512;

export interface Invocation {
  readonly data: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

export function readInvocation(body: Readonly<Record<string, unknown>>): Invocation {
  const { data = {}, user, idempotencyKey } = body;
  if (!isRecord(data)) throw invalid("data", "an object");
  if (user !== undefined && !isRecord(user)) throw invalid("user", "an object");
  if (idempotencyKey !== undefined && !isKey(idempotencyKey)) {
    throw invalid("idempotencyKey", `a text of 1 to ${IDEMPOTENCY_KEY_CHARS_MAX} characters`);
  }
  return { data, ...(user && { user }), ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= IDEMPOTENCY_KEY_CHARS_MAX;
}

function invalid(field: string, wanted: string): EngineError {
  return new EngineError("INPUT_INVALID", `"${field}" has to be ${wanted}.`);
}
