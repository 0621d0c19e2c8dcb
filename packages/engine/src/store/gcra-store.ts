import type { Database, Statement } from "bun:sqlite";

/** Until when each rate limit's key is used up (`core/gcra.ts`). */
export class GcraStore {
  readonly #find: Statement<{ usedUntilMs: number }, [string]>;
  readonly #put: Statement;
  readonly #removePassed: Statement;

  constructor(db: Database) {
    this.#find = db.query("SELECT used_until_ms AS usedUntilMs FROM gcra_marks WHERE name = ?");
    this.#put = db.query(`
      INSERT INTO gcra_marks (name, used_until_ms) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET used_until_ms = excluded.used_until_ms`);
    this.#removePassed = db.query(`
      DELETE FROM gcra_marks WHERE name IN (
        SELECT name FROM gcra_marks WHERE used_until_ms <= ? LIMIT ?)`);
  }

  findUsedUntilMs(name: string): number | null {
    return this.#find.get(name)?.usedUntilMs ?? null;
  }

  put(name: string, usedUntilMs: number): void {
    this.#put.run(name, usedUntilMs);
  }

  /** Removes so many at most; returns how many it removed. */
  removePassed(nowMs: number, limit: number): number {
    return this.#removePassed.run(nowMs, limit).changes;
  }
}
