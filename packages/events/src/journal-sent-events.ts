import type { SentEvents } from "@system-bus/sent-events";
import { Middleware } from "inngest";

/**
 * Middleware that journals every event that leaves, from `client.send` and `step.sendEvent`: what a
 * server loses can then be sent again. Ids are set before the send, so that it is the same event. It
 * keeps what goes over the wire: what a function's own middleware has encrypted stays so.
 */
export function journalSentEvents(sentEvents: SentEvents): Middleware.Class {
  return class JournalSentEvents extends Middleware.BaseMiddleware {
    readonly id = "system-bus:journal-sent-events";

    override transformSendEvent(
      sent: Middleware.TransformSendEventArgs,
    ): Middleware.TransformSendEventArgs {
      return { ...sent, events: sent.events.map((event) => sentEvents.withId(event)) };
    }

    override wrapSendEvent({ events, next }: Middleware.WrapSendEventArgs) {
      return sentEvents.around(
        events.map((event) => sentEvents.withId(event)),
        next,
      );
    }
  };
}
