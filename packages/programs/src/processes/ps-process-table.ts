// macOS (and other systems without /proc): ps(1) with BSD flags, and sysctl(8).

import { ProgramError } from "../program-error.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";

const COLUMNS = "pid=,ppid=,pgid=,stat=,lstart=,command=";

export interface PsOptions {
  /**
   * `kern.bootsessionuuid` by default. Not `kern.boottime`: that one moves when the clock is set, and
   * every living program would look like one of an earlier boot.
   */
  readonly readBootId?: () => string;
  /** Lists all with the environment after the command. Linux's procps says `axeww` for it. */
  readonly environmentFlags?: readonly string[];
}

export function openPsProcessTable(options: PsOptions = {}): ProcessTable {
  const readBootId = options.readBootId ?? readMacBootId;
  const environmentFlags = options.environmentFlags ?? ["-axEww"];
  const list = async () => parseProcessList(await ps(["-ax", "-ww", "-o", COLUMNS]));

  return {
    bootId: readBootId(),
    find: async (pid) =>
      parseProcessList(await ps(["-ww", "-o", COLUMNS, "-p", String(pid)]))[0] ?? null,
    list,
    listMarked: async (name, value) => {
      const entries = await list();
      const lines = await ps([...environmentFlags, "-o", "pid=,command="]);
      return findMarked({ entries, lines, mark: `${name}=${value}` });
    },
    signal: sendSignal,
  };
}

const LINE =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+\d\d:\d\d:\d\d\s+\d{4})\s+(.*)$/;

/** Zombies are left out; a line that is none of ours to understand breaks the promise of ps. */
export function parseProcessList(output: string): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const line of output.split("\n")) {
    if (line.trim() === "") continue;
    const [, pid, parentPid, groupPid, state, startMark, command] = LINE.exec(line) ?? [];
    if (pid === undefined || state === undefined || startMark === undefined) {
      throw new ProgramError("PROCESSES_UNREADABLE", `ps printed a line we cannot read: ${line}`);
    }
    if (state.startsWith("Z")) continue;
    entries.push({
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupPid: Number(groupPid),
      startMark: startMark.replace(/\s+/g, " "),
      command: command ?? "",
    });
  }
  return entries;
}

export interface MarkedInput {
  readonly entries: readonly ProcessEntry[];
  /** `pid command environment`, one process a line. */
  readonly lines: string;
  readonly mark: string;
}

/**
 * ps prints the environment after the command, so the command is cut off first: a person's
 * `grep <mark>` has the mark in its arguments and must not be taken for part of the program.
 */
export function findMarked({ entries, lines, mark }: MarkedInput): ReadonlySet<number> {
  const commands = new Map(entries.map((entry) => [entry.pid, entry.command]));
  const marked = new Set<number>();
  for (const line of lines.split("\n")) {
    const [, pidText, rest] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const pid = Number(pidText);
    const command = commands.get(pid);
    if (rest === undefined || command === undefined || !rest.startsWith(command)) continue;
    if (rest.slice(command.length).split(" ").includes(mark)) marked.add(pid);
  }
  return marked;
}

/** C locale and UTC, or the start times would change with the person's settings or a journey. */
async function ps(args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["ps", ...args], {
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const exitCode = await child.exited;
  // ps answers 1 without a word when no process matches; a failing ps must never read as "dead".
  const hasNoMatch = exitCode === 1 && output === "" && complaint === "";
  if (exitCode !== 0 && !hasNoMatch) {
    throw new ProgramError("PROCESSES_UNREADABLE", `ps failed (${exitCode}): ${complaint.trim()}`);
  }
  return output;
}

function readMacBootId(): string {
  const answer = Bun.spawnSync(["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]);
  const bootId = answer.stdout.toString().trim();
  if (answer.exitCode !== 0 || bootId === "") {
    throw new ProgramError("PROCESSES_UNREADABLE", "sysctl kern.bootsessionuuid gave no boot id");
  }
  return bootId;
}
