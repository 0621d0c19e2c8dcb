// `igs start` as a process that outlives `igs setup`, where no daemon is wished. Its output goes to a file.

import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { identifyProcess, openProcessTable } from "@system-bus/programs/processes";
import type { Settings } from "@system-bus/settings";
import type { Clock } from "../clock.ts";
import { sourceFolder } from "../supervisor/bun-argv.ts";
import { stopSupervisor } from "../supervisor/stop-supervisor.ts";

const LOG_NAME = "igs-start.log";
const MAIN_SCRIPT = join(sourceFolder, "main.ts");
const LINES_SHOWN = 5;

export interface DetachedBus {
  readonly pid: number;
  readonly logPath: string;
}

function detachedLogPath({ folders }: Pick<Settings, "folders">): string {
  return join(folders.logs, LOG_NAME);
}

export async function startDetachedBus(
  settings: Settings,
  env: Readonly<Record<string, string>>,
): Promise<DetachedBus> {
  const logPath = detachedLogPath(settings);
  await mkdir(settings.folders.logs, { recursive: true, mode: 0o700 });
  const log = await open(logPath, "a", 0o600);
  try {
    const child = Bun.spawn([process.execPath, "--no-env-file", MAIN_SCRIPT, "start"], {
      cwd: sourceFolder,
      env: { ...env },
      stdin: "ignore",
      stdout: log.fd,
      stderr: log.fd,
      detached: true,
    });
    child.unref();
    return { pid: child.pid, logPath };
  } finally {
    await log.close();
  }
}

/** A pid alone may be another program's by now: what it runs has to be ours. */
export async function isDetachedBus(pid: number): Promise<boolean> {
  const ps = Bun.spawn(["ps", "-ww", "-o", "stat=,command=", "-p", String(pid)], {
    stdin: "ignore",
    stderr: "ignore",
  });
  const shown = (await ps.stdout.text()).trim();
  return !shown.startsWith("Z") && shown.includes(`${MAIN_SCRIPT} start`);
}

/** Returns when it has ended. */
export async function stopDetachedBus(pid: number, clock: Clock): Promise<void> {
  if (!(await isDetachedBus(pid))) return;
  const processes = openProcessTable();
  const bus = await identifyProcess(processes, pid);
  const { signal } = new AbortController();
  if (bus !== null) await stopSupervisor(bus, { processes, clock, signal });
}

/** What it said last, for the one who has to find out why it is gone. */
export async function readLastLines(logPath: string): Promise<string> {
  const text = await readFile(logPath, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-LINES_SHOWN).join("\n");
}
