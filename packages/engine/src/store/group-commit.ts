import type { Database, Statement } from "bun:sqlite";
import { EngineError } from "../core/errors.ts";

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a function after the present turn of the event loop; the real one is `setImmediate`. */
export type Schedule = (flush: () => void) => void;

/**
 * One transaction for everything that is written in one turn of the event loop, so that a hundred
 * acknowledgements cost one wait for the disk. See docs/decisions/0002.
 *
 * Invariants:
 *   G1. `write` resolves only after its changes are on the disk.
 *   G2. One writer's failure takes back its own changes and nobody else's.
 *   G3. When the disk refuses the group, all of it is gone and every writer of it is told so. Memory
 *       that follows the tables is changed after `write` resolved, and so never runs ahead of them.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #schedule: Schedule;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #rollbackTo: Statement;
  #waiting: Waiting[] = [];
  #isOpen = false;

  constructor(db: Database, schedule: Schedule = setImmediate) {
    this.#db = db;
    this.#schedule = schedule;
    this.#begin = db.query("BEGIN IMMEDIATE");
    this.#commit = db.query("COMMIT");
    this.#savepoint = db.query("SAVEPOINT writer");
    this.#release = db.query("RELEASE writer");
    this.#rollbackTo = db.query("ROLLBACK TO writer");
  }

  /** Runs `work` at once and resolves to its result when the disk has it. Rejects as G2 and G3 say. */
  async write<T>(work: () => T): Promise<T> {
    const result = this.#run(work);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    return result;
  }

  /** Commits what is open now, without waiting for the turn's end. */
  flush(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const group = this.#takeWaiting();
    try {
      this.#commit.run();
    } catch (error) {
      this.#abandon(group, error);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  #run<T>(work: () => T): T {
    this.#open();
    this.#savepoint.run();
    try {
      const result = work();
      this.#release.run();
      return result;
    } catch (error) {
      if (this.#db.inTransaction) {
        this.#rollbackTo.run();
        this.#release.run();
        throw error;
      }
      // A full disk ends the whole transaction, whoever met it.
      this.#isOpen = false;
      this.#abandon(this.#takeWaiting(), error);
      throw storageError(error);
    }
  }

  #open(): void {
    if (this.#isOpen) return;
    try {
      this.#begin.run();
    } catch (error) {
      throw storageError(error);
    }
    this.#isOpen = true;
    this.#schedule(() => this.flush());
  }

  #takeWaiting(): readonly Waiting[] {
    const group = this.#waiting;
    this.#waiting = [];
    return group;
  }

  #abandon(group: readonly Waiting[], cause: unknown): void {
    if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
    for (const { reject } of group) reject(storageError(cause));
  }
}

function storageError(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    "STORAGE_FAILED",
    `The engine's database could not be written (${reason}); nothing was acknowledged. Check free space and permissions of the data folder.`,
    { cause },
  );
}
