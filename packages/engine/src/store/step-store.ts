import type { Database, Statement } from "bun:sqlite";
import { NO_CALL } from "../core/call-facts.ts";
import type { FailedAttempt, StepRecord, StepSettlement } from "../core/change.ts";
import type { RanStep } from "../core/decide-rerun.ts";
import type { KnownStep, RunView, StepKind, StepState, StepStatus } from "../core/run.ts";
import { RowMemory, type RowWrite } from "./row-memory.ts";
import { type RunStep, RunSteps } from "./run-steps.ts";

const INSERT = `
  INSERT INTO steps (run_id, position, step_id, name, kind, status, is_race, input_json, value_json,
                     attempt, queued_at_ms, started_at_ms, ended_at_ms, request_id, queue_ms,
                     response_status, server_ms, transfer_ms)
  VALUES ($runId, $position, $stepId, $name, $kind, $status, $isRace, $inputJson, $valueJson, $attempt,
          $queuedAtMs, $startedAtMs, $endedAtMs, $requestId, $queueMs, $responseStatus, $serverMs,
          $transferMs)
  ON CONFLICT (run_id, step_id) DO NOTHING`;

const SETTLE = `
  UPDATE steps
  SET status = $status, value_json = $valueJson, attempt = $attempt, ended_at_ms = $endedAtMs,
      started_at_ms = coalesce($startedAtMs, queued_at_ms), request_id = $requestId,
      queue_ms = $queueMs, response_status = $responseStatus, server_ms = $serverMs,
      transfer_ms = $transferMs, position = $position
  WHERE run_id = $runId AND step_id = $stepId AND status = 'open'`;

const INSERT_ATTEMPT = `
  INSERT INTO failed_attempts (run_id, step_id, attempt, started_at_ms, name, error_json, queued_at_ms,
                               ended_at_ms, request_id, queue_ms, response_status, server_ms,
                               transfer_ms)
  VALUES ($runId, $stepId, $attempt, $startedAtMs, $name, $errorJson, $queuedAtMs, $endedAtMs,
          $requestId, $queueMs, $responseStatus, $serverMs, $transferMs)
  ON CONFLICT DO NOTHING`;

const LATEST_ATTEMPT = `
  SELECT coalesce(
    (SELECT attempt FROM steps
     WHERE run_id = ?1 AND step_id = ?2 AND status <> 'open'),
    (SELECT max(attempt) + 1 FROM failed_attempts WHERE run_id = ?1 AND step_id = ?2),
    0) AS attempt`;
/** A step that failed and was to be tried again may be known by its attempts alone. */
const SELECT_RAN = `
  SELECT step_id AS stepId, name, kind, status, position FROM steps WHERE run_id = $runId
  UNION ALL
  SELECT step_id, max(name), 'run', 'open', 0 FROM failed_attempts
  WHERE run_id = $runId AND step_id <> ''
    AND step_id NOT IN (SELECT step_id FROM steps WHERE run_id = $runId)
  GROUP BY step_id
  ORDER BY position, name`;

/** They took the new run no time and no second attempt. */
const COPY_SETTLED = `
  INSERT INTO steps (run_id, position, step_id, name, kind, status, is_race, input_json, value_json,
                     attempt, queued_at_ms, started_at_ms, ended_at_ms)
  SELECT $toRunId, position, step_id, name, kind, status, is_race, input_json, value_json, 0, $atMs,
         $atMs, $atMs
  FROM steps WHERE run_id = $fromRunId AND status <> 'open' AND position < $beforePosition`;

interface KnownRow {
  readonly stepId: string;
  readonly position: number;
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly isRace: number;
  readonly sizeBytes: number;
}

type StateRow = Omit<KnownRow, "sizeBytes"> & StepState;

/** Runs that are being called; what a larger state has is read each time. */
const RUNS_KEPT_MAX = 500;
const BYTES_KEPT_MAX = 4 * 1024 * 1024;

export class StepStore {
  /** By run: all of its steps, once a call has needed them. */
  readonly memory = new RowMemory<RunSteps>({
    rowsMax: RUNS_KEPT_MAX,
    bytesMax: BYTES_KEPT_MAX,
    sizeOf: ({ sizeBytes }) => sizeBytes,
  });
  readonly #insert: RowWrite<RunSteps>;
  readonly #settle: RowWrite<RunSteps>;
  readonly #insertAttempt: Statement;
  readonly #ran: Statement<RanStep, [{ runId: string }]>;
  readonly #copySettled: RowWrite<RunSteps>;
  readonly #known: Statement<KnownRow, [string]>;
  readonly #states: Statement<StateRow, [string]>;
  readonly #latestAttempt: Statement<{ attempt: number }, [string, string]>;
  readonly #exists: Statement<{ found: number }, [string, string]>;
  readonly #value: Statement<{ valueJson: string | null }, [string, string]>;

