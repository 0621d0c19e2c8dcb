import { appendLine, type LogEntry, systemLogPath } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import { renderEntry } from "../log/render-entry.ts";

export interface LogWriteFlags extends CommonFlags {
  readonly action: string;
  readonly tool: string;
  readonly detail: string;
  readonly reason?: string;
}

export const logWrite = createAction<LogWriteFlags>("log write", async ({ io, context }, flags) => {
  const { action, tool, detail, reason } = flags;
  const file = systemLogPath(loadSettings(context).vault);
  const entry: LogEntry = {
    timestamp: new Date().toISOString(),
    action,
    tool,
    detail,
    ...(reason === undefined ? {} : { reason }),
  };
  appendLine(file, entry);
  return {
    result: { file, entry },
    text: renderEntry(entry, io.paint),
    nextActions: [{ command: "igs log tail", description: "The last entries" }],
  };
});
