import { followLog, type LogEntry, readTail, systemLogPath } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import type { Io } from "../output/io.ts";
import type { Paint } from "../output/paint.ts";

export interface LogTailFlags extends CommonFlags {
  readonly limit: number;
  readonly follow?: boolean;
}

export const logTail = createAction<LogTailFlags>("log tail", async ({ io, context }, flags) => {
  const file = systemLogPath(loadSettings(context).vault);
  if (flags.follow) {
    const toldCount = await tellEntries(file, { io, flags, signal: context.listenForStop() });
    return { result: { file, toldCount }, text: "" };
  }
  const entries = readTail(file, flags.limit);
  return {
    result: { file, entries },
    text:
      entries.length === 0
        ? `The log ${file} has no entries.`
        : entries.map((entry) => renderEntry(entry, io.paint)).join("\n"),
    nextActions: [{ command: "igs log tail --follow", description: "The entries to come" }],
  };
});

async function tellEntries(
  file: string,
  scene: { readonly io: Io; readonly flags: LogTailFlags; readonly signal: AbortSignal },
): Promise<number> {
  const { io, flags, signal } = scene;
  let toldCount = 0;
  for await (const entry of followLog(file, { signal, tailCount: flags.limit })) {
    io.emit({ type: "entry", ...entry }, renderEntry(entry, io.paint));
    toldCount += 1;
  }
  return toldCount;
}

/** One line: local time, what was done with what, and what came of it. */
export function renderEntry(entry: LogEntry, paint: Paint): string {
  const at = new Date(entry.timestamp).toLocaleString("sv-SE");
  const reason = entry.reason ? paint.faint(`  (${entry.reason})`) : "";
  return `${paint.faint(at)}  ${paint.strong(entry.action)} ${entry.tool}  ${entry.detail}${reason}`;
}
