import type { Database, Statement } from "bun:sqlite";
import { EngineError } from "../core/errors.ts";
import { reasonOf, storageProblemOf } from "./storage-problem.ts";

interface Writer {
  readonly accept: () => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a function after the present turn of the event loop; the real one is `setImmediate`. */
export type Schedule = (flush: () => void) => void;

export interface CommitObserver {
  /** Told of each commit: how long it took, and how many writes it held. */
  onCommit?(durationMs: number, writeCount: number): void;
  onRefusal?(): void;
  /** Changes of one writer or of all were taken back: what was read since they were made may not be so. */
  onTakenBack?(): void;
}

/**
 * One transaction for everything that is written in one turn of the event loop, so that a hundred
 * acknowledgements cost one wait for the disk. See docs/decisions/0002.
 *
 * Invariants:
 *   G1. `write` resolves only after its changes are on the disk.
 *   G2. One writer's failure takes back its own changes and nobody else's.
 *   G3. When the disk refuses the group, all of it is gone and every writer of it is told so.
 *   G4. Memory that follows the tables is changed by `onStored`: never ahead of them, and in the order
 *       of the writes. After `write` resolved the order would be that of unrelated promises.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #schedule: Schedule;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #rollbackTo: Statement;
  readonly #observer: CommitObserver | undefined;
  #writers: Writer[] = [];
  #isOpen = false;

  constructor(db: Database, schedule: Schedule = setImmediate, observer?: CommitObserver) {
    this.#db = db;
    this.#observer = observer;
    this.#schedule = schedule;
    this.#begin = db.query("BEGIN IMMEDIATE");
    this.#commit = db.query("COMMIT");
    this.#savepoint = db.query("SAVEPOINT writer");
    this.#release = db.query("RELEASE writer");
    this.#rollbackTo = db.query("ROLLBACK TO writer");
  }

  /**
   * Runs `work` at once; when the disk has it, calls `onStored` (G4) and resolves, both with its result.
   * Rejects as G2 and G3 say.
   */
  async write<T>(work: () => T, onStored: (result: T) => void = () => {}): Promise<T> {
    const result = this.#run(work);
    return new Promise<T>((resolve, reject) => {
      const accept = (): void => {
        try {
          onStored(result);
          resolve(result);
        } catch (error) {
          reject(error);
        }
      };
      this.#writers.push({ accept, reject });
    });
  }

  /** Commits what is open now, without waiting for the turn's end. */
  flush(): void {
    for (const { accept } of this.#commitOpen()) accept();
  }

  /**
   * Runs `work` between two transactions: what is open is committed first. Its writers hear of it afterwards,
   * because what they do then may open the next one.
   */
  between<T>(work: () => T): T {
    const committed = this.#commitOpen();
    try {
      return work();
    } finally {
      for (const { accept } of committed) accept();
    }
  }

  /** Returns the writers whose changes are on the disk now, and who are still to be told. */
  #commitOpen(): readonly Writer[] {
    if (!this.#isOpen) return [];
    this.#isOpen = false;
    const group = this.#takeWriters();
    const beganAtMs = performance.now();
    try {
      this.#commit.run();
      this.#observer?.onCommit?.(performance.now() - beganAtMs, group.length);
      return group;
    } catch (error) {
      this.#abandon(group, error);
      return [];
    }
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
        this.#observer?.onTakenBack?.();
        throw isRefusal(error) ? storageError(error) : error;
      }
      // A full disk mostly ends the whole transaction, whoever met it.
      this.#isOpen = false;
      this.#abandon(this.#takeWriters(), error);
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

  #takeWriters(): readonly Writer[] {
    const group = this.#writers;
    this.#writers = [];
    return group;
  }

  #abandon(group: readonly Writer[], cause: unknown): void {
    this.#observer?.onRefusal?.();
    if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
    this.#observer?.onTakenBack?.();
    for (const { reject } of group) reject(storageError(cause));
  }
}

function isRefusal(error: unknown): boolean {
  return storageProblemOf(error) !== null;
}

function storageError(cause: unknown): EngineError {
  const cure =
    storageProblemOf(cause) === "damaged"
      ? "The file is damaged: stop the engine, and put a backup in its place with `igs engine restore`."
      : "Check free space and permissions of the data folder.";
  return new EngineError(
    "STORAGE_FAILED",
    `The engine's database could not be written (${reasonOf(cause)}); nothing was acknowledged. ${cure}`,
    { cause },
  );
}
