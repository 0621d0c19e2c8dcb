import { EngineError } from "../core/errors.ts";
import { isRecord } from "../protocol/record.ts";

/** Answers with JSON that is text already. */
export function jsonText(json: string): Response {
  return new Response(json, { headers: { "content-type": "application/json" } });
}

/** RFC 3339, as every API of Inngest writes moments. */
export function moment(ms: number): string {
  return new Date(ms).toISOString();
}

/** A run's result or error, as people are shown it. */
export function readOutput(json: string): unknown {
  const output: unknown = JSON.parse(json);
  return isRecord(output) ? withoutMarker(output) : output;
}

/** Errors come with a mark by which the SDK knows its own again; it is nobody else's. */
export function withoutMarker(value: Readonly<Record<string, unknown>>): object {
  const { __serialized: _mark, ...rest } = value;
  return rest;
}

export function runNotFound(runId: string): EngineError {
  return new EngineError("NOT_FOUND", `Run not found: ${runId}`);
}

export function eventNotFound(eventId: string): EngineError {
  return new EngineError(
    "NOT_FOUND",
    `Event not found: ${eventId}. Ask with the id that the event API answered, not with the sender's own.`,
  );
}
