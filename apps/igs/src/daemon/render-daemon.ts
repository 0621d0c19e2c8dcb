import { formatAge } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import type { FoundDaemon } from "./find-daemon.ts";

/** For people: what is installed, whether it runs, and where it speaks. */
export function renderDaemon(daemon: FoundDaemon, paint: Paint, nowMs: number): string {
  if (daemon.kind === "none") return "No daemon is installed.";
  const rows = [
    ["daemon", `${daemon.name}  ${describeState(daemon, paint)}`],
    ["unit", daemon.unitPath ?? paint.bad("its file is gone")],
    ["process", describeProcess(daemon, nowMs)],
    ["starts", describeStart(daemon)],
    ["log", daemon.logFile ?? "not known"],
  ];
  return rows.map(([name = "", value = ""]) => `${name.padEnd(8)}  ${value}`).join("\n");
}

function describeState({ state, scope }: FoundDaemon, paint: Paint): string {
  const whose = scope === "system" ? " (of the machine)" : "";
  switch (state) {
    case "running":
      return paint.good("running") + whose;
    case "waiting":
      return paint.pending("ended, starts again in a moment") + whose;
    case "stopped":
      return paint.bad("loaded, but stopped") + whose;
    case "absent":
      return paint.bad("installed, but not loaded") + whose;
    case "unknown":
      return paint.bad("not known: its service manager doesn't answer") + whose;
  }
}

function describeProcess(daemon: FoundDaemon, nowMs: number): string {
  const { pid, startedAtMs, restartCount, lastExit } = daemon;
  const since = startedAtMs === null ? "" : `, started ${formatAge(startedAtMs, nowMs)}`;
  const parts = [
    pid === null ? "none" : `pid ${pid}${since}`,
    ...(restartCount === null
      ? []
      : [`${restartCount} ${restartCount === 1 ? "restart" : "restarts"}`]),
    ...(lastExit === null ? [] : [`the one before ${lastExit}`]),
  ];
  return parts.join(", ");
}

function describeStart({ kind, scope, startsAtBoot }: FoundDaemon): string {
  if (scope === "system") return "with the machine";
  if (kind === "launchd")
    return "when you log in at the screen; `--system` starts with the machine";
  if (startsAtBoot === null) return "when you log in; whether with the machine is not known";
  return startsAtBoot ? "with the machine (linger is on)" : "when you log in (linger is off)";
}
