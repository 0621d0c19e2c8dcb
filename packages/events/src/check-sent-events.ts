import { Middleware } from "inngest";
import { EventError } from "./event-error.ts";
import { formatProblems } from "./find-problems.ts";
import { parseEvent } from "./parse-event.ts";

/** An event whose name the bus does not know, or knows under another name. */
export interface NameWarning {
  readonly name: string;
  /** What the name may have meant, best first; for an alias, the name it was sent under. */
  readonly suggestions: readonly string[];
  readonly message: string;
}

type OutgoingEvent = Middleware.TransformSendEventArgs["events"][number];

/**
 * Middleware that checks every event at the sending door, whether it comes from `client.send` or
 * from `step.sendEvent`, made with `create()` or written by hand: an event made by hand carries no
 * `validate`, so the SDK alone would let it through.
 *
 *   - A known name with data that its schema refuses throws an `EventError`; nothing is sent, not
 *     even the other events of the same call.
 *   - An alias is sent under the event's own name, with a warning.
 *   - An unknown name is sent, with a warning: another app on the same engine may listen to it.
 *   - `inngest/…` names are the engine's and pass untouched; the engine decides about them.
 */
export function checkSentEvents(onWarning: (warning: NameWarning) => void): Middleware.Class {
  return class CheckSentEvents extends Middleware.BaseMiddleware {
    readonly id = "system-bus:check-sent-events";

    override transformSendEvent(
      sent: Middleware.TransformSendEventArgs,
    ): Middleware.TransformSendEventArgs {
      return { ...sent, events: sent.events.map((event) => checkEvent(event, onWarning)) };
    }
  };
}

function checkEvent(
  event: OutgoingEvent,
  onWarning: (warning: NameWarning) => void,
): OutgoingEvent {
  const { name } = event;
  if (name.startsWith("inngest/")) return event;
  const parsed = parseEvent(name, event.data);
  switch (parsed.kind) {
    case "invalid":
      throw new EventError(
        "EVENT_INVALID",
        `${name} was not sent: its data is malformed.\n${formatProblems(parsed.problems)}`,
      );
    case "unknown":
      onWarning({
        name,
        suggestions: parsed.closeMatches,
        message: unknownNameMessage(name, parsed.closeMatches),
      });
      return event;
    case "ok":
      if (parsed.alias === null) return event;
      onWarning({
        name,
        suggestions: [parsed.event.name],
        message: `${name} is an alias: sent as ${parsed.event.name}`,
      });
      return { ...event, name: parsed.event.name };
  }
}

/** Said wherever an unknown name is sent, so that client and command line use the same words. */
export function unknownNameMessage(name: string, suggestions: readonly string[]): string {
  const guess = suggestions.length === 0 ? "" : `; did you mean ${suggestions.join(" or ")}?`;
  return `${name} is not an event of this bus: nothing here listens to it${guess}`;
}
