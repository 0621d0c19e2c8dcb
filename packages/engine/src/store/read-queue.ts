import type { Database, Statement } from "bun:sqlite";
import type { ShownQueueItem } from "../core/queue-item.ts";

const SELECT = `
  SELECT item.id, item.run_id AS runId, item.kind, item.step_id AS stepId, item.attempt,
         item.due_at_ms AS dueAtMs, item.queued_at_ms AS queuedAtMs, step.name AS stepName
  FROM queue_items AS item
  LEFT JOIN steps AS step ON step.run_id = item.run_id AND step.step_id = item.step_id
  WHERE item.run_id = ? ORDER BY item.due_at_ms, item.id LIMIT ?`;

/** A run's queue items, for people. */
export class QueueReads {
  readonly #select: Statement<ShownQueueItem, [string, number]>;

  constructor(db: Database) {
    this.#select = db.query(SELECT);
  }

  load(runId: string, limit: number): readonly ShownQueueItem[] {
    return this.#select.all(runId, limit);
  }
}
