// The routes of `/v1` and what each is asked with: protocol notes, section 1.10, and Inngest's
// documentation of its REST API.

import { z } from "zod";
import { SIGNAL_CHARS_MAX } from "../../protocol/signal.ts";
import { pageParameters } from "../request/page.ts";
import { flagParameter, momentParameter, textParameter } from "../request/parameters.ts";
import type { RestRoute } from "../request/route.ts";

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
} as const satisfies Record<string, RestRoute>;
