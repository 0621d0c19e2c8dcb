import type { EventToSend, InngestApi } from "@system-bus/inngest-api";
import { describeFailure } from "../output/describe-failure.ts";
import type { Failure } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { cutBatches } from "./batches.ts";

export interface SentEvents {
  /** In the order of the events, as far as they were sent. */
  readonly eventIds: readonly string[];
  /** Why not all of them were. */
  readonly failure?: Failure;
}

export interface SendScene {
  readonly api: Pick<InngestApi, "sendEvents">;
  readonly io: Pick<Io, "status">;
  /** Aborted by Ctrl-C: the batch on its way ends, the next one is not begun. */
  readonly signal: AbortSignal;
}

/** Sends batch after batch; what was sent before one fails stays sent, and is counted. */
export async function sendBatches(
  events: readonly EventToSend[],
  { api, io, signal }: SendScene,
): Promise<SentEvents> {
  const eventIds: string[] = [];
  for (const batch of cutBatches(events)) {
    if (signal.aborted) return { eventIds, failure: describeStop(eventIds.length, events.length) };
    if (eventIds.length > 0) io.status(`${eventIds.length} of ${events.length} events are sent …`);
    try {
      eventIds.push(...(await api.sendEvents(batch)));
    } catch (error) {
      if (eventIds.length === 0) throw error;
      const failure = describeFailure(error);
      const message = `${countSent(eventIds.length, events.length)}: ${failure.message}`;
      return { eventIds, failure: { ...failure, message } };
    }
  }
  return { eventIds };
}

function describeStop(sentCount: number, totalCount: number): Failure {
  return {
    code: "interrupted",
    message: `Stopped; ${countSent(sentCount, totalCount)}.`,
    fix: "Send the rest, or all of them again if they have ids of their own: an id starts a function once in 24 hours.",
  };
}

function countSent(sentCount: number, totalCount: number): string {
  return `${sentCount} of ${totalCount} events were sent, the first ones in their order`;
}
