import { type LogStats, logStats, systemLogPath, type WordCount } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import { type LogFilterFlags, readLogFilter } from "../log/log-filter.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { plainText } from "../output/plain-text.ts";
import { renderTable } from "../output/table.ts";

export type LogStatsFlags = CommonFlags & LogFilterFlags;

const ROWS_MAX = 10;

export const logStatistics = createAction<LogStatsFlags>(
  "log stats",
  async ({ io, context }, flags) => {
    const file = systemLogPath(loadSettings(context).vault);
    const stats = logStats(file, Date.now(), readLogFilter(flags));
    return {
      result: { file, ...stats },
      text: stats.count === 0 ? `The log ${file} has no such entries.` : renderStats(stats, io),
      nextActions: [
        ...(stats.problemCount > 0
          ? [{ command: "igs log validate", description: "The lines that are no entries" }]
          : []),
        { command: "igs log tail", description: "The last entries" },
      ],
    };
  },
);

export function renderStats(
  stats: LogStats,
  { paint, columnsMax }: Pick<Io, "paint" | "columnsMax">,
) {
  const { count, firstAt, lastAt, ageMs, problemCount, actions, tools, days } = stats;
  const problems = problemCount === 0 ? "" : paint.bad(`; ${problemCount} lines are no entries`);
  const rowCount = Math.min(ROWS_MAX, Math.max(actions.length, tools.length, days.length));
  const rows = Array.from({ length: rowCount }, (_, at) =>
    [actions[at], tools[at], days[at]].flatMap(cellsOf),
  );
  const header = ["ACTION", "", "TOOL", "", "DAY", ""];
  return [
    `${count} entries from ${firstAt} to ${lastAt}, the last ${formatDuration(ageMs ?? 0)} ago${problems}`,
    "",
    renderTable(header, rows, { columnsMax, styleHeader: paint.faint }),
    ...([actions.length, tools.length, days.length].some((length) => length > ROWS_MAX)
      ? [paint.faint("--json has the rest.")]
      : []),
  ].join("\n");
}

function cellsOf(one: WordCount | undefined): readonly string[] {
  return one ? [plainText(one.word), String(one.count)] : ["", ""];
}
