// The routes of `/api/v2` and what each is asked with. Where Inngest documents one, its shape is
// Inngest's; `pause`, `resume`, the list of syncs and a trace
// as OTLP are ours.

import { z } from "zod";
import { NAME_CHARS_MAX } from "../../core/limits.ts";
import { RUN_STATUSES } from "../../core/run-list.ts";
import { ID_CHARS_MAX, TS_MAX_MS, TS_MIN_MS } from "../../protocol/event-request.ts";
import { pageParameters } from "../request/page.ts";
import {
  choiceParameter,
  choicesParameter,
  flagParameter,
  momentParameter,
  textsParameter,
} from "../request/parameters.ts";
import type { RestRoute } from "../request/route.ts";
import { InvocationSchema } from "../sdk/invocation.ts";

const outputParameter = { includeOutput: flagParameter("Whether results and errors are given") };

const runListParameters = {
  ...pageParameters,
  ...outputParameter,
  timeField: choiceParameter("Which moment the list is ordered and cut by", {
    choices: ["queuedAt", "startedAt", "endedAt"],
    fallback: "queuedAt",
  }),
  from: momentParameter("The first moment that is in"),
  until: momentParameter("The first moment that is out"),
  order: choiceParameter("Newest or oldest first", { choices: ["DESC", "ASC"], fallback: "DESC" }),
  status: choicesParameter("Only runs with one of these statuses", RUN_STATUSES),
  isDeferred: flagParameter("Only runs that others have deferred: this engine has none"),
};

export type RunListQuery = z.output<z.ZodObject<typeof runListParameters>>;

const JsonObject = z.record(z.string(), z.unknown());

/** An event as `protocol/event-request.ts` reads it, by hand. */
export const EventToSend = z.object({
  name: z.string().regex(/\S/).max(NAME_CHARS_MAX),
  data: JsonObject.nullish(),
  user: JsonObject.nullish(),
  id: z.string().max(ID_CHARS_MAX).nullish(),
  v: z.string().nullish(),
  ts: z
    .int()
    .min(TS_MIN_MS)
    .lt(TS_MAX_MS)
    .or(z.literal(0))
    .nullish()
    .meta({ description: "Unix milliseconds; in the future it delays what the event starts" }),
});

const functionPath = "/api/v2/apps/:app/functions/:function";

export const v2Routes = {
  health: { method: "GET", path: "/api/v2/health", summary: "Says that the engine is well" },
  listRuns: {
    method: "GET",
    path: "/api/v2/runs",
    summary: "Lists runs",
    query: z.object({
      ...runListParameters,
      appId: textsParameter("Only runs of these apps"),
      functionId: textsParameter("Only runs of these functions"),
    }),
  },
  getRun: {
    method: "GET",
    path: "/api/v2/runs/:runId",
    summary: "Gives one run",
    query: z.object(outputParameter),
  },
  getRunTrace: {
    method: "GET",
    path: "/api/v2/runs/:runId/trace",
    summary: "Gives a run's spans: its steps and their attempts",
    query: z.object(outputParameter),
  },
  getRunTraceOtlp: {
    method: "GET",
    path: "/api/v2/runs/:runId/trace/otlp",
    summary: "Gives a run's spans as OpenTelemetry's OTLP in JSON",
    query: z.object(outputParameter),
  },
  cancelRun: {
    method: "POST",
    path: "/api/v2/runs/:runId/cancel",
    summary: "Cancels a run that has not ended",
  },
  rerun: {
    method: "POST",
    path: "/api/v2/runs/:runId/rerun",
    summary: "Runs a run's function again with the same event",
    description:
      "From a step: the results of the steps before it are kept, it and all after it run again. Its id has to name one step of the run.",
    body: z.object({
      fromStep: z
        .object({
          stepId: z.string().min(1).meta({ description: "The id that the step has in the code" }),
          input: z
            .array(z.unknown())
            .nullish()
            .meta({ description: "What its function is given instead of its arguments" }),
        })
        .nullish(),
    }),
  },
  listApps: {
    method: "GET",
    path: "/api/v2/apps",
    summary: "Lists the apps",
    query: z.object(pageParameters),
  },
  getApp: { method: "GET", path: "/api/v2/apps/:app", summary: "Gives one app" },
  listSyncs: {
    method: "GET",
    path: "/api/v2/apps/:app/syncs",
    summary: "Lists the app's last syncs that changed something, newest first",
    query: z.object(pageParameters),
  },
  syncApp: {
    method: "POST",
    path: "/api/v2/apps/:app/syncs",
    summary: "Asks the app for its functions",
    body: z.object({
      url: z.url({ protocol: /^https?$/ }).meta({ description: "Where the app serves them" }),
    }),
  },
  listFunctions: {
    method: "GET",
    path: "/api/v2/apps/:app/functions",
    summary: "Lists an app's functions",
    query: z.object(pageParameters),
  },
  getFunction: { method: "GET", path: functionPath, summary: "Gives one function" },
  listFunctionRuns: {
    method: "GET",
    path: `${functionPath}/runs`,
    summary: "Lists the runs of a function",
    query: z.object(runListParameters),
  },
  invokeFunction: {
    method: "POST",
    path: `${functionPath}/invoke`,
    summary: "Starts a function by itself, without an event",
    body: InvocationSchema,
  },
  pauseFunction: {
    method: "POST",
    path: `${functionPath}/pause`,
    summary: "Lets a function start no more runs until it is resumed",
    description:
      "Events and schedules that would have started a run are recorded as SKIPPED. A call on its way goes on to its end.",
    body: z.object({
      runs: z.enum(["HOLD", "CONTINUE", "CANCEL"]).default("HOLD").meta({
        description:
          "What becomes of its unfinished runs: they wait until it is resumed, go on, or are cancelled",
      }),
    }),
  },
  resumeFunction: {
    method: "POST",
    path: `${functionPath}/resume`,
    summary: "Lets a paused function start runs again, and go on with those that were held",
  },
  sendEvent: {
    method: "POST",
    path: "/api/v2/events",
    summary: "Takes in one event",
    handReadBody: EventToSend,
  },
  listEventRuns: {
    method: "GET",
    path: "/api/v2/events/:eventId/runs",
    summary: "Lists the runs that an event has started",
    query: z.object({ ...pageParameters, ...outputParameter }),
  },
} as const satisfies Record<string, RestRoute>;
