import { type Run, readSpanError } from "@system-bus/inngest-api";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { paintStatus } from "../output/status-text.ts";
import type { RunStep } from "../trace/steps.ts";
import type { FollowChange } from "./follow-chain.ts";

/** How a run is called in a line: by its function. */
export type NameRun = (runId: string) => string;

/** One line for people. Null for what would only be noise. */
export function describeChange(
  change: FollowChange,
  paint: Paint,
  nameRun: NameRun,
): string | null {
  switch (change.type) {
    case "event": {
      const silence = change.listenerCount === 0 ? paint.faint("  (starts no function)") : "";
      return `${paint.strong("●")} ${change.name}  ${paint.faint(change.eventId)}${silence}`;
    }
    case "run-started":
      return `  ▸ ${change.run.function.id}  ${paint.faint(`run ${change.run.id}`)}`;
    case "step-started":
      return `    ${paintStatus(paint, change.step.status, stepName(change, nameRun))}${describeWait(change.step)}`;
    case "step-ended": {
      const took = change.step.durationMs;
      const duration = took === undefined ? "" : `  ${paint.faint(formatDuration(took))}`;
      return `    ${paintStatus(paint, change.step.status, stepName(change, nameRun))}${duration}`;
    }
    case "attempt-failed": {
      const { error, attemptNumber } = change;
      const text = `${stepName(change, nameRun)}  try ${attemptNumber}: ${error.name}: ${error.message}`;
      return `    ${paintStatus(paint, "FAILED", text)}`;
    }
    case "run-ended":
      return `  ${describeRunEnd(change.run, change.output, paint)}`;
    case "engine-lost":
      return paint.pending(`  ${change.message} Waiting for it; nothing that it took is lost.`);
    case "engine-back":
      return paint.good("  The engine answers again.");
  }
}

/** The same for programs: flat, without the trace's own shapes. */
export function changeRecord(
  change: FollowChange,
  nameRun: NameRun,
): { readonly type: string; readonly [field: string]: unknown } {
  switch (change.type) {
    case "run-started": {
      const { id, function: fn, queuedAt, trigger } = change.run;
      return {
        type: change.type,
        runId: id,
        functionId: fn.id,
        queuedAt,
        eventIds: trigger.eventIds,
      };
    }
    case "run-ended": {
      const { id, function: fn, status, durationMs } = change.run;
      const { output } = change;
      return { type: change.type, runId: id, functionId: fn.id, status, durationMs, output };
    }
    case "step-started":
    case "step-ended":
    case "attempt-failed": {
      const { step, ...rest } = change;
      const { name, op, status, startedAt, durationMs } = step;
      const functionId = nameRun(change.runId);
      return { ...rest, functionId, step: name, op, status, startedAt, durationMs };
    }
    default:
      return change;
  }
}

function stepName(change: { runId: string; step: RunStep }, nameRun: NameRun): string {
  return `${nameRun(change.runId)} › ${change.step.name}`;
}

function describeWait(step: RunStep): string {
  if (step.op === "WAIT_FOR_EVENT") return "  waits for an event";
  if (step.op === "WAIT_FOR_SIGNAL") return "  waits for a signal";
  if (step.op === "SLEEP") return "  sleeps";
  if (step.op === "INVOKE") return "  waits for another function";
  return "";
}

function describeRunEnd(run: Run, output: unknown, paint: Paint): string {
  const took =
    run.durationMs === undefined ? "" : `  ${paint.faint(formatDuration(run.durationMs))}`;
  const error = readSpanError({ status: run.status, output });
  const reason = error ? `  ${error.name}: ${error.message}` : "";
  const label =
    run.status === "COMPLETED" ? run.function.id : `${run.function.id} ${run.status.toLowerCase()}`;
  return `${paintStatus(paint, run.status, label)}${took}${reason}`;
}
