// Asks the engine about all functions of all its apps, by the documented API alone.

import type { AppFunction, InngestApi, Run } from "@system-bus/inngest-api";
import { FAILED_RUNS, FAILED_WITHIN_MS, type FunctionSeen } from "./decide-function-health.ts";

export interface LookAtFunctions {
  readonly api: Pick<InngestApi, "listFunctions" | "listRuns" | "eachRun">;
  readonly nowMs: number;
  /** Whether its failing stands as an alert: then it is asked for, however old its runs are. */
  readonly isKnownToFail: (fn: FunctionKey) => boolean;
}

export interface FunctionKey {
  readonly appId: string;
  readonly id: string;
}

/** Far beyond one person's machine. What is more is not looked at, and not called well either. */
const FUNCTIONS_MAX = 500;
const FAILED_RUNS_MAX = 1_000;
const PAGE = 100;

/** Throws an InngestApiError: what can't be asked is not well. */
export async function lookAtFunctions(look: LookAtFunctions): Promise<readonly FunctionSeen[]> {
  const functions = (await look.api.listFunctions()).slice(0, FUNCTIONS_MAX);
  const failedCounts = await countFailed(look);
  const seen: FunctionSeen[] = [];
  // One after the other: no more than one question at a time is put to an engine that works.
  for (const fn of functions) seen.push(await lookAtFunction(look, fn, failedCounts));
  return seen;
}

async function lookAtFunction(
  { api, isKnownToFail }: LookAtFunctions,
  fn: AppFunction,
  failedCounts: ReadonlyMap<string, number>,
): Promise<FunctionSeen> {
  const key = { appId: fn.app.id, id: fn.id };
  const crons = fn.triggers.filter(({ type }) => type === "CRON").map(({ value }) => value);
  const query = { appId: [key.appId], functionId: [key.id] };
  const completed =
    crons.length === 0
      ? []
      : (await api.listRuns({ ...query, status: ["COMPLETED"], limit: 1 })).items;
  const mayFail = (failedCounts.get(nameOf(key)) ?? 0) >= FAILED_RUNS || isKnownToFail(key);
  const ended = mayFail
    ? (await api.listRuns({ ...query, status: ["COMPLETED", "FAILED"], limit: FAILED_RUNS })).items
    : [];
  return {
    ...key,
    crons,
    isPaused: fn.pause !== undefined,
    problem: fn.problem ?? null,
    completedAtMs: completed[0] === undefined ? null : endOf(completed[0]),
    lastRuns: ended.map((run) => ({ isFailed: run.status === "FAILED", endedAtMs: endOf(run) })),
  };
}

async function countFailed({ api, nowMs }: LookAtFunctions): Promise<ReadonlyMap<string, number>> {
  const from = new Date(nowMs - FAILED_WITHIN_MS).toISOString();
  const counts = new Map<string, number>();
  for await (const run of api.eachRun({ status: ["FAILED"], from, limit: PAGE }, FAILED_RUNS_MAX)) {
    const name = nameOf({ appId: run.app.id, id: run.function.id });
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function nameOf({ appId, id }: FunctionKey): string {
  return `${appId}/${id}`;
}

function endOf({ endedAt, queuedAt }: Run): number {
  return Date.parse(endedAt ?? queuedAt);
}
