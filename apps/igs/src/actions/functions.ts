import type { AppFunction } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import {
  type FunctionHealth,
  type FunctionWithHealth,
  loadHealth,
} from "../functions/function-health.ts";
import type { NextAction } from "../output/envelope.ts";
import { formatAge, formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import type { Paint } from "../output/paint.ts";
import { paintStatus } from "../output/status-text.ts";
import { renderTable } from "../output/table.ts";

export interface FunctionsFlags extends ConnectionFlags {
  readonly last: number;
}

export const functions = createAction<FunctionsFlags>(
  "functions",
  async ({ io, context }, flags) => {
    const { api } = connect(context, flags);
    const found = await loadHealth(api, await api.listFunctions(), Math.min(flags.last, LAST_MAX));
    return {
      result: { functions: found },
      text:
        found.length === 0
          ? "No function is registered. Start the worker with `igs dev` or `igs start`."
          : renderFunctions(found, io, Date.now()),
      nextActions: nextActionsFor(found),
    };
  },
);

/** What a server gives in one page. */
const LAST_MAX = 100;

function nextActionsFor(found: readonly FunctionWithHealth[]): readonly NextAction[] {
  const worst = found.toSorted((a, b) => b.health.failedCount - a.health.failedCount)[0];
  const look = { command: "igs schema", description: "The events that start them" };
  if (!worst || worst.health.failedCount === 0) return [look];
  const command = `igs runs --function ${worst.id} --status failed`;
  return [{ command, description: "The failed runs of the one that fails most" }, look];
}

export function renderFunctions(
  found: readonly FunctionWithHealth[],
  io: Pick<Io, "paint" | "columnsMax">,
  nowMs: number,
): string {
  const rows = found
    .map((fn) => [
      fn.app.id,
      fn.id,
      ...describeHealth(fn.health, io.paint, nowMs),
      describeConcurrency(fn),
      String(fn.configuration?.retries?.value ?? ""),
      fn.triggers.map(({ value }) => value).join(", ") + describeNext(fn.health, nowMs),
    ])
    .toSorted((a, b) => `${a[0]} ${a[1]}`.localeCompare(`${b[0]} ${b[1]}`));
  const header = ["APP", "FUNCTION", "LAST RUN", "FAILED", "AT ONCE", "RETRIES", "STARTED BY"];
  const style = { columnsMax: io.columnsMax, styleHeader: io.paint.faint };
  return [renderTable(header, rows, style), ...found.flatMap(describeState)].join("\n");
}

/** The last run and when it was; the failed ones of those that have ended. */
function describeHealth(
  { lastRun, endedCount, failedCount }: FunctionHealth,
  paint: Paint,
  nowMs: number,
): readonly [string, string] {
  const last = lastRun
    ? paintStatus(paint, lastRun.status, formatAge(Date.parse(lastRun.queuedAt), nowMs))
    : paint.faint("never");
  const failed = endedCount === 0 ? "" : `${failedCount} of ${endedCount}`;
  return [last, failedCount > 0 ? paint.bad(failed) : failed];
}

function describeNext({ nextCronAt }: FunctionHealth, nowMs: number): string {
  if (nextCronAt === null) return "";
  return ` (next in ${formatDuration(Date.parse(nextCronAt) - nowMs)})`;
}

function describeState({ id, problem, pause }: AppFunction): readonly string[] {
  const runs = pause?.holdsRuns ? "; its unfinished runs wait" : "";
  return [
    ...(problem === undefined ? [] : [`${id} is never started here: ${problem}`]),
    ...(pause === undefined
      ? []
      : [`${id} is paused since ${pause.pausedAt}${runs}: \`igs functions resume ${id}\``]),
  ];
}

/** Such as `1`, `5 per event.data.k`; nothing where only the server's own limit holds. */
function describeConcurrency(fn: AppFunction): string {
  const limits = fn.configuration?.concurrency ?? [];
  return limits
    .filter(({ limit }) => limit !== undefined && !limit.isPlanLimit)
    .map(({ key, limit }) => `${limit?.value}${key ? ` per ${key}` : ""}`)
    .join(", ");
}
