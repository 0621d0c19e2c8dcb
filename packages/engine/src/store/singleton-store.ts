import type { Database, Statement } from "bun:sqlite";

/** Which run holds a singleton's key, for as long as that run goes on: nothing releases it. */
export class SingletonStore {
  readonly #find: Statement<{ runId: string }, [string]>;
  readonly #put: Statement;
  readonly #page: Statement<{ name: string; isFree: number }, [string, number]>;
  readonly #remove: Statement;

  constructor(db: Database) {
    this.#find = db.query(`
      SELECT singleton.run_id AS runId
      FROM singletons AS singleton JOIN runs AS run ON run.id = singleton.run_id
      WHERE singleton.name = ? AND run.status IN ('QUEUED', 'RUNNING')`);
    this.#put = db.query(`
      INSERT INTO singletons (name, run_id) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET run_id = excluded.run_id`);
    this.#page = db.query(`
      SELECT singleton.name, run.id IS NULL AS isFree
      FROM singletons AS singleton LEFT JOIN runs AS run
        ON run.id = singleton.run_id AND run.status IN ('QUEUED', 'RUNNING')
      WHERE singleton.name > ? ORDER BY singleton.name LIMIT ?`);
    this.#remove = db.query("DELETE FROM singletons WHERE name = ?");
  }

  /** Null when no run has the key, or the one that had it has ended. */
  findHolder(name: string): string | null {
    return this.#find.get(name)?.runId ?? null;
  }

  put(name: string, runId: string): void {
    this.#put.run(name, runId);
  }

  /** Goes through the next keys and removes free ones. Returns where to go on; null at the end. */
  removeFree(after: string, limit: number): string | null {
    const page = this.#page.all(after, limit);
    for (const { name, isFree } of page) if (isFree) this.#remove.run(name);
    return page.length < limit ? null : (page.at(-1)?.name ?? null);
  }
}
