import { EngineError } from "../../core/errors.ts";
import type { RunPosition, RunSummary, RunTimeField } from "../../core/run-list.ts";
import { isUlid } from "../../core/ulid.ts";
import { isRecord } from "../../protocol/record.ts";

/** Where the page after `run` begins. Opaque to callers: they only hand it back. */
export function runCursor(run: RunSummary, timeField: RunTimeField): string {
  const moments = { queuedAt: run.queuedAtMs, startedAt: run.startedAtMs, endedAt: run.endedAtMs };
  const position: RunPosition = { id: run.id, atMs: moments[timeField] ?? 0 };
  return encodeCursor(position);
}

export function readRunCursor(cursor: string | undefined): RunPosition | null {
  if (cursor === undefined) return null;
  const { id, atMs } = decodeCursor(cursor);
  if (typeof id !== "string" || !isUlid(id) || typeof atMs !== "number") throw invalidCursor();
  return { id, atMs };
}

/** Of lists in `/v1`: the id that the page before ended with. */
export function readIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (isUlid(cursor)) return cursor;
  throw new EngineError(
    "INPUT_INVALID",
    "The cursor has to be the id that the page before ended with.",
  );
}

/** For lists that are short enough to be read whole: the page after this many. */
export function offsetCursor(offset: number): string {
  return encodeCursor({ offset });
}

export function readOffsetCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const { offset } = decodeCursor(cursor);
  if (typeof offset !== "number" || !Number.isInteger(offset) || offset < 0) throw invalidCursor();
  return offset;
}

function encodeCursor(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decodeCursor(cursor: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (isRecord(value)) return value;
  } catch {
    // Not one of ours, as the next line says.
  }
  throw invalidCursor();
}

function invalidCursor(): EngineError {
  return new EngineError(
    "INPUT_INVALID",
    "The cursor is none that this list has given. Start without one.",
  );
}
