import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Violation } from "./violation.ts";

/** Rows that belong to nothing that goes on. */
const LEFTOVERS = {
  "queue items of runs that have ended": `
    SELECT queue_items.id FROM queue_items LEFT JOIN runs ON runs.id = run_id
    WHERE run_id <> '' AND coalesce(status, 'gone') NOT IN ('QUEUED', 'RUNNING')`,
  "waits of runs that have ended": `
    SELECT run_id AS id FROM waits LEFT JOIN runs ON runs.id = run_id
    WHERE coalesce(status, 'gone') NOT IN ('QUEUED', 'RUNNING')`,
  "steps that no run has": `
    SELECT run_id AS id FROM steps WHERE run_id NOT IN (SELECT id FROM runs)`,
  "runs that nothing will go on with": `
    SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING')
      AND NOT EXISTS (SELECT 1 FROM queue_items WHERE run_id = runs.id)`,
  "debounced events that nothing will start": `
    SELECT name AS id FROM debounces
    WHERE NOT EXISTS (SELECT 1 FROM queue_items WHERE queue_items.id = 'debounce:' || name)`,
  "batches that nothing will start": `
    SELECT id FROM open_batches
    WHERE NOT EXISTS (SELECT 1 FROM queue_items WHERE queue_items.id = 'batch:' || open_batches.id)`,
  "runs whose event is gone": `
    SELECT id FROM runs WHERE event_internal_id NOT IN (SELECT internal_id FROM events)`,
} as const;

/** A stopped engine's file is whole, and its tables agree with each other. */
export function checkDatabase(directory: string): readonly Violation[] {
  const db = new Database(join(directory, "engine.db"), { readonly: true });
  try {
    const damage = db
      .query<{ integrity_check: string }, []>("PRAGMA integrity_check")
      .all()
      .filter(({ integrity_check: text }) => text !== "ok")
      .map(({ integrity_check: text }) => text);
    const references = db.query("PRAGMA foreign_key_check").all();
    const leftovers = Object.entries(LEFTOVERS).flatMap(([what, sql]) =>
      db
        .query<{ id: string }, []>(sql)
        .all()
        .map(({ id }) => `${what}: ${id}`),
    );
    return [...damage, ...references.map((row) => JSON.stringify(row)), ...leftovers].map(
      (detail): Violation => ({ rule: "table inconsistent", detail }),
    );
  } finally {
    db.close();
  }
}
