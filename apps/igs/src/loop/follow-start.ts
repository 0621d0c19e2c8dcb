// From the event to the first fact: the planner's preflight has no record yet, so its run tells.

import {
  hasEnded,
  type InngestApi,
  InngestApiError,
  type Run,
  readSpanError,
} from "@system-bus/inngest-api";
import { loadLoop } from "@system-bus/loops";
import type { Clock } from "../clock.ts";
import type { NamedLoop } from "./find-loop.ts";
import type { LoopFolder } from "./loop-folders.ts";

export type Beginning =
  | { readonly kind: "begun"; readonly named: NamedLoop }
  /** What the planner found wrong. */
  | { readonly kind: "refused"; readonly error: string; readonly runId: string }
  | { readonly kind: "interrupted" };

export interface BeginningOptions {
  readonly api: InngestApi;
  readonly folders: readonly LoopFolder[];
  readonly loopId: string;
  readonly eventIds: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told after each look: the planner's run, if there is one. */
  readonly onLook: (run: Run | null) => void;
}

const LOOK_GAP_MS = 300;

/** Waits for the record, as long as it takes: a baseline may be a long test suite. */
export async function waitForBeginning(options: BeginningOptions): Promise<Beginning> {
  const { folders, loopId, clock, signal } = options;
  while (!signal.aborted) {
    for (const folder of folders) {
      const loop = await loadLoop(folder.loopsFolder, loopId, clock.nowMs());
      if (loop !== null) return { kind: "begun", named: { ...folder, loopId } };
    }
    const run = await findRun(options);
    if (run !== null && hasEnded(run.status) && run.status !== "COMPLETED") {
      const error = readSpanError(run)?.message ?? `its run is ${run.status.toLowerCase()}`;
      return { kind: "refused", error, runId: run.id };
    }
    options.onLook(run);
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
  return { kind: "interrupted" };
}

/** An engine that is away for a moment is asked again at the next look. */
async function findRun({ api, eventIds, signal }: BeginningOptions): Promise<Run | null> {
  try {
    for (const eventId of eventIds) {
      const [run] = await api.getEventRuns(eventId, { signal });
      if (run) return await api.getRun(run.id, { signal, includeOutput: true });
    }
  } catch (error) {
    if (!(error instanceof InngestApiError)) throw error;
  }
  return null;
}
