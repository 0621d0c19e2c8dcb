import { join } from "node:path";
import { z } from "zod";
import { createStateFile } from "../state-file.ts";
import {
  type Arrival,
  type DeliveryLimits,
  decideDelivery,
  EMPTY_LEDGER,
  type Gathered,
  gatherHeld,
  type Ledger,
  markReached,
  own,
  type Verdict,
} from "./decide-delivery.ts";

/** Remembers what was told, over restarts. */
export interface NotifyLedger {
  decide(arrival: Arrival): Promise<Verdict>;
  gather(arrival: Arrival & { readonly waitedFor: string }): Promise<Gathered | null>;
  /** Whether this target has the message of this event already. */
  hasReached(eventId: string, target: string): Promise<boolean>;
  markReached(eventId: string, target: string): Promise<void>;
}

const VerdictSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tell"), earlierCount: z.number() }),
  z.object({ kind: z.literal("wait"), topic: z.string(), untilMs: z.number() }),
  z.object({ kind: z.literal("counted") }),
]);

const LedgerSchema: z.ZodType<Ledger> = z.object({
  toldAtMs: z.array(z.number()),
  topics: z.record(
    z.string(),
    z.object({
      windowMs: z.number(),
      endsAtMs: z.number(),
      heldCount: z.number(),
      heldTitles: z.array(z.string()),
      waiting: z.string().nullable(),
    }),
  ),
  events: z.record(
    z.string(),
    z.object({
      atMs: z.number(),
      verdict: VerdictSchema,
      gathered: z.object({ count: z.number(), titles: z.array(z.string()) }).nullable(),
      reached: z.array(z.string()),
    }),
  ),
});

export function createNotifyLedger(folder: string, limits: DeliveryLimits): NotifyLedger {
  const path = join(folder, "notify.json");
  const file = createStateFile(path, { schema: LedgerSchema, empty: EMPTY_LEDGER });
  return {
    decide: (arrival) => file.update((ledger) => decideDelivery(ledger, arrival, limits)),
    gather: (arrival) => file.update((ledger) => gatherHeld(ledger, arrival)),
    async hasReached(eventId, target) {
      return own((await file.read()).events, eventId)?.reached.includes(target) ?? false;
    },
    async markReached(eventId, target) {
      await file.update((ledger) => markReached(ledger, eventId, target));
    },
  };
}