  constructor(db: Database) {
    const prepareWrite = (sql: string) => this.memory.prepareWrite(db, sql);
    this.#insert = prepareWrite(INSERT);
    this.#settle = prepareWrite(SETTLE);
    this.#insertAttempt = db.query(INSERT_ATTEMPT);
    this.#ran = db.query(SELECT_RAN);
    this.#copySettled = prepareWrite(COPY_SETTLED);
    this.#known = db.query(`
      SELECT step_id AS stepId, position, kind, status, is_race AS isRace,
             coalesce(${byteLengthOf(db, "value_json")}, 0) AS sizeBytes
      FROM steps WHERE run_id = ?`);
    this.#value = db.query(
      "SELECT value_json AS valueJson FROM steps WHERE run_id = ? AND step_id = ?",
    );
    this.#states = db.query(`
      SELECT step_id AS stepId, position, kind, status, is_race AS isRace,
             input_json AS inputJson, value_json AS valueJson
      FROM steps WHERE run_id = ? ORDER BY position`);
    this.#latestAttempt = db.query(LATEST_ATTEMPT);
    this.#exists = db.query("SELECT 1 AS found FROM steps WHERE run_id = ? AND step_id = ?");
  }

  /** Of the try that settled the step; while it is open or unknown, of the one to come. */
  findLatestAttempt(runId: string, stepId: string): number {
    return this.#latestAttempt.get(runId, stepId)?.attempt ?? 0;
  }

  exists(runId: string, stepId: string): boolean {
    return this.#exists.get(runId, stepId) !== null;
  }

  /** Null for a step that is open or not there. */
  findValueJson(runId: string, stepId: string): string | null {
    const known = this.memory.find(runId);
    if (known) return known.steps.get(stepId)?.valueJson ?? null;
    return this.#value.get(runId, stepId)?.valueJson ?? null;
  }

  insert(runId: string, step: StepRecord, position: number): void {
    const { call = NO_CALL, ...columns } = step;
    const row = { ...columns, ...call, runId, position, isRace: step.isRace ? 1 : 0 };
    this.#insert.run(runId, row, (steps) => steps?.add(step, position));
  }

  settle(runId: string, settlement: StepSettlement, position: number): void {
    const { call = NO_CALL, ...columns } = settlement;
    const row = { ...columns, ...call, runId, position };
    this.#settle.run(runId, row, (steps) => steps?.settle(settlement, position));
  }

  recordAttempt(runId: string, attempt: FailedAttempt): void {
    const { call = NO_CALL, ...columns } = attempt;
    this.#insertAttempt.run({ ...columns, ...call, runId });
  }

  loadKnown(runId: string): Pick<RunView, "steps" | "lastPosition"> {
    const known = this.memory.find(runId);
    if (known) return { steps: known.steps, lastPosition: known.lastPosition };
    const steps = new Map<string, KnownStep>();
    let lastPosition = 0;
    for (const { stepId, position, kind, status, isRace, sizeBytes } of this.#known.all(runId)) {
      steps.set(stepId, { kind, status, isRace: isRace === 1, sizeBytes });
      if (position > lastPosition) lastPosition = position;
    }
    return { steps, lastPosition };
  }

  /** All that a run has come to, in the order of its stack. */
  loadRan(runId: string): readonly RanStep[] {
    return this.#ran.all({ runId });
  }

  /** Gives a new run the settled steps at the first places of another one's stack. */
  copySettled(
    fromRunId: string,
    kept: { readonly toRunId: string; readonly beforePosition: number; readonly atMs: number },
  ): void {
    this.#copySettled.run(kept.toRunId, { fromRunId, ...kept });
  }

  /** In the order of the run's stack. */
  loadStates(runId: string): readonly StepState[] {
    const known = this.memory.find(runId);
    if (known) return [...known.steps.values()];
    const states = this.#states.all(runId).map(toRunStep);
    this.memory.keep(runId, new RunSteps(states));
    return states;
  }
}

function toRunStep({ isRace, valueJson, ...row }: StateRow): RunStep {
  const sizeBytes = valueJson === null ? 0 : Buffer.byteLength(valueJson);
  return { ...row, valueJson, isRace: isRace === 1, sizeBytes };
}

/** `octet_length` does not read the value, which may have megabytes. The SQLite of macOS 13 has none. */
function byteLengthOf(db: Database, column: string): string {
  const row = db.query<{ version: string }, []>("SELECT sqlite_version() AS version").get();
  const hasOctetLength = Bun.semver.satisfies(row?.version ?? "", ">=3.43.0");
  return hasOctetLength ? `octet_length(${column})` : `length(CAST(${column} AS BLOB))`;
}
