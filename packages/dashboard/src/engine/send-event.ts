import {
  type EventToSend,
  type Fetch,
  InngestApiError,
  type InngestApiErrorCode,
} from "@system-bus/inngest-api";

/** Returns the event's internal id. */
export type SendEvent = (event: EventToSend) => Promise<string>;

/**
 * Sends by `POST /api/v2/events`, which takes the session's cookie. The event API of the SDKs
 * (`/e/:key`) wants an event key, and a browser should not hold one.
 */
export function createSendEvent(origin: string, fetch: Fetch): SendEvent {
  return async (event) => {
    const response = await fetch(`${origin}/api/v2/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
    }).catch((cause: unknown) => {
      throw new InngestApiError("unreachable", "The engine does not answer.", { fix: FIX, cause });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const eventId = readText(answer, ["data", "eventId"]);
    if (response.ok && eventId !== undefined) return eventId;
    const reason = readText(answer, ["errors", "0", "message"]) ?? "an answer that is not known";
    throw new InngestApiError(
      codeOf(response.status),
      `The engine answered ${response.status}: ${reason}`,
      {
        fix: FIX,
      },
    );
  };
}

function codeOf(status: number): InngestApiErrorCode {
  if (status === 401) return "unauthorized";
  return status >= 400 && status < 500 ? "invalid" : "server";
}

const FIX = "Correct the event and try again.";

function readText(value: unknown, path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Reflect.get(at, name);
  }
  return typeof at === "string" ? at : undefined;
}
