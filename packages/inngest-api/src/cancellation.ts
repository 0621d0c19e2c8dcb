import { z } from "zod";

/** What is cancelled together, and how far it has come. Only the embedded engine tells the latter. */
const CancellationSchema = z
  .object({
    id: z.string(),
    app_id: z.string().nullish(),
    function_id: z.string().nullish(),
    started_after: z.string().nullish(),
    started_before: z.string().nullish(),
    if: z.string().nullish(),
    status: z.string().nullish(),
    cancelled_count: z.number().nullish(),
  })
  .transform((cancellation) => ({
    id: cancellation.id,
    appId: cancellation.app_id ?? undefined,
    functionId: cancellation.function_id ?? undefined,
    startedAfter: cancellation.started_after ?? undefined,
    startedBefore: cancellation.started_before ?? undefined,
    if: cancellation.if ?? undefined,
    hasEnded: cancellation.status === "Completed",
    cancelledCount: cancellation.cancelled_count ?? undefined,
  }));

export type Cancellation = Readonly<z.output<typeof CancellationSchema>>;

export const V1CancellationSchema = z
  .object({ data: CancellationSchema })
  .transform((answer) => answer.data);
