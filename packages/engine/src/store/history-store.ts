// What is over, and how it is removed. Each call is one bite: bounded rows, found through an index.
//
// Invariants:
//   K1. Nothing of a run that has not ended is removed, nor an event that such a run, or one that is kept,
//       was started by, nor one that is held for a run to come.
//   K2. What belongs to a run (steps, attempts, traces, its batch) goes before the run, and its event with it:
//       after any bite no row is left that belongs to nothing.

import type { Database, Statement } from "bun:sqlite";
import type { RunEnd } from "../core/retention.ts";
import { ulidFloor } from "../core/ulid.ts";
import type { RowMemory } from "./row-memory.ts";

/** The SQL by which what is over is found and removed; a test asks SQLite how it would carry each out. */
export const historyQueries = {
  endAtOffset: `
    SELECT ended_at_ms AS endedAtMs, id AS runId FROM runs
    WHERE ended_at_ms < $untilMs AND (ended_at_ms, id) > ($endedAtMs, $runId)
    ORDER BY ended_at_ms, id LIMIT 1 OFFSET $offset`,
  countAfter: `
    SELECT count(*) AS count FROM runs
    WHERE ended_at_ms < $untilMs AND (ended_at_ms, id) > ($endedAtMs, $runId)`,
  oldestEnded: `
    SELECT id AS runId, ended_at_ms AS endedAtMs, event_internal_id AS eventInternalId,
           batch_id AS batchId
    FROM runs
    WHERE ended_at_ms IS NOT NULL AND ended_at_ms < $untilMs
    ORDER BY ended_at_ms, id LIMIT 1`,
  removeSteps: `
    DELETE FROM steps WHERE run_id = $runId AND step_id IN (
      SELECT step_id FROM steps WHERE run_id = $runId LIMIT $limit)`,
  removeAttempts: `
    DELETE FROM failed_attempts WHERE run_id = $runId AND (step_id, started_at_ms, attempt) IN (
      SELECT step_id, started_at_ms, attempt FROM failed_attempts WHERE run_id = $runId LIMIT $limit)`,
  removeMetadata: `
    DELETE FROM metadata WHERE run_id = $runId AND (step_id, attempt, span_id, scope, kind) IN (
      SELECT step_id, attempt, span_id, scope, kind FROM metadata WHERE run_id = $runId LIMIT $limit)`,
  removeAppSpans: `
    DELETE FROM app_spans WHERE run_id = $runId AND span_id IN (
      SELECT span_id FROM app_spans WHERE run_id = $runId LIMIT $limit)`,
  // A batch that was run again belongs to both runs.
  batchMembers: `
    SELECT position, event_internal_id AS eventInternalId FROM batch_events
    WHERE batch_id = $batchId
      AND NOT EXISTS (SELECT 1 FROM runs WHERE batch_id = $batchId AND id <> $runId)
    ORDER BY position LIMIT $limit`,
  removeBatchMember: "DELETE FROM batch_events WHERE batch_id = $batchId AND position = $position",
  removeRun: "DELETE FROM runs WHERE id = $runId AND ended_at_ms IS NOT NULL",
  removeEvent: `
    DELETE FROM events WHERE internal_id = $internalId AND received_at_ms < $untilMs
      AND NOT EXISTS (SELECT 1 FROM runs WHERE event_internal_id = $internalId)
      AND NOT EXISTS (SELECT 1 FROM batch_events WHERE event_internal_id = $internalId)
      AND NOT EXISTS (SELECT 1 FROM debounces WHERE event_internal_id = $internalId)`,
  eventsBelow: `
    SELECT internal_id AS internalId FROM events
    WHERE internal_id > $after AND internal_id < $below ORDER BY internal_id LIMIT $limit`,
  removeFunctions: `
    DELETE FROM functions WHERE archived_at_ms < $untilMs AND paused_at_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM runs WHERE function_id = functions.id)
      AND NOT EXISTS (SELECT 1 FROM debounces WHERE function_id = functions.id)
      AND NOT EXISTS (SELECT 1 FROM open_batches WHERE function_id = functions.id)`,
  removeApps: `
    DELETE FROM apps WHERE synced_at_ms < $untilMs
      AND NOT EXISTS (SELECT 1 FROM functions WHERE app_id = apps.id)`,
  removeSyncs: "DELETE FROM syncs WHERE app_id NOT IN (SELECT id FROM apps)",
} as const;

interface OldestRun extends RunEnd {
  readonly eventInternalId: string;
  readonly batchId: string | null;
}

interface BatchMember {
  readonly position: number;
  readonly eventInternalId: string;
}

export interface EndedCount {
  readonly count: number;
  readonly last: RunEnd | null;
}

export interface RemovedRuns {
  readonly runCount: number;
  /** The moment that the last removed run ended; null when none was removed as a whole. */
  readonly untilMs: number | null;
  readonly isDone: boolean;
}

type CountFrom = { readonly endedAtMs: number; readonly runId: string; readonly untilMs: number };

/** What is kept in memory of the tables that rows are removed from. */
type Remembered = Readonly<
  Record<"runs" | "steps" | "events", Pick<RowMemory<unknown>, "noteChange">>
>;

