import {
  type InngestApi,
  InngestApiError,
  type ReceivedEvent,
  type Run,
  type TraceSpan,
} from "@system-bus/inngest-api";

export interface RunDetail {
  readonly run: Run;
  /** Null where the engine has the run but no trace of it yet. */
  readonly trace: TraceSpan | null;
  /** What started the run; null where it is gone, or where a schedule did. */
  readonly event: ReceivedEvent | null;
  /** What it took to load all this: a run with large outputs is asked for less often. */
  readonly loadMs: number;
}

type RunApi = Pick<InngestApi, "getRun" | "getTrace" | "getEvent">;

export interface RunRequest {
  readonly runId: string;
  readonly signal: AbortSignal;
  /** What an earlier load found: an event never changes. */
  readonly knownEvent: ReceivedEvent | null;
  readonly nowMs: () => number;
}

export async function loadRun(api: RunApi, request: RunRequest): Promise<RunDetail> {
  const { runId, signal, nowMs } = request;
  const beganAtMs = nowMs();
  const options = { signal, includeOutput: true };
  const [run, trace] = await Promise.all([
    api.getRun(runId, options),
    orNull(api.getTrace(runId, options)),
  ]);
  const eventId = run.trigger.eventIds[0];
  const event =
    request.knownEvent ?? (eventId ? await orNull(api.getEvent(eventId, { signal })) : null);
  return { run, trace, event, loadMs: nowMs() - beganAtMs };
}

/** Only "not found" is an answer; any other failure is one of the whole load. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return null;
    throw error;
  }
}
