import type { Database, Statement } from "bun:sqlite";

/** Which run holds a singleton's key, for as long as that run goes on: nothing releases it. */
export class SingletonStore {
  readonly #find: Statement<{ runId: string }, [string]>;
  readonly #put: Statement;
  readonly #removeFree: Statement;

  constructor(db: Database) {
    this.#find = db.query(`
      SELECT singleton.run_id AS runId
      FROM singletons AS singleton JOIN runs AS run ON run.id = singleton.run_id
      WHERE singleton.name = ? AND run.status IN ('QUEUED', 'RUNNING')`);
    this.#put = db.query(`
      INSERT INTO singletons (name, run_id) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET run_id = excluded.run_id`);
    this.#removeFree = db.query(`
      DELETE FROM singletons
      WHERE NOT EXISTS (
        SELECT 1 FROM runs WHERE id = singletons.run_id AND status IN ('QUEUED', 'RUNNING'))`);
  }

  /** Null when no run has the key, or the one that had it has ended. */
  findHolder(name: string): string | null {
    return this.#find.get(name)?.runId ?? null;
  }

  put(name: string, runId: string): void {
    this.#put.run(name, runId);
  }

  removeFree(): void {
    this.#removeFree.run();
  }
}
