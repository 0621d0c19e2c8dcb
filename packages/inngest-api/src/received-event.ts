import { z } from "zod";
import type { Page } from "./pages.ts";

/** An event as the engine keeps it. Every route that takes an event's id means `internalId`. */
const ReceivedEventSchema = z
  .object({
    internal_id: z.string(),
    id: z.string().optional(),
    name: z.string(),
    data: z.record(z.string(), z.unknown()).nullish(),
    user: z.record(z.string(), z.unknown()).nullish(),
    v: z.string().nullish(),
    ts: z.number(),
    received_at: z.string(),
  })
  .transform((event) => ({
    internalId: event.internal_id,
    /** The sender's own id; the same as `internalId` where none was given. */
    id: event.id ?? event.internal_id,
    name: event.name,
    data: event.data ?? {},
    ...(event.user && { user: event.user }),
    ...(event.v && { v: event.v }),
    ts: event.ts,
    receivedAt: event.received_at,
  }));

export type ReceivedEvent = Readonly<z.output<typeof ReceivedEventSchema>>;

export const V1EventSchema = z
  .object({ data: ReceivedEventSchema })
  .transform((answer) => answer.data);

/** v1 hands out no cursor: the next page begins after the last event of a full one. */
export function v1EventPageSchema(limit: number) {
  return z
    .object({ data: z.array(ReceivedEventSchema).nullish() })
    .transform((answer): Page<ReceivedEvent> => {
      const items = answer.data ?? [];
      const cursor = items.length >= limit ? items.at(-1)?.internalId : undefined;
      return { items, cursor };
    });
}
