// Linux: /proc. Reads are synchronous because /proc never blocks on a disk, and a list of some
// hundred processes takes a few milliseconds.

import { readdirSync, readFileSync } from "node:fs";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";

export function openLinuxProcessTable(root = "/proc"): ProcessTable {
  const find = (pid: number): ProcessEntry | null => {
    const stat = readIfThere(`${root}/${pid}/stat`);
    return stat === null ? null : parseStat(stat.toString("latin1"));
  };
  const pids = () => readdirSync(root).filter(isPid).map(Number);

  return {
    bootId: readFileSync(`${root}/sys/kernel/random/boot_id`, "utf8").trim(),
    find: async (pid) => find(pid),
    list: async () => pids().flatMap((pid) => find(pid) ?? []),
    listMarked: async (name, value) => {
      const marked = pids().filter((pid) => {
        const environment = readIfThere(`${root}/${pid}/environ`);
        return environment?.toString("utf8").split("\0").includes(`${name}=${value}`) ?? false;
      });
      return new Set(marked);
    },
    signal: sendSignal,
  };
}

/**
 * Reads `/proc/<pid>/stat` (proc(5)). The command stands in parentheses and may hold spaces and
 * parentheses itself, so the fields are counted from the last `)`. Null for a dead process.
 */
export function parseStat(stat: string): ProcessEntry | null {
  const open = stat.indexOf("(");
  const close = stat.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = stat.slice(close + 2).split(" ");
  const [state, parentPid, groupPid] = fields;
  // Field 22 of the line; the first field after the command is the third.
  const startMark = fields[22 - 3];
  if (state === undefined || startMark === undefined || "ZXx".includes(state)) return null;
  return {
    pid: Number(stat.slice(0, open)),
    parentPid: Number(parentPid),
    groupPid: Number(groupPid),
    startMark,
    command: stat.slice(open + 1, close),
  };
}

function isPid(name: string): boolean {
  return /^[1-9][0-9]*$/.test(name);
}

/** Processes end while we look, and those of other users have files we may not read. */
function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM") return null;
    throw error;
  }
}
