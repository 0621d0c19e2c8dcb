import { z } from "zod";
import { Int64Schema } from "./wire.ts";

const RUN_STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED"] as const;

/** `UNKNOWN` stands for a status that this client doesn't know: a server may be newer than we are. */
export type RunStatus = (typeof RUN_STATUSES)[number] | "UNKNOWN";

/** The statuses that a list of runs can be filtered by. */
export type KnownRunStatus = (typeof RUN_STATUSES)[number];

export const knownRunStatuses: readonly KnownRunStatus[] = RUN_STATUSES;

const ENDED: ReadonlySet<RunStatus> = new Set(["COMPLETED", "FAILED", "CANCELLED", "SKIPPED"]);

export function hasEnded(status: RunStatus): boolean {
  return ENDED.has(status);
}

export const RunStatusSchema = z
  .string()
  .transform((text): RunStatus => RUN_STATUSES.find((status) => status === text) ?? "UNKNOWN");

export const RunSchema = z.object({
  id: z.string(),
  app: z.object({ id: z.string() }),
  function: z.object({ id: z.string(), name: z.string() }),
  status: RunStatusSchema,
  queuedAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: Int64Schema.optional(),
  trigger: z.object({ eventIds: z.array(z.string()).default([]) }).default({ eventIds: [] }),
  /** The run that it repeats; only the embedded engine says so. */
  originalRunId: z.string().optional(),
  /** Only where it was asked for with `includeOutput`. */
  output: z.unknown().optional(),
});

export type Run = Readonly<z.output<typeof RunSchema>>;

/** What cancel, rerun and invoke answer. */
export const RunIdSchema = z.object({ runId: z.string() });
