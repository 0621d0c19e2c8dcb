// Which run a step has invoked. No API says it, but both kinds of engine record the invocation as an event
// `inngest/function.invoked`, whose data name run and step that wait for it.

import { type InngestApi, InngestApiError } from "@system-bus/inngest-api";
import { z } from "zod";
import type { RunStep } from "../trace/steps.ts";

const INVOKED = "inngest/function.invoked";
/** The event is recorded when the step is, give or take the clocks of two processes. */
const BEFORE_MS = 2_000;
const AFTER_MS = 10_000;
const EVENTS_MAX = 200;

const DataSchema = z.object({ _inngest: z.object({ correlation_id: z.string() }) });

/** Null where the engine doesn't tell: an old event, or a server that shows no events of its own. */
export async function findInvokedRun(
  api: Pick<InngestApi, "eachEvent" | "getEventRuns">,
  runId: string,
  step: Pick<RunStep, "key" | "queuedAt" | "startedAt">,
): Promise<string | null> {
  const queuedAtMs = Date.parse(step.queuedAt ?? step.startedAt ?? "");
  const startedAtMs = Date.parse(step.startedAt ?? step.queuedAt ?? "");
  if (Number.isNaN(queuedAtMs) || Number.isNaN(startedAtMs)) return null;
  const query = {
    name: INVOKED,
    includeInternal: true,
    limit: 100,
    receivedAfter: new Date(queuedAtMs - BEFORE_MS).toISOString(),
    receivedBefore: new Date(startedAtMs + AFTER_MS).toISOString(),
  };
  try {
    for await (const { internalId, data } of api.eachEvent(query, EVENTS_MAX)) {
      const parsed = DataSchema.safeParse(data);
      if (parsed.data?._inngest.correlation_id !== `${runId}.${step.key}`) continue;
      const [run] = await api.getEventRuns(internalId);
      return run?.id ?? null;
    }
    return null;
  } catch (error) {
    // To show no tree is no reason to show no run.
    if (error instanceof InngestApiError) return null;
    throw error;
  }
}
