import { EngineError } from "../core/errors.ts";

/** Answers with JSON that is text already. */
export function jsonText(json: string): Response {
  return new Response(json, { headers: { "content-type": "application/json" } });
}

/** RFC 3339, as every API of Inngest writes moments. */
export function moment(ms: number): string {
  return new Date(ms).toISOString();
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
