import { z } from "zod";

/** Servers differ in what they tell beside kind and attempt; what is missing is null. */
const JobSchema = z
  .object({
    kind: z.string().default(""),
    step_id: z.string().nullish(),
    step: z.string().nullish(),
    status: z.string().nullish(),
    attempt: z.number().nullish(),
    at: z.string().nullish(),
  })
  .transform((job) => ({
    /** On the embedded engine discovery, step, sleep, wait-timeout, …; on others their own words. */
    kind: job.kind,
    stepId: job.step_id ?? null,
    stepName: job.step ?? null,
    /** Scheduled: due later. Queued: due. Running: in hand. */
    status: job.status ?? null,
    /** Counts from 0. */
    attempt: job.attempt ?? 0,
    /** When it is due. */
    at: job.at ?? null,
  }));

export type RunJob = Readonly<z.output<typeof JobSchema>>;

export const V1JobsSchema = z
  .object({ data: z.array(JobSchema).nullish() })
  .transform((answer) => answer.data ?? []);
