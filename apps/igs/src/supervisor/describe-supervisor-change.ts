import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { describeLogLine } from "./describe-log-line.ts";
import type { PartExit } from "./part-process.ts";
import type { SupervisorChange } from "./supervise.ts";

/** One line for people, its part before it. */
export function describeSupervisorChange(change: SupervisorChange, paint: Paint): string {
  const label = paint.faint(`${change.part} │`);
  switch (change.type) {
    case "line":
      return `${label} ${describeLogLine(change.text)}`;
    case "part-ready":
      return `${label} ${paint.good("ready")} ${paint.faint(`pid ${change.pid}`)}`;
    case "part-ended":
      return `${label} ${paint.bad(describeExit(change))}, starts again in ${formatDuration(change.restartInMs)}`;
    case "part-stopped":
      return `${label} stopped`;
  }
}

export function describeExit({ exitCode, signal }: PartExit): string {
  return signal === null ? `ended with code ${exitCode}` : `was ended by ${signal}`;
}
