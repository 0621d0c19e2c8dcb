import { readSpanError } from "@system-bus/inngest-api";
import type { FollowedRun } from "../follow/follow-events.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";
import { paintStatus } from "../output/status-text.ts";

/** Each run with all of what it returned, or why it failed. */
export function renderResults(runs: readonly FollowedRun[], paint: Paint): string {
  return runs.map((run) => renderResult(run, paint)).join("\n");
}

function renderResult(run: FollowedRun, paint: Paint): string {
  const { status, functionId, runId, durationMs, output } = run;
  const took = durationMs === undefined ? "" : `  ${formatDuration(durationMs)}`;
  const line = `${paintStatus(paint, status, functionId)}${took}  ${paint.faint(`run ${runId}`)}`;
  const error = readSpanError(run);
  if (error) return `${line}\n  ${paint.bad(plainText(`${error.name}: ${error.message}`))}`;
  if (status !== "COMPLETED") return line;
  return `${line}\n  → ${plainText(JSON.stringify(output) ?? "null")}`;
}
