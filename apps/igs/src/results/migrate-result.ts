import { z } from "zod";
import type { LackingFunction, StayReason } from "../migrate/decide-migration.ts";
import { runStatus } from "./run-shape.ts";

const addresses = z.object({ from: z.string(), to: z.string() });

const run = z.object({
  runId: z.string(),
  appId: z.string(),
  functionId: z.string(),
  status: runStatus,
});

const names = z.array(z.string());

const moving = run.extend({
  eventIds: names,
  doneSteps: names.describe("Steps that are done once more"),
  answeredWaits: names.describe("Waits that were over, and wait for another event"),
  openWaits: names.describe("Sleeps and waits that begin anew"),
  batchSize: z.number().describe("Events that started it"),
  goneEventCount: z.number().describe("Of these, how many are no longer kept"),
});

const stayReason = z.enum([
  "schedule",
  "invoked-by-step",
  "invoked-by-program",
  "engine-event",
  "event-gone",
]) satisfies z.ZodType<StayReason>;

const lacking = z.object({
  appId: z.string(),
  functionId: z.string(),
  reason: z.enum(["not-registered", "has-problem", "paused", "not-triggered"]),
  eventName: z.string(),
  runCount: z.number(),
}) satisfies z.ZodType<LackingFunction>;

export const migrateResult = z.union([
  addresses
    .extend({
      sent: z.number().describe("Events; the runs of the others had ended, or it was refused"),
      ended: z.number().describe("Events whose runs had all ended meanwhile"),
      refused: z.array(z.object({ eventId: z.string(), name: z.string(), reason: z.string() })),
      cancelled: z.number().describe("Runs at the source"),
      journal: z.string().describe("The file that knows what was sent"),
    })
    .describe("Where something was done"),
  addresses
    .extend({
      counts: z.object({
        runs: z.number(),
        events: z.number().describe("To be sent"),
        sentBefore: z.number(),
        repeated: z.number(),
        staying: z.number(),
      }),
      moving: z.array(moving).describe("The first thousand, as of each list"),
      repeated: z
        .array(run.extend({ eventId: z.string() }))
        .describe("Runs that do not move, and are started there all the same"),
      staying: z.array(run.extend({ reason: stayReason })),
      lacking: z
        .array(lacking)
        .describe("Functions that the target doesn't have, or wouldn't start"),
      sent: z.number().optional().describe("0 where it was not a --dry-run"),
    })
    .describe("The plan, where nothing was done"),
]);
