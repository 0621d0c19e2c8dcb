import type { Database, Statement } from "bun:sqlite";
import { APP_SPANS_PER_RUN_MAX, type AppSpan } from "../core/app-span.ts";
import { type CallFacts, NO_CALL } from "../core/call-facts.ts";
import type { MetadataEntry } from "../core/metadata.ts";
import type { TraceParts, TraceStep, TriedAttempt } from "../core/trace.ts";

/** A bound on what one trace can hold: 1,000 steps with all their attempts are far below it. */
const ATTEMPTS_MAX = 10_000;

const CALL = `request_id AS requestId, queue_ms AS queueMs, response_status AS responseStatus,
         server_ms AS serverMs, transfer_ms AS transferMs`;

const STEPS = `
  SELECT step_id AS stepId, name, kind, status, attempt, queued_at_ms AS queuedAtMs,
         started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
         ${CALL},
         CASE WHEN $payloads = 'all' THEN input_json END AS inputJson,
         CASE WHEN $payloads = 'all' OR ($payloads = 'errors' AND status IN ('failed', 'timed-out'))
           THEN value_json END AS valueJson
  FROM steps WHERE run_id = $runId ORDER BY position`;

const ATTEMPTS = `
  SELECT step_id AS stepId, name, attempt, queued_at_ms AS queuedAtMs, started_at_ms AS startedAtMs,
         ended_at_ms AS endedAtMs, ${CALL}, 
         CASE WHEN $payloads <> 'none' THEN error_json END AS errorJson
  FROM failed_attempts WHERE run_id = $runId ORDER BY started_at_ms LIMIT ${ATTEMPTS_MAX}`;

const RUN = `
  SELECT ${CALL},
         CASE WHEN $payloads = 'all' OR ($payloads = 'errors' AND status = 'FAILED')
           THEN output_json END AS outputJson
  FROM runs WHERE id = $runId`;

const ORIGIN = `
  SELECT correlation_id AS correlationId, rerun_of AS rerunOf FROM runs WHERE id = ?`;

/** Bounded by what a run may hold of it (`core/metadata.ts`). */
const METADATA = `
  SELECT step_id AS stepId, attempt, span_id AS spanId, scope, kind, values_json AS valuesJson,
         updated_at_ms AS updatedAtMs
  FROM metadata WHERE run_id = ?`;

const APP_SPANS = `
  SELECT span_id AS spanId, parent_span_id AS parentSpanId, step_id AS stepId, attempt, name, status,
         status_message AS statusMessage, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
         attributes_json AS attributesJson
  FROM app_spans WHERE run_id = ? ORDER BY started_at_ms, span_id LIMIT ${APP_SPANS_PER_RUN_MAX}`;

/** Open steps are left out: the SDK would take each for a step under way, and wait for it in the call. */
const STATE = `
  SELECT step_id AS stepId, value_json AS json FROM steps
  WHERE run_id = ? AND status <> 'open' ORDER BY position`;

const EVENT = `
  SELECT event.payload_json AS json
  FROM runs AS run JOIN events AS event ON event.internal_id = run.event_internal_id
  WHERE run.id = ?`;

const BATCH = `
  SELECT event.payload_json AS json
  FROM runs AS run
  JOIN batch_events AS member ON member.batch_id = run.batch_id
  JOIN events AS event ON event.internal_id = member.event_internal_id
  WHERE run.id = ? ORDER BY member.position`;

type Wanted = {
  readonly runId: string;
  readonly payloads: "none" | "errors" | "all";
};

interface RunRow extends CallFacts {
  readonly outputJson: string | null;
}

interface OriginRow {
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

/** What a run consists of: for its trace, and as the SDK asks for it when a call could not carry it. */
export class TraceReads {
  readonly #steps: Statement<TraceStep, [Wanted]>;
  readonly #attempts: Statement<TriedAttempt, [Wanted]>;
  readonly #run: Statement<RunRow, [Wanted]>;
  readonly #origin: Statement<OriginRow, [string]>;
  readonly #metadata: Statement<MetadataEntry, [string]>;
  readonly #appSpans: Statement<AppSpan, [string]>;
  readonly #state: Statement<{ stepId: string; json: string | null }, [string]>;
  readonly #event: Statement<{ json: string }, [string]>;
  readonly #batch: Statement<{ json: string }, [string]>;

  constructor(db: Database) {
    this.#steps = db.query(STEPS);
    this.#attempts = db.query(ATTEMPTS);
    this.#run = db.query(RUN);
    this.#origin = db.query(ORIGIN);
    this.#metadata = db.query(METADATA);
    this.#appSpans = db.query(APP_SPANS);
    this.#state = db.query(STATE);
    this.#event = db.query(EVENT);
    this.#batch = db.query(BATCH);
  }

  load(
    runId: string,
    { withPayloads }: { readonly withPayloads: boolean | "errors" },
  ): Omit<TraceParts, "run"> & { readonly run: RunRow } {
    const payloads = withPayloads === true ? "all" : withPayloads || "none";
    const wanted = { runId, payloads } as const;
    return {
      run: this.#run.get(wanted) ?? { ...NO_CALL, outputJson: null },
      steps: this.#steps.all(wanted),
      failedAttempts: this.#attempts.all(wanted),
      metadata: this.#metadata.all(runId),
      appSpans: this.#appSpans.all(runId),
    };
  }

  findOrigin(runId: string): OriginRow | null {
    return this.#origin.get(runId);
  }

  loadStepsJson(runId: string): string {
    const entries = this.#state
      .all(runId)
      .map(({ stepId, json }) => `${JSON.stringify(stepId)}:${json ?? "null"}`);
    return `{${entries.join(",")}}`;
  }

  findBatchJson(runId: string): string | null {
    const batched = this.#batch.all(runId);
    if (batched.length > 0) return `[${batched.map(({ json }) => json).join(",")}]`;
    const row = this.#event.get(runId);
    return row && `[${row.json}]`;
  }
}
