import type { Database, Statement } from "bun:sqlite";
import {
  RUN_STATUSES,
  type RunPosition,
  type RunQuery,
  type RunSummary,
} from "../core/run-list.ts";
import { ulidFloor } from "../core/ulid.ts";

const ID_FIRST = "";
/** After every ULID. */
const ID_LAST = "Z";

const SUMMARY = `
  SELECT run.id, run.status, app.name AS appName, run.function_id AS functionId,
         fn.slug AS functionSlug, fn.config_json ->> '$.name' AS functionName,
         run.event_internal_id AS eventInternalId, run.batch_id AS batchId,
         run.rerun_of AS rerunOf, run.queued_at_ms AS queuedAtMs,
         run.started_at_ms AS startedAtMs, run.ended_at_ms AS endedAtMs,
         CASE WHEN $withOutput THEN run.output_json END AS outputJson
  FROM runs AS run
  JOIN functions AS fn ON fn.id = run.function_id
  JOIN apps AS app ON app.id = run.app_id
  WHERE run.id = $id`;

/** Ids alone, so that each of these is answered by its index; the rows follow for the page. */
function selectByQueued(order: "ASC" | "DESC"): string {
  return `SELECT id FROM runs WHERE id > $above AND id < $below ORDER BY id ${order} LIMIT $limit`;
}

function selectOfPair(order: "ASC" | "DESC"): string {
  return `
    SELECT id FROM runs
    WHERE function_id = $functionId AND status = $status AND id > $above AND id < $below
    ORDER BY id ${order} LIMIT $limit`;
}

/** Reads the runs of the time range in order; statuses and functions are looked at run by run. */
function selectByMoment(column: "started_at_ms" | "ended_at_ms", order: "ASC" | "DESC"): string {
  return `
    SELECT id FROM runs
    WHERE ${column} IS NOT NULL AND ${column} >= $fromMs AND ${column} < $untilMs
      AND (${column}, id) ${order === "ASC" ? ">" : "<"} ($afterMs, $afterId)
      AND ($statuses IS NULL OR status IN (SELECT value FROM json_each($statuses)))
      AND ($functionIds IS NULL OR function_id IN (SELECT value FROM json_each($functionIds)))
    ORDER BY ${column} ${order}, id ${order} LIMIT $limit`;
}

const SELECT_OF_EVENT = `
  SELECT id FROM runs WHERE event_internal_id = $eventInternalId AND id < $below
  ORDER BY id DESC LIMIT $limit`;

/** An event is in few batches, one of each function, and a batch has one run and its repeats. */
const SELECT_OF_BATCHED_EVENT = `
  SELECT run.id
  FROM batch_events AS member JOIN runs AS run ON run.batch_id = member.batch_id
  WHERE member.event_internal_id = $eventInternalId AND run.id < $below
  ORDER BY run.id DESC LIMIT $limit`;

const SELECT_EVENTS_OF_BATCH = `
  SELECT event_internal_id AS id FROM batch_events WHERE batch_id = ? ORDER BY position`;

/** The SQL of the lists of runs, by name; a test asks SQLite how it would carry each out. */
export const runListQueries = {
  byQueued: selectByQueued("DESC"),
  ofPair: selectOfPair("DESC"),
  byStarted: selectByMoment("started_at_ms", "DESC"),
  byEnded: selectByMoment("ended_at_ms", "ASC"),
  ofEvent: SELECT_OF_EVENT,
  ofBatchedEvent: SELECT_OF_BATCHED_EVENT,
} as const;

export interface EventRunsPage {
  readonly after: string | null;
  readonly limit: number;
  readonly withOutput: boolean;
}

type SummaryRow = Omit<RunSummary, "eventInternalIds"> & { readonly batchId: string | null };

export class RunReads {
  readonly #db: Database;
  readonly #summary: Statement<SummaryRow, [{ id: string; withOutput: number }]>;
  readonly #eventsOfBatch: Statement<{ id: string }, [string]>;

  constructor(db: Database) {
    this.#db = db;
    this.#summary = db.query(SUMMARY);
    this.#eventsOfBatch = db.query(SELECT_EVENTS_OF_BATCH);
  }

