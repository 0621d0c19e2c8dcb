import { type KnownRunStatus, type Run, readSpanError } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { NextAction } from "../output/envelope.ts";
import { formatAge, formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { paintStatus } from "../output/status-text.ts";
import { renderTable } from "../output/table.ts";

export interface RunsFlags extends ConnectionFlags {
  readonly status?: readonly KnownRunStatus[];
  readonly function?: string;
  readonly limit: number;
}

export const runs = createAction<RunsFlags>("runs", async ({ io, context }, flags) => {
  const { api } = connect(context, flags);
  const query = {
    includeOutput: true,
    limit: Math.min(flags.limit, 100),
    ...(flags.status ? { status: flags.status } : {}),
    ...(flags.function ? { functionId: [flags.function] } : {}),
  };
  const found = await Array.fromAsync(api.eachRun(query, flags.limit));
  return {
    result: { runs: found },
    text: found.length === 0 ? "No runs." : renderRuns(found, io, Date.now()),
    nextActions: nextActionsFor(found),
  };
});

export function renderRuns(
  found: readonly Run[],
  io: Pick<Io, "paint" | "columnsMax">,
  nowMs: number,
): string {
  const rows = found.map((run) => [
    run.id,
    paintStatus(io.paint, run.status, run.status.toLowerCase()),
    run.function.id,
    formatAge(Date.parse(run.queuedAt), nowMs),
    run.durationMs === undefined ? "" : formatDuration(run.durationMs),
    readSpanError(run)?.message ?? "",
  ]);
  const header = ["RUN", "STATUS", "FUNCTION", "QUEUED", "TOOK", "ERROR"];
  return renderTable(header, rows, { columnsMax: io.columnsMax, styleHeader: io.paint.faint });
}

function nextActionsFor(found: readonly Run[]): readonly NextAction[] {
  const failed = found.find((run) => run.status === "FAILED");
  const shown = failed ?? found[0];
  if (!shown) {
    return [{ command: "igs schema", description: "Which events there are, and what they start" }];
  }
  const look = {
    command: `igs run ${shown.id}`,
    description: "Steps, attempts and errors of a run",
  };
  if (!failed) return [look];
  return [look, { command: `igs rerun ${failed.id}`, description: "Run the failed one again" }];
}
