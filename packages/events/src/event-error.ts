import { NonRetriableError } from "inngest";

export type EventErrorCode = "EVENT_INVALID" | "CLIENT_MISCONFIGURED";

/**
 * An event or a client that cannot work. Non-retriable: inside a step the same event would be
 * refused again, so the SDK must not spend attempts on it.
 */
export class EventError extends NonRetriableError {
  override readonly name = "EventError";
  readonly code: EventErrorCode;

  constructor(code: EventErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
