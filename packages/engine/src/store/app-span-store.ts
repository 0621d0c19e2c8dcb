import type { Database, Statement } from "bun:sqlite";
import type { AppSpan } from "../core/app-span.ts";

const INSERT = `
  INSERT INTO app_spans (run_id, span_id, parent_span_id, step_id, attempt, name, status,
                         status_message, started_at_ms, ended_at_ms, attributes_json)
  VALUES ($runId, $spanId, $parentSpanId, $stepId, $attempt, $name, $status, $statusMessage,
          $startedAtMs, $endedAtMs, $attributesJson)
  ON CONFLICT DO NOTHING`;

/** Spans that apps sent of what happened within their steps. */
export class AppSpanStore {
  readonly #insert: Statement;
  readonly #count: Statement<{ count: number }, [string]>;

  constructor(db: Database) {
    this.#insert = db.query(INSERT);
    this.#count = db.query("SELECT count(*) AS count FROM app_spans WHERE run_id = ?");
  }

  /** A span that is there stays as it is: an app may send it twice. */
  insert(runId: string, span: AppSpan): void {
    this.#insert.run({ ...span, runId });
  }

  count(runId: string): number {
    return this.#count.get(runId)?.count ?? 0;
  }
}
