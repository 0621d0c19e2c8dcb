import type { AppFunction, InngestApi, Run, RunStatus } from "@system-bus/inngest-api";

/** How a function has done lately. */
export interface FunctionHealth {
  readonly lastRun: {
    readonly id: string;
    readonly status: RunStatus;
    readonly queuedAt: string;
  } | null;
  /** Of the last runs, those that came to an end by themselves: cancelled and skipped ones say nothing. */
  readonly endedCount: number;
  readonly failedCount: number;
  /** When the next of its schedules fires; only the embedded engine tells. */
  readonly nextCronAt: string | null;
}

export interface FunctionWithHealth extends AppFunction {
  readonly health: FunctionHealth;
}

const AT_ONCE = 8;

/** The functions with what their last runs came to; `runsMax` of each are looked at. */
export async function loadHealth(
  api: InngestApi,
  functions: readonly AppFunction[],
  runsMax: number,
): Promise<readonly FunctionWithHealth[]> {
  const loaded: FunctionWithHealth[] = [];
  for (let at = 0; at < functions.length; at += AT_ONCE) {
    const some = functions.slice(at, at + AT_ONCE).map(async (fn) => {
      const query = { appId: [fn.app.id], functionId: [fn.id], limit: runsMax };
      const { items } = await api.listRuns(query);
      return { ...fn, health: judgeHealth(fn, items) };
    });
    loaded.push(...(await Promise.all(some)));
  }
  return loaded;
}

/** `runs` are the last ones, newest first. */
export function judgeHealth(fn: AppFunction, runs: readonly Run[]): FunctionHealth {
  const [last] = runs;
  const ended = runs.filter(({ status }) => status === "COMPLETED" || status === "FAILED");
  const crons = fn.triggers.flatMap(({ nextAt }) => nextAt ?? []);
  return {
    lastRun: last ? { id: last.id, status: last.status, queuedAt: last.queuedAt } : null,
    endedCount: ended.length,
    failedCount: ended.filter(({ status }) => status === "FAILED").length,
    nextCronAt: fn.pause === undefined ? (crons.toSorted()[0] ?? null) : null,
  };
}
