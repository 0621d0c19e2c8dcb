import {
  type InngestApi,
  type ReceivedEvent,
  type UpdateFeed,
  updateTopics,
} from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";
import { News } from "../follow/news.ts";
import { createOutage, type OutageEars } from "../follow/outage.ts";
import type { EventTail } from "./event-tail.ts";

export interface FollowTailOptions extends OutageEars {
  readonly api: InngestApi;
  readonly updates: UpdateFeed;
  readonly tail: EventTail;
  readonly filter: EventFilter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ReceivedEvent) => void;
}

export interface EventFilter {
  readonly name?: string;
  readonly includeInternal?: boolean;
}

const GAP_MS = 1_000;
/** Where the engine tells of events, a look now and then is enough. */
const GAP_TOLD_MS = 5_000;
/** In one look; what is more was received within seconds, and the next look has it. */
const LOOK_MAX = 10_000;

/** Tells the events to come until the signal is aborted. */
export async function followTail(options: FollowTailOptions): Promise<void> {
  const { api, tail, filter, clock, signal } = options;
  const news = new News(options.updates, {
    topics: updateTopics.ofAllEvents,
    concerns: ({ kind }) => kind === "event",
  });
  const outage = createOutage(clock, options);
  try {
    while (!signal.aborted) {
      news.clear();
      try {
        const query = { ...filter, limit: 100, receivedAfter: tail.lookFrom, signal };
        const seen = await Array.fromAsync(api.eachEvent(query, LOOK_MAX));
        outage.end();
        for (const event of tail.take(seen)) options.onEvent(event);
      } catch (error) {
        if (signal.aborted) return;
        outage.begin(error);
      }
      await news.wait(news.isTold ? GAP_TOLD_MS : GAP_MS, clock, signal);
    }
  } finally {
    news.stop();
  }
}
