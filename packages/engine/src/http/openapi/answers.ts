import { z } from "zod";
import {
  App,
  AppFunction,
  Run,
  Span,
  Sync,
  V1Cancellation,
  V1Event,
  V1Function,
  V1Job,
  V1Run,
  v1ItemOf,
  v1PageOf,
  v2ItemOf,
  v2PageOf,
} from "./entities.ts";
import type { Operation } from "./operations.ts";

const RunId = v2ItemOf(z.object({ runId: z.string() }));

/** What each route answers when it succeeds; null for those that answer nothing. */
export const ANSWERS: Readonly<Record<Operation, z.ZodType | null>> = {
  health: v2ItemOf(z.object({ status: z.literal("ok") })),
  openApi: z.record(z.string(), z.unknown()),
  listRuns: v2PageOf(Run),
  getRun: v2ItemOf(Run),
  getRunTrace: v2ItemOf(z.object({ rootSpan: Span })),
  getRunTraceOtlp: z.object({ resourceSpans: z.array(z.record(z.string(), z.unknown())) }),
  cancelRun: RunId,
  rerun: RunId,
  listApps: v2PageOf(App),
  getApp: v2ItemOf(App),
  listSyncs: v2PageOf(Sync),
  syncApp: v2ItemOf(
    z.object({ app: z.object({ id: z.string() }), url: z.string(), isModified: z.boolean() }),
  ),
  listFunctions: v2PageOf(AppFunction),
  getFunction: v2ItemOf(AppFunction),
  listFunctionRuns: v2PageOf(Run),
  invokeFunction: RunId,
  pauseFunction: v2ItemOf(AppFunction),
  resumeFunction: v2ItemOf(AppFunction),
  sendEvent: v2ItemOf(z.object({ eventId: z.string() })),
  listEventRuns: v2PageOf(Run),
  v1ListEvents: v1PageOf(V1Event),
  v1GetEvent: v1ItemOf(V1Event),
  v1ListEventRuns: v1ItemOf(z.array(V1Run)),
  v1GetRun: v1ItemOf(V1Run),
  v1CancelRun: null,
  v1UpdateMetadata: z.object({ data: z.object({ run_id: z.string() }) }),
  v1SendSignal: z.object({ data: z.object({ run_id: z.string() }) }),
  v1ListRunJobs: v1ItemOf(z.array(V1Job)),
  v1ListFunctions: v1ItemOf(z.array(V1Function)),
  v1CreateCancellation: v1ItemOf(V1Cancellation),
  v1ListCancellations: v1PageOf(V1Cancellation),
  v1GetCancellation: v1ItemOf(V1Cancellation),
  v1DeleteCancellation: null,
};
