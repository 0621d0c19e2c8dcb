import { stat } from "node:fs/promises";
import { type CommonFlags, createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { daemonLogFile } from "../daemon/daemon-unit.ts";
import { type FoundDaemon, findDaemon } from "../daemon/find-daemon.ts";
import { followLog } from "../daemon/log/follow-log.ts";
import { type DaemonLogLine, readLogLine } from "../daemon/log/log-line.ts";
import { readLogTail } from "../daemon/log/read-log-tail.ts";
import { STATUS_ACTION } from "../daemon/next-actions.ts";
import { loadSettings } from "../load-settings.ts";
import type { Paint } from "../output/paint.ts";

export interface DaemonLogsFlags extends CommonFlags {
  readonly limit: number;
  readonly follow?: boolean;
}

/** What Bun says when it can't run us is short. */
const OUTPUT_LINES = 20;

export const daemonLogs = createAction<DaemonLogsFlags>(
  "daemon logs",
  async ({ io, context }, { limit, follow }) => {
    const daemon = await findDaemon(context.env);
    // Also after an uninstall: the log stays.
    const file =
      daemon.logFile ?? daemonLogFile(loadSettings(context, { mode: "start" }).folders.logs);
    const lines = (await readLogTail(file, limit)).map(readLogLine);
    const unlogged = await readUnlogged(daemon, file);
    if (!follow) {
      const text = [...lines, ...unlogged].map((line) => renderLine(line, io.paint)).join("\n");
      return {
        result: { file, lines, unlogged },
        text: text || `The log ${file} is empty. ${hintOf(daemon)}`,
        nextActions: [
          { command: "igs daemon logs -f", description: "The lines to come" },
          STATUS_ACTION,
        ],
      };
    }
    const signal = context.listenForStop();
    const tell = (line: DaemonLogLine) =>
      io.emit({ type: "line", ...line }, renderLine(line, io.paint));
    for (const line of [...lines, ...unlogged]) tell(line);
    let toldCount = lines.length + unlogged.length;
    for await (const line of followLog(file, { clock: systemClock, signal })) {
      tell(readLogLine(line));
      toldCount += 1;
    }
    return { result: { file, toldCount }, text: "" };
  },
);

/** What launchd has caught since the log's last line: why `igs start` did not even begin. */
async function readUnlogged(
  { outputFile }: FoundDaemon,
  logFile: string,
): Promise<readonly DaemonLogLine[]> {
  if (outputFile === null) return [];
  const [output, log] = await Promise.all([writtenAtMs(outputFile), writtenAtMs(logFile)]);
  // An end that the log tells is told there as well, a moment later.
  if (output === null || output <= (log ?? 0) + 1_000) return [];
  return (await readLogTail(outputFile, OUTPUT_LINES)).map((text) => ({ at: null, text }));
}

async function writtenAtMs(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

function hintOf({ journalCommand }: FoundDaemon): string {
  return journalCommand === null ? "" : `\`${journalCommand}\` shows what systemd knows.`;
}

/** In local time, as `igs log tail` has it. */
function renderLine({ at, text }: DaemonLogLine, paint: Paint): string {
  if (at === null) return text;
  return `${paint.faint(new Date(at).toLocaleString("sv-SE"))}  ${text}`;
}
