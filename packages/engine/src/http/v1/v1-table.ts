// The routes of `/v1` and what each is asked with: protocol notes, section 1.10, and Inngest's
// documentation of its REST API.

import { z } from "zod";
import { SIGNAL_CHARS_MAX } from "../../protocol/signal.ts";
import { pageParameters } from "../request/page.ts";
import {
  flagParameter,
  MomentText,
  momentParameter,
  textParameter,
} from "../request/parameters.ts";
import type { RestRoute } from "../request/route.ts";

const RunSelectionSchema = z.object({
  app_id: z.string().min(1),
  function_id: z
    .string()
    .nullish()
    .meta({ description: "All functions of the app when absent; Inngest wants one" }),
  started_after: MomentText.nullish().meta({ description: "Only runs queued after this moment" }),
  started_before: MomentText.nullish().meta({
    description: "Only runs queued before this moment. Now when absent or in the future",
  }),
  if: z.string().nullish().meta({ description: "Only runs whose event fulfils this expression" }),
});

export type AskedRunSelection = z.output<typeof RunSelectionSchema>;

/** As `protocol/metadata.ts` reads it, by hand. */
const MetadataToUpdate = z.object({
  target: z
    .object({
      run_id: z.string().optional(),
      step_id: z.string().optional().meta({ description: "The id that the step has in the code" }),
      step_index: z.int().optional().meta({ description: "Among repeats of the id, from 0" }),
      step_attempt: z.int().optional().meta({ description: "-1, or absent: the latest" }),
      span_id: z.string().optional().meta({ description: "A span of the app's own, in hex" }),
    })
    .optional(),
  metadata: z.array(
    z.object({
      kind: z.string(),
      scope: z.string().optional(),
      op: z.enum(["set", "merge", "delete", "add"]),
      values: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

export const v1Routes = {
  v1ListEvents: {
    method: "GET",
    path: "/v1/events",
    summary: "Lists events, newest first",
    description: "The page after an event begins with its internal_id as cursor.",
    query: z.object({
      ...pageParameters,
      name: textParameter("Only events of this name"),
      include_internal: flagParameter("Whether the engine's own events are in the list"),
      received_after: momentParameter("The first moment of receipt that is in"),
      received_before: momentParameter("The first moment of receipt that is out"),
    }),
  },
  v1GetEvent: { method: "GET", path: "/v1/events/:eventId", summary: "Gives one event" },
  v1ListEventRuns: {
    method: "GET",
    path: "/v1/events/:eventId/runs",
    summary: "Lists the newest runs that an event has started",
  },
  v1GetRun: { method: "GET", path: "/v1/runs/:runId", summary: "Gives one run with its output" },
  v1CancelRun: {
    method: "DELETE",
    path: "/v1/runs/:runId",
    summary: "Cancels a run that has not ended",
    status: 204,
  },
  v1UpdateMetadata: {
    method: "POST",
    path: "/v1/runs/:runId/metadata",
    summary: "Adds metadata to a run, or to a step or a span of it",
    handReadBody: MetadataToUpdate,
  },
  v1SendSignal: {
    method: "POST",
    path: "/v1/signals",
    summary: "Sends a signal to the run that waits for it",
    body: z.object({
      signal: z.string().min(1).max(SIGNAL_CHARS_MAX),
      data: z
        .unknown()
        .optional()
        .meta({ description: "What the waiting step returns with the signal" }),
    }),
  },
  v1ListRunJobs: {
    method: "GET",
    path: "/v1/runs/:runId/jobs",
    summary: "Lists what is due for a run, or will be",
    description: "Calls, timers and timeouts, by the time they are due; none once it has ended.",
  },
  v1ListFunctions: {
    method: "GET",
    path: "/v1/apps/:app/functions",
    summary: "Lists an app's functions, with how they are configured",
  },
  v1CreateCancellation: {
    method: "POST",
    path: "/v1/cancellations",
    summary: "Cancels many runs",
    description:
      "The runs that there are now and that the request selects, a few at a time. The answer comes before they are cancelled; a restart does not end it.",
    body: RunSelectionSchema,
  },
  v1ListCancellations: {
    method: "GET",
    path: "/v1/cancellations",
    summary: "Lists bulk cancellations, newest first",
    description: "The page after a cancellation begins with its id as cursor.",
    query: z.object(pageParameters),
  },
  v1GetCancellation: {
    method: "GET",
    path: "/v1/cancellations/:cancellationId",
    summary: "Gives one bulk cancellation, with how many runs it has cancelled",
  },
  v1DeleteCancellation: {
    method: "DELETE",
    path: "/v1/cancellations/:cancellationId",
    summary: "Stops a bulk cancellation where it is, and forgets it",
    status: 204,
  },
} as const satisfies Record<string, RestRoute>;