export class HistoryStore {
  readonly #db: Database;
  readonly #remembered: Remembered;
  readonly #endAtOffset: Statement<RunEnd, [CountFrom & { readonly offset: number }]>;
  readonly #countAfter: Statement<{ count: number }, [CountFrom]>;
  readonly #oldest: Statement<OldestRun, [{ untilMs: number }]>;
  /** Each removes rows of one table, so many at most. */
  readonly #removals: readonly Statement[];
  readonly #batchMembers: Statement<
    BatchMember,
    [{ readonly batchId: string; readonly runId: string; readonly limit: number }]
  >;
  readonly #removeBatchMember: Statement;
  readonly #removeRun: Statement;
  readonly #removeEvent: Statement;
  readonly #eventsBelow: Statement<
    { internalId: string },
    [{ readonly after: string; readonly below: string; readonly limit: number }]
  >;

  constructor(db: Database, remembered: Remembered) {
    this.#db = db;
    this.#remembered = remembered;
    this.#endAtOffset = db.query(historyQueries.endAtOffset);
    this.#countAfter = db.query(historyQueries.countAfter);
    this.#oldest = db.query(historyQueries.oldestEnded);
    const { removeSteps, removeAttempts, removeMetadata, removeAppSpans } = historyQueries;
    this.#removals = [removeSteps, removeAttempts, removeMetadata, removeAppSpans].map((sql) =>
      db.query(sql),
    );
    this.#batchMembers = db.query(historyQueries.batchMembers);
    this.#removeBatchMember = db.query(historyQueries.removeBatchMember);
    this.#removeRun = db.query(historyQueries.removeRun);
    this.#removeEvent = db.query(historyQueries.removeEvent);
    this.#eventsBelow = db.query(historyQueries.eventsBelow);
  }

  /**
   * Counts runs that ended before the moment, in the order of their ends, `limit` at most. `last` is where
   * to go on; null when these were the last.
   */
  countEnded(
    after: RunEnd,
    { untilMs, limit }: { readonly untilMs: number; readonly limit: number },
  ): EndedCount {
    const from = { endedAtMs: after.endedAtMs, runId: after.runId, untilMs };
    const last = this.#endAtOffset.get({ ...from, offset: limit - 1 });
    if (last !== null) return { count: limit, last };
    return { count: this.#countAfter.get(from)?.count ?? 0, last: null };
  }

  /** Removes runs that ended before the moment, the oldest end first: so many runs and rows at most. */
  removeRuns(limits: { untilMs: number; runsMax: number; rowsMax: number }): RemovedRuns {
    const { untilMs, runsMax } = limits;
    let rowsLeft = limits.rowsMax;
    let runCount = 0;
    let lastEndedAtMs: number | null = null;
    while (rowsLeft > 0 && runCount < runsMax) {
      const run = this.#oldest.get({ untilMs });
      if (run === null) return { runCount, untilMs: lastEndedAtMs, isDone: true };
      rowsLeft -= this.#removeParts(run, rowsLeft);
      if (rowsLeft <= 0) break;
      this.#remembered.runs.noteChange(run.runId);
      this.#removeRun.run({ runId: run.runId });
      this.#removeEventOfNoRun(run.eventInternalId, Number.MAX_SAFE_INTEGER);
      rowsLeft -= 2;
      runCount += 1;
      lastEndedAtMs = run.endedAtMs;
    }
    return { runCount, untilMs: lastEndedAtMs, isDone: runCount === runsMax };
  }

  /**
   * Goes through the next events that were received before the moment, and removes those of no run.
   * Returns where to go on; null when all were looked at.
   */
  removeEvents(page: { untilMs: number; after: string; rowsMax: number }): string | null {
    const { untilMs, after, rowsMax } = page;
    const ids = this.#eventsBelow.all({ after, below: ulidFloor(untilMs), limit: rowsMax });
    for (const { internalId } of ids) this.#removeEventOfNoRun(internalId, untilMs);
    return ids.length < rowsMax ? null : (ids.at(-1)?.internalId ?? null);
  }

  /**
   * Archived functions without runs, and apps without functions, with their syncs. A paused function stays: it
   * is to be paused when its app has it again. Returns how many functions and apps it removed.
   */
  removeFunctions(untilMs: number): number {
    const { removeFunctions, removeApps, removeSyncs } = historyQueries;
    const functionCount = this.#db.query(removeFunctions).run({ untilMs }).changes;
    const appCount = this.#db.query(removeApps).run({ untilMs }).changes;
    if (appCount > 0) this.#db.query(removeSyncs).run();
    return functionCount + appCount;
  }

  /** Returns how many rows went; fewer than `limit` when nothing is left but the run and its event. */
  #removeParts({ runId, batchId }: OldestRun, limit: number): number {
    let rowCount = 0;
    this.#remembered.steps.noteChange(runId);
    for (const removal of this.#removals) {
      if (rowCount >= limit) return rowCount;
      rowCount += removal.run({ runId, limit: limit - rowCount }).changes;
    }
    if (batchId === null || rowCount >= limit) return rowCount;
    const members = this.#batchMembers.all({ batchId, runId, limit: limit - rowCount });
    for (const { position, eventInternalId } of members) {
      this.#removeBatchMember.run({ batchId, position });
      this.#removeEventOfNoRun(eventInternalId, Number.MAX_SAFE_INTEGER);
    }
    return rowCount + members.length;
  }

  #removeEventOfNoRun(internalId: string, untilMs: number): void {
    this.#remembered.events.noteChange(internalId);
    this.#removeEvent.run({ internalId, untilMs });
  }
}
