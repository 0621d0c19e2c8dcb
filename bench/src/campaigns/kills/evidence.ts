// What the campaign has left behind: what the client was told, what the tables hold, what the worker did.

import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APP_ID } from "./functions.ts";
import type { SentRequest } from "./load.ts";
import { type Execution, type KillEventData, type Result, WITNESS_FILE } from "./witness.ts";

export interface EventRow {
  readonly internalId: string;
  /** Another than the internal one where the sender gave it. */
  readonly id: string;
  readonly name: string;
  readonly tsMs: number;
  readonly receivedAtMs: number;
  readonly data: Partial<KillEventData> & {
    readonly target?: number;
    /** Of the engine's own events. */
    readonly run_id?: string;
    readonly scheduledAt?: string;
  };
}

export interface RunRow {
  readonly id: string;
  /** Without the app's name. */
  readonly functionId: string;
  readonly eventInternalId: string;
  readonly status: string;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly correlationId: string | null;
  readonly batchId: string | null;
  /** Of a completed run. */
  readonly output: Result | null;
}

export interface StepRow {
  readonly runId: string;
  readonly name: string;
  readonly stepId: string;
  readonly kind: string;
  readonly status: string;
  readonly queuedAtMs: number;
  readonly endedAtMs: number | null;
  /** Of the execution whose result was stored; null where a step is no code of ours. */
  readonly token: string | null;
  /** Of a wait: the id of the event that ended it. */
  readonly eventId: string | null;
  /** Of a `sendEvent`: the ids that it was answered. */
  readonly sentIds: readonly string[];
}

export interface Evidence {
  readonly requests: readonly SentRequest[];
  readonly events: readonly EventRow[];
  readonly runs: readonly RunRow[];
  readonly steps: readonly StepRow[];
  readonly attempts: readonly { readonly runId: string; readonly attempt: number }[];
  /** In the order in which they came. */
  readonly batchEvents: readonly { readonly batchId: string; readonly eventInternalId: string }[];
  readonly executions: readonly Execution[];
  /** The functions were known from then on. */
  readonly registeredAtMs: number;
  readonly stoppedAtMs: number;
  /** Nothing but schedules had anything to do from then on. */
  readonly quietAtMs: number;
}

export type Told = Pick<Evidence, "requests" | "registeredAtMs" | "stoppedAtMs" | "quietAtMs">;

// Of large values only what the checks look at leaves the database.
const EVENTS = `
  SELECT internal_id AS internalId, id, name, ts_ms AS tsMs, received_at_ms AS receivedAtMs,
         json_object('n', json_extract(payload_json, '$.data.n'),
                     'request', json_extract(payload_json, '$.data.request'),
                     'key', json_extract(payload_json, '$.data.key'),
                     'sizeBytes', json_extract(payload_json, '$.data.sizeBytes'),
                     'target', json_extract(payload_json, '$.data.target'),
                     'run_id', json_extract(payload_json, '$.data.run_id'),
                     'scheduledAt', json_extract(payload_json, '$.data.scheduledAt')) AS dataJson
  FROM events ORDER BY received_at_ms, internal_id`;

const RUNS = `
  SELECT runs.id, functions.slug, event_internal_id AS eventInternalId, status,
         queued_at_ms AS queuedAtMs, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
         correlation_id AS correlationId, batch_id AS batchId, output_json AS outputJson
  FROM runs LEFT JOIN functions ON functions.id = runs.function_id ORDER BY runs.id`;

const STEPS = `
  SELECT run_id AS runId, name, step_id AS stepId, kind, status, queued_at_ms AS queuedAtMs,
         ended_at_ms AS endedAtMs, json_extract(value_json, '$.data.token') AS token,
         json_extract(value_json, '$.id') AS eventId,
         json_extract(value_json, '$.data.ids') AS sentIdsJson
  FROM steps`;

type EventColumns = Omit<EventRow, "data"> & { readonly dataJson: string };
type RunColumns = Omit<RunRow, "functionId" | "output"> & {
  readonly slug: string | null;
  readonly outputJson: string | null;
};
type StepColumns = Omit<StepRow, "sentIds"> & { readonly sentIdsJson: string | null };

/** While no engine uses the folder. */
export function loadEvidence(directory: string, told: Told): Evidence {
  const db = new Database(join(directory, "engine.db"), { readonly: true });
  try {
    const all = <Row>(sql: string) => db.query<Row, []>(sql).all();
    return {
      ...told,
      events: all<EventColumns>(EVENTS).map(readEvent),
      runs: all<RunColumns>(RUNS).map(readRun),
      steps: all<StepColumns>(STEPS).map(readStep),
      attempts: all("SELECT run_id AS runId, attempt FROM failed_attempts"),
      batchEvents: all(`
        SELECT batch_id AS batchId, event_internal_id AS eventInternalId
        FROM batch_events ORDER BY batch_id, position`),
      executions: readExecutions(join(directory, WITNESS_FILE)),
    };
  } finally {
    db.close();
  }
}

/** Internal ids of all events, without the rest. */
export function loadEventIds(directory: string): ReadonlySet<string> {
  const db = new Database(join(directory, "engine.db"), { readonly: true });
  try {
    const rows = db.query<{ id: string }, []>("SELECT internal_id AS id FROM events").all();
    return new Set(rows.map(({ id }) => id));
  } finally {
    db.close();
  }
}

function readEvent({ dataJson, ...row }: EventColumns): EventRow {
  return { ...row, data: JSON.parse(dataJson, (_, value) => value ?? undefined) };
}

function readRun({ slug, outputJson, ...row }: RunColumns): RunRow {
  const output = row.status === "COMPLETED" ? JSON.parse(outputJson ?? "null") : null;
  return { ...row, functionId: (slug ?? "").replace(`${APP_ID}-`, ""), output };
}

function readStep({ sentIdsJson, ...row }: StepColumns): StepRow {
  return { ...row, sentIds: JSON.parse(sentIdsJson ?? "[]") };
}

function readExecutions(file: string): readonly Execution[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}
