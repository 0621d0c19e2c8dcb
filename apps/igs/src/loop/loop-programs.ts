// Which runs and programs belong to a loop: its record names none, for they come and go. The engine knows
// the runs and their events, the worker the programs of a run.

import { type InngestApi, InngestApiError, type Run } from "@system-bus/inngest-api";
import { loadPrograms, type ProgramSeen } from "../follow/program-feed.ts";

export const LOOP_FUNCTIONS = [
  "agent-loop-plan",
  "agent-loop-implement",
  "agent-loop-review",
  "agent-loop-judge",
  "agent-loop-complete",
  "agent-loop-retro",
] as const;

/** The slot that agents of loops stand in line for. */
const AGENT_SLOT = "loop-agent";

/** More loops at once than one machine has. */
const RUNS_MAX = 200;
const PAGE_SIZE = 100;

export interface LoopActivity {
  /** Unfinished runs of the loop; null where no engine answers. */
  readonly runs: readonly Run[] | null;
  /** Its programs that live, of ended runs, too; null where no worker, or no engine, answers. */
  readonly programs: readonly ProgramSeen[] | null;
  /** Agents of loops that live while the engine no longer knows their run: they may be this loop's. */
  readonly strays: readonly ProgramSeen[];
}

export interface ActivityReader {
  read(loopId: string): Promise<LoopActivity>;
}

/** Asks engine and worker; what belongs to which loop is remembered between two looks. */
export function createActivityReader(api: InngestApi, workerOrigin: string): ActivityReader {
  const loopIdOf = createLoopNamer(api);
  return {
    async read(loopId) {
      const [runs, seen] = await Promise.all([
        orNull(listLoopRuns(api, loopIdOf, loopId)),
        loadPrograms(workerOrigin),
      ]);
      if (runs === null || seen === null) return { runs, programs: null, strays: [] };
      const living = seen.filter(({ state }) => state !== "ended");
      const sorted = await orNull(sortPrograms(living, { runs, loopId, api, loopIdOf }));
      return { runs, programs: sorted?.own ?? null, strays: sorted?.strays ?? [] };
    },
  };
}

type LoopNamer = (run: Run) => Promise<string | null>;

async function listLoopRuns(
  api: InngestApi,
  loopIdOf: LoopNamer,
  loopId: string,
): Promise<readonly Run[]> {
  const query = {
    status: ["QUEUED", "RUNNING"],
    functionId: LOOP_FUNCTIONS,
    limit: PAGE_SIZE,
  } as const;
  const found: Run[] = [];
  for await (const run of api.eachRun(query, RUNS_MAX)) {
    if ((await loopIdOf(run)) === loopId) found.push(run);
  }
  return found;
}

interface Sorting {
  readonly runs: readonly Run[];
  readonly loopId: string;
  readonly api: InngestApi;
  readonly loopIdOf: LoopNamer;
}

async function sortPrograms(
  living: readonly ProgramSeen[],
  { runs, loopId, api, loopIdOf }: Sorting,
): Promise<{ readonly own: readonly ProgramSeen[]; readonly strays: readonly ProgramSeen[] }> {
  const own: ProgramSeen[] = [];
  const strays: ProgramSeen[] = [];
  for (const program of living) {
    const known = runs.find(({ id }) => id === program.runId);
    const run = known ?? (await orMissing(api.getRun(program.runId)));
    if (run === null) {
      if (program.slot?.name === AGENT_SLOT) strays.push(program);
    } else if (known || (isOfLoops(run) && (await loopIdOf(run)) === loopId)) own.push(program);
  }
  return { own, strays };
}

function isOfLoops(run: Run): boolean {
  return LOOP_FUNCTIONS.some((id) => id === run.function.id);
}

/** A run's loop never changes, so each is asked for once it is known. */
function createLoopNamer(api: InngestApi): LoopNamer {
  const known = new Map<string, string>();
  return async ({ id, trigger }) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const [eventId] = trigger.eventIds;
    // An event is shown a moment after it was taken: asked for again at the next look.
    const event = eventId === undefined ? null : await orMissing(api.getEvent(eventId));
    const loopId = event?.data["loopId"];
    if (typeof loopId !== "string") return null;
    known.set(id, loopId);
    return loopId;
  };
}

async function orMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return null;
    throw error;
  }
}

/** Null when the engine can't be asked: nobody knows then what lives. */
async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof InngestApiError) return null;
    throw error;
  }
}
