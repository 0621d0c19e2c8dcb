// The engine's disk: real SQLite in memory, which outlives the engine. A crash is a statement that never
// returns; what SQLite had committed before is what the next engine finds.
//
// Invariants:
//   K1. After a crash no statement of the engine that died changes anything.
//   K2. The store after a crash is what was committed, as after a power cut.

import { Database } from "bun:sqlite";

export interface DiskOptions {
  /** Asked before each statement that writes: whether the engine dies there. */
  readonly mayGoOn: (statement: string) => StatementFate;
  /** Each commit, at once, before the engine hears of it. */
  readonly onCommit: () => void;
  /** A statement that the disk did not take. */
  readonly onRefused: () => void;
}

export type StatementFate = "runs" | "dies before" | "dies after" | "is refused";

type Bindings = Parameters<ReturnType<Database["query"]>["run"]>;

/** The first page count is far above what any world needs. */
const ROOMY_PAGES = 1_000_000;

export class Disk {
  readonly db = new Database(":memory:", { strict: true });
  readonly #options: DiskOptions;
  #life: { isOver: boolean } = { isOver: true };

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** The connection for one life of an engine. It has the members of `Database` that the engine uses. */
  open(): Database {
    const life = { isOver: false };
    this.#life = life;
    const { db } = this;
    const connection = {
      query: (sql: string) => this.#prepare(sql, life),
      exec: (sql: string) => this.#guard(sql, life, () => db.exec(sql)),
      transaction: (work: () => void) => ({
        immediate: () => this.#guard("transaction", life, () => db.transaction(work).immediate()),
      }),
      get inTransaction() {
        return !life.isOver && db.inTransaction;
      },
      close: () => {
        life.isOver = true;
      },
    };
    // Checked by use: a member that is missing fails the first seed.
    return connection as unknown as Database;
  }

  /** The engine is gone, wherever it was. */
  crash(): void {
    this.#life.isOver = true;
    if (this.db.inTransaction) this.db.exec("ROLLBACK");
  }

  /** From now on the store may grow by so many pages of 4 KB. */
  leaveRoomFor(pages: number): void {
    const row = this.db.query<{ page_count: number }, []>("PRAGMA page_count").get();
    this.db.exec(`PRAGMA max_page_count = ${(row?.page_count ?? 0) + pages}`);
  }

  makeRoom(): void {
    this.db.exec(`PRAGMA max_page_count = ${ROOMY_PAGES}`);
  }

  close(): void {
    this.crash();
    this.db.close();
  }

  #prepare(sql: string, life: { readonly isOver: boolean }): unknown {
    const statement = this.db.query(sql);
    if (/^\s*(SELECT|PRAGMA)/i.test(sql)) return statement;
    return {
      run: (...bindings: Bindings) => this.#guard(sql, life, () => statement.run(...bindings)),
      get: (...bindings: Bindings) => this.#guard(sql, life, () => statement.get(...bindings)),
      all: (...bindings: Bindings) => this.#guard(sql, life, () => statement.all(...bindings)),
    };
  }

  #guard<T>(sql: string, life: { readonly isOver: boolean }, run: () => T): T {
    if (life.isOver) throw new Error("the engine is dead");
    const fate = this.#options.mayGoOn(sql);
    if (fate === "dies before") throw this.#die();
    const result = fate === "is refused" ? this.#refuse(fullDiskError()) : this.#run(run);
    if (sql === "COMMIT") this.#options.onCommit();
    if (fate === "dies after") throw this.#die();
    return result;
  }

  #run<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): never {
    this.#options.onRefused();
    throw error;
  }

  #die(): Error {
    this.crash();
    return new Error("the engine dies");
  }
}

/** Only `bun:sqlite` can make its errors: this is a real one, of a disk without room. */
function fullDiskError(): unknown {
  const small = new Database(":memory:");
  try {
    small.exec("PRAGMA max_page_count = 1; CREATE TABLE too_much (value TEXT)");
    throw new Error("a full disk took it");
  } catch (error) {
    return error;
  } finally {
    small.close();
  }
}
