import { type Run, readSpanError } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { NextAction } from "../output/envelope.ts";
import { formatAge, formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { paintStatus } from "../output/status-text.ts";
import { renderTable } from "../output/table.ts";
import { loadRuns } from "../runs/load-runs.ts";
import { filterWords, type RunFilter } from "../runs/run-filter.ts";

export interface RunsFlags extends ConnectionFlags, RunFilter {
  readonly limit: number;
  readonly all?: boolean;
  readonly cursor?: string;
}

const ALL_MAX = 10_000;

export const runs = createAction<RunsFlags>("runs", async ({ io, context }, flags) => {
  const { api } = connect(context, flags);
  const { runs: found, cursor } = await loadRuns(api, flags, {
    limit: flags.all ? ALL_MAX : flags.limit,
    cursor: flags.cursor,
    onProgress: (count) => io.status(`${count} runs …`),
  });
  const more =
    cursor === undefined
      ? []
      : [
          {
            command: `igs runs ${filterWords(flags)}--cursor ${cursor}`,
            description: "Older ones",
          },
        ];
  const text = found.length === 0 ? "No runs." : renderRuns(found, io, Date.now());
  return {
    result: { runs: found, ...(cursor === undefined ? {} : { cursor }) },
    text: flags.all && more.length > 0 ? `${text}\nThese are the newest ${ALL_MAX}.` : text,
    nextActions: [...nextActionsFor(found), ...more],
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
