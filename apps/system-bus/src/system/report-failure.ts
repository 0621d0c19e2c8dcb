import type { BusEvent } from "@system-bus/events";
import { oneLine } from "../notes/plain-text.ts";
import { eventId } from "../steps/event-id.ts";

/** What the SDK hands to `onFailure`, as far as it is used here. */
export interface FailedRun {
  readonly error: Error;
  readonly event: {
    readonly data: {
      readonly run_id: string;
      readonly event: { readonly name?: string; readonly data?: unknown };
    };
  };
}

interface FailureStep {
  readonly step: { sendEvent(id: string, event: BusEvent): Promise<unknown> };
}

/**
 * For `onFailure`: a run that failed for good becomes an event, and so a line of the system log.
 * `subjectOf` names what the run was about, fit to be shown.
 */
export function reportFailure(
  functionId: string,
  subjectOf: (fields: Readonly<Record<string, unknown>>) => string | undefined,
): (failed: FailedRun & FailureStep) => Promise<void> {
  return async ({ event, error, step }) => {
    const { run_id: runId, event: cause } = event.data;
    const message = failureEvent({ functionId, runId, cause, error: error.message, subjectOf });
    await step.sendEvent("report-failure", message);
  };
}

/** As much of an error as an event holds. */
export function errorWords({ message }: Pick<Error, "message">): string {
  return message.slice(0, 10_000) || "no message";
}

interface Failure {
  readonly functionId: string;
  readonly runId: string;
  readonly cause: FailedRun["event"]["data"]["event"];
  readonly error: string;
  readonly subjectOf: (fields: Readonly<Record<string, unknown>>) => string | undefined;
}

export function failureEvent({ functionId, runId, cause, error, subjectOf }: Failure): BusEvent {
  const fields = typeof cause.data === "object" && cause.data !== null ? { ...cause.data } : {};
  const subject = oneLine(subjectOf(fields) ?? "").slice(0, 1_000);
  return {
    name: "system/run.failed",
    id: eventId("run.failed", runId),
    data: {
      functionId,
      runId,
      ...(cause.name === undefined ? {} : { eventName: cause.name }),
      ...(subject ? { subject } : {}),
      error: errorWords({ message: error }),
    },
  };
}
