import type { InngestApi, Run } from "@system-bus/inngest-api";
import { fitsRun, type RunFilter, runQuery } from "./run-filter.ts";

const PAGE_SIZE = 100;
/** Of a name: beyond it the search for runs has looked long enough. */
const EVENTS_LOOKED_AT_MAX = 500;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export interface LoadedRuns {
  /** Newest first. */
  readonly runs: readonly Run[];
  /** Where the list goes on; undefined at its end, and for runs of an event. */
  readonly cursor: string | undefined;
}

export interface LoadOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly onProgress?: (count: number) => void;
}

/** Runs that fit, as many as asked for. */
export async function loadRuns(
  api: InngestApi,
  filter: RunFilter,
  options: LoadOptions,
): Promise<LoadedRuns> {
  const { limit, onProgress } = options;
  if (filter.event !== undefined) {
    const runs = await loadRunsOfEvents(api, filter.event, filter, limit);
    return { runs, cursor: undefined };
  }
  const runs: Run[] = [];
  const seen = new Set<string>();
  let { cursor } = options;
  do {
    const pageSize = Math.min(PAGE_SIZE, limit - runs.length);
    const query = { ...runQuery(filter), includeOutput: true, limit: pageSize, cursor };
    const page = await api.listRuns(query);
    runs.push(...page.items.slice(0, pageSize));
    onProgress?.(runs.length);
    // A server that hands out a cursor twice would keep us here for ever.
    cursor = page.cursor === undefined || seen.has(page.cursor) ? undefined : page.cursor;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined && runs.length < limit);
  return { runs, cursor };
}

async function loadRunsOfEvents(
  api: InngestApi,
  idOrName: string,
  filter: RunFilter,
  limit: number,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for await (const eventId of eachEventId(api, idOrName, filter)) {
    const started = await api.getEventRuns(eventId);
    runs.push(...started.filter((run) => fitsRun(run, filter)));
    if (runs.length >= limit) break;
  }
  const unique = [...new Map(runs.map((run) => [run.id, run])).values()];
  return unique.toSorted((a, b) => b.queuedAt.localeCompare(a.queuedAt)).slice(0, limit);
}

async function* eachEventId(
  api: InngestApi,
  idOrName: string,
  { since }: RunFilter,
): AsyncGenerator<string> {
  if (ULID.test(idOrName)) {
    yield idOrName;
    return;
  }
  const after = since === undefined ? {} : { receivedAfter: since };
  const query = { name: idOrName, limit: PAGE_SIZE, ...after };
  for await (const event of api.eachEvent(query, EVENTS_LOOKED_AT_MAX)) yield event.internalId;
}
