import { followLog, readTail, systemLogPath } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import { type LogFilterFlags, readLogFilter } from "../log/log-filter.ts";
import { renderEntry } from "../log/render-entry.ts";
import type { Io } from "../output/io.ts";

export interface LogTailFlags extends CommonFlags, LogFilterFlags {
  readonly limit: number;
  readonly follow?: boolean;
}

export const logTail = createAction<LogTailFlags>("log tail", async ({ io, context }, flags) => {
  const file = systemLogPath(loadSettings(context).vault);
  if (flags.follow) {
    const toldCount = await tellEntries(file, { io, flags, signal: context.listenForStop() });
    return { result: { file, toldCount }, text: "" };
  }
  const entries = readTail(file, flags.limit, readLogFilter(flags));
  return {
    result: { file, entries },
    text:
      entries.length === 0
        ? `The log ${file} has no such entries.`
        : entries.map((entry) => renderEntry(entry, io.paint)).join("\n"),
    nextActions: [
      { command: "igs log tail --follow", description: "The entries to come" },
      { command: "igs log stats", description: "What is in the log as a whole" },
    ],
  };
});

async function tellEntries(
  file: string,
  scene: { readonly io: Io; readonly flags: LogTailFlags; readonly signal: AbortSignal },
): Promise<number> {
  const { io, flags, signal } = scene;
  const options = { signal, tailCount: flags.limit, filter: readLogFilter(flags) };
  let toldCount = 0;
  for await (const entry of followLog(file, options)) {
    io.emit({ type: "entry", ...entry }, renderEntry(entry, io.paint));
    toldCount += 1;
  }
  return toldCount;
}
