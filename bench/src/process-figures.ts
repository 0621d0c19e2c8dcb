import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Resident memory of a process in MB; Linux from /proc, elsewhere from ps. */
export async function readRssMb(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  }
  return Number(await readPs(pid, "rss=")) / 1_024;
}

/** Processor seconds that a process has used. */
export async function readCpuSeconds(pid: number): Promise<number> {
  if (process.platform === "linux") {
    // After the command's name, which may hold blanks: state is field 3 of proc(5), utime 14, stime 15.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }
  return readClock(await readPs(pid, "time="));
}

async function readPs(pid: number, column: string): Promise<string> {
  const ps = Bun.spawn(["ps", "-o", column, "-p", `${pid}`], { stdout: "pipe" });
  return (await new Response(ps.stdout).text()).trim();
}

/** `[hh:]mm:ss.cc`, as macOS's ps writes it. */
function readClock(text: string): number {
  return text.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
