import { searchLog, systemLogPath } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import { type LogFilterFlags, readLogFilter } from "../log/log-filter.ts";
import { renderEntry } from "../log/render-entry.ts";

export interface LogSearchFlags extends CommonFlags, LogFilterFlags {
  readonly limit: number;
}

export const logSearch = createAction<LogSearchFlags, [string?]>(
  "log search",
  async ({ io, context }, flags, text) => {
    const file = systemLogPath(loadSettings(context).vault);
    // One more than is shown tells whether there are more.
    const query = { ...readLogFilter(flags, text), countMax: flags.limit + 1 };
    const found = searchLog(file, query);
    const entries = found.slice(-flags.limit);
    const hasMore = found.length > entries.length;
    const lines = entries.map((entry) => renderEntry(entry, io.paint));
    if (hasMore) lines.unshift(io.paint.faint(`The last ${flags.limit} of more:`));
    return {
      result: { file, entries, hasMore },
      text: lines.length === 0 ? "Nothing in the log fits." : lines.join("\n"),
      nextActions: [{ command: "igs log stats", description: "Which actions and tools there are" }],
    };
  },
);