  find(id: string, { withOutput }: { readonly withOutput: boolean }): RunSummary | null {
    const row = this.#summary.get({ id, withOutput: withOutput ? 1 : 0 });
    if (row === null) return null;
    const { batchId, ...run } = row;
    const eventInternalIds =
      batchId === null
        ? [run.eventInternalId]
        : this.#eventsOfBatch.all(batchId).map((event) => event.id);
    return { ...run, eventInternalIds };
  }

  load(query: RunQuery): readonly RunSummary[] {
    const ids =
      query.timeField === "queuedAt" ? this.#idsByQueued(query) : this.#idsByMoment(query);
    return this.#summaries(ids, query);
  }

  loadOfEvent(eventInternalId: string, page: EventRunsPage): readonly RunSummary[] {
    const { after, limit } = page;
    const bounds = { eventInternalId, below: after ?? ID_LAST, limit };
    const ids = this.#ids(SELECT_OF_EVENT, bounds);
    const batched = this.#ids(SELECT_OF_BATCHED_EVENT, bounds);
    if (batched.length === 0) return this.#summaries(ids, page);
    // A batch's first event finds its run both ways.
    const merged = [...new Set([...ids, ...batched])].sort().reverse();
    return this.#summaries(merged.slice(0, limit), page);
  }

  /**
   * A run's id carries the moment it was queued, so that the ids of a time range are one range. With a
   * filter each pair of function and status is a range of its own; their heads are merged.
   */
  #idsByQueued(query: RunQuery): readonly string[] {
    const { order, limit, statuses, functionIds } = query;
    const bounds = { ...idBounds(query), limit };
    if (statuses === null && functionIds === null) return this.#ids(selectByQueued(order), bounds);
    const sql = selectOfPair(order);
    const ids: string[] = [];
    for (const functionId of functionIds ?? this.#functionIds()) {
      for (const status of statuses ?? RUN_STATUSES) {
        ids.push(...this.#ids(sql, { ...bounds, functionId, status }));
      }
    }
    ids.sort();
    if (order === "DESC") ids.reverse();
    return ids.slice(0, limit);
  }

  #idsByMoment(query: RunQuery): readonly string[] {
    const { timeField, order, limit, statuses, functionIds } = query;
    const column = timeField === "startedAt" ? "started_at_ms" : "ended_at_ms";
    const after = query.after ?? beforeFirst(order);
    return this.#ids(selectByMoment(column, order), {
      fromMs: query.fromMs ?? 0,
      untilMs: query.untilMs ?? Number.MAX_SAFE_INTEGER,
      afterMs: after.atMs,
      afterId: after.id,
      statuses: statuses && JSON.stringify(statuses),
      functionIds: functionIds && JSON.stringify(functionIds),
      limit,
    });
  }

  #functionIds(): readonly string[] {
    return this.#ids("SELECT id FROM functions", {});
  }

  #ids(sql: string, values: Record<string, string | number | null>): readonly string[] {
    return this.#db
      .query<{ id: string }, [typeof values]>(sql)
      .all(values)
      .map(({ id }) => id);
  }

  #summaries(
    ids: readonly string[],
    options: { readonly withOutput: boolean },
  ): readonly RunSummary[] {
    return ids.flatMap((id) => this.find(id, options) ?? []);
  }
}

function idBounds({ order, after, fromMs, untilMs }: RunQuery): { above: string; below: string } {
  let above = fromMs === null ? ID_FIRST : justBelow(ulidFloor(fromMs));
  let below = untilMs === null ? ID_LAST : ulidFloor(untilMs);
  if (after && order === "DESC" && after.id < below) below = after.id;
  if (after && order === "ASC" && after.id > above) above = after.id;
  return { above, below };
}

/** For a bound that is itself in: its last character, a `0`, becomes the one before it. */
function justBelow(floor: string): string {
  return `${floor.slice(0, -1)}/`;
}

function beforeFirst(order: "ASC" | "DESC"): RunPosition {
  return order === "ASC"
    ? { atMs: -1, id: ID_FIRST }
    : { atMs: Number.MAX_SAFE_INTEGER, id: ID_LAST };
}
