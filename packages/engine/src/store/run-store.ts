import type { Database, Statement } from "bun:sqlite";
import type { BulkCancellation } from "../core/bulk-cancellation.ts";
import { NO_CALL } from "../core/call-facts.ts";
import type { RunEnding } from "../core/change.ts";
import { hasEnded, type NewRun, type Run, type RunStatus } from "../core/run.ts";
import { ulidFloor } from "../core/ulid.ts";
import { RowMemory, type RowWrite } from "./row-memory.ts";

interface RunRow {
  readonly id: string;
  readonly functionId: string;
  readonly appId: string;
  readonly eventInternalId: string;
  readonly batchId: string | null;
  readonly status: RunStatus;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly outputJson: string | null;
  readonly requestVersion: number;
  readonly isPlanning: number;
  readonly slotsJson: string;
  readonly rank: string | null;
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

const INSERT = `
  INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms, request_version,
                    is_planning, slots_json, correlation_id, rerun_of, rank, batch_id)
  VALUES ($id, $functionId, $appId, $eventInternalId, 'QUEUED', $queuedAtMs, -1, 0, $slotsJson,
          $correlationId, $rerunOf, $rank, $batchId)`;

const INSERT_SKIPPED = `
  INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms, ended_at_ms,
                    output_json, request_version, is_planning, slots_json, correlation_id, rerun_of,
                    rank, batch_id)
  VALUES ($id, $functionId, $appId, $eventInternalId, 'SKIPPED', $queuedAtMs, $queuedAtMs, 'null', -1,
          0, $slotsJson, $correlationId, $rerunOf, $rank, $batchId)`;

const SELECT = `
  SELECT id, function_id AS functionId, app_id AS appId, event_internal_id AS eventInternalId, status,
         queued_at_ms AS queuedAtMs, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
         output_json AS outputJson, request_version AS requestVersion, is_planning AS isPlanning,
         slots_json AS slotsJson, correlation_id AS correlationId, rerun_of AS rerunOf, rank,
         batch_id AS batchId
  FROM runs WHERE id = ?`;

const START = `
  UPDATE runs SET status = 'RUNNING', started_at_ms = $startedAtMs
  WHERE id = $runId AND status = 'QUEUED'`;

const END = `
  UPDATE runs
  SET status = $status, ended_at_ms = $endedAtMs, output_json = $outputJson,
      started_at_ms = coalesce(started_at_ms, $endedAtMs), request_id = $requestId,
      queue_ms = $queueMs, response_status = $responseStatus, server_ms = $serverMs,
      transfer_ms = $transferMs
  WHERE id = $id AND status IN ('QUEUED', 'RUNNING')`;

const SELECT_UNFINISHED = `
  SELECT id FROM runs
  WHERE function_id = ? AND status = ? AND id > ? AND id < ? ORDER BY id LIMIT ?`;

/** Runs on their way; a row is about a kilobyte. */
const ROWS_KEPT_MAX = 1_000;
const BYTES_KEPT_MAX = 1024 * 1024;

export class RunStore {
  /** Of those that have not ended. */
  readonly memory = new RowMemory<Run>({
    rowsMax: ROWS_KEPT_MAX,
    bytesMax: BYTES_KEPT_MAX,
    // Concurrency keys are what events say.
    sizeOf: ({ slots }) => slots.reduce((sum, { name }) => sum + name.length, 0),
  });
  readonly #insert: RowWrite<Run>;
  readonly #insertSkipped: RowWrite<Run>;
  readonly #select: Statement<RunRow, [string]>;
  readonly #selectUnfinished: Statement<{ id: string }, [string, string, string, string, number]>;
  readonly #start: RowWrite<Run>;
  readonly #end: RowWrite<Run>;
  readonly #pinVersion: RowWrite<Run>;
  readonly #setPlanning: RowWrite<Run>;

  constructor(db: Database) {
    const prepareWrite = (sql: string) => this.memory.prepareWrite(db, sql);
    this.#insert = prepareWrite(INSERT);
    this.#insertSkipped = prepareWrite(INSERT_SKIPPED);
    this.#select = db.query(SELECT);
    this.#selectUnfinished = db.query(SELECT_UNFINISHED);
    this.#start = prepareWrite(START);
    this.#end = prepareWrite(END);
    this.#pinVersion = prepareWrite(
      "UPDATE runs SET request_version = $requestVersion WHERE id = $runId",
    );
    this.#setPlanning = prepareWrite("UPDATE runs SET is_planning = $isPlanning WHERE id = $runId");
  }

  insert(run: NewRun): void {
    this.#insert.run(run.id, { ...run }, () => newRun(run));
  }

  /** A run that is over before it began. */
  insertSkipped(run: NewRun): void {
    this.#insertSkipped.run(run.id, { ...run });
  }

  find(runId: string): Run | null {
    const known = this.memory.find(runId);
    if (known) return known;
    const row = this.#select.get(runId);
    if (row === null) return null;
    const { slotsJson, isPlanning, ...rest } = row;
    const run = { ...rest, isPlanning: isPlanning === 1, slots: JSON.parse(slotsJson) };
    if (!hasEnded(run.status)) this.memory.keep(runId, run);
    return run;
  }

  /**
   * The next runs that the cancellation is about, oldest first. A run's id carries the moment it was
   * queued, so that each function and status is one range of an index.
   */
  loadUnfinishedIds(cancellation: BulkCancellation, limit: number): readonly string[] {
    const { functionIds, startedAfterMs, startedBeforeMs, position } = cancellation;
    const isAtStart = position === "" && startedAfterMs !== null;
    const above = isAtStart ? ulidFloor(startedAfterMs + 1) : position;
    const below = ulidFloor(startedBeforeMs);
    const ids = functionIds.flatMap((functionId) =>
      ["QUEUED", "RUNNING"].flatMap((status) =>
        this.#selectUnfinished.all(functionId, status, above, below, limit).map(({ id }) => id),
      ),
    );
    return ids.toSorted().slice(0, limit);
  }

  /** The first call of a run is on its way. */
  start(runId: string, startedAtMs: number): void {
    this.#start.run(
      runId,
      { runId, startedAtMs },
      (run) => run && { ...run, status: "RUNNING", startedAtMs },
    );
  }

  pinVersion(runId: string, requestVersion: number): void {
    const next = (run: Run | undefined) => run && { ...run, requestVersion };
    this.#pinVersion.run(runId, { runId, requestVersion }, next);
  }

  setPlanning(runId: string, isPlanning: boolean): void {
    const next = (run: Run | undefined) => run && { ...run, isPlanning };
    this.#setPlanning.run(runId, { runId, isPlanning: isPlanning ? 1 : 0 }, next);
  }

  /** Returns false when the run has ended before: an end is final. */
  end(id: string, ending: RunEnding): boolean {
    const { status, endedAtMs, outputJson, call = NO_CALL } = ending;
    return this.#end.run(id, { id, status, endedAtMs, outputJson, ...call });
  }
}

function newRun({ slotsJson, ...run }: NewRun): Run {
  return {
    ...run,
    status: "QUEUED",
    startedAtMs: null,
    endedAtMs: null,
    outputJson: null,
    requestVersion: -1,
    isPlanning: false,
    slots: JSON.parse(slotsJson),
  };
}
