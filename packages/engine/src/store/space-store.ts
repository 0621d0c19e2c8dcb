import type { Database, Statement } from "bun:sqlite";
import { statSync } from "node:fs";

/** What the database takes up, in bytes. */
export interface SpaceUse {
  readonly fileBytes: number;
  /** Inside of the file, for rows to come. */
  readonly freeBytes: number;
  /** The write-ahead log beside it. */
  readonly logBytes: number;
}

/** Room inside of the file, and how it goes back to the disk. */
export class SpaceStore {
  readonly #db: Database;
  /** Null for a database in memory. */
  readonly #file: string | null;
  readonly #pageCount: Statement;
  readonly #freeCount: Statement;
  readonly #pageBytes: number;
  /** A file of before this release gives nothing back until it is compacted with the engine stopped. */
  readonly givesBack: boolean;

  constructor(db: Database, file: string | null) {
    this.#db = db;
    this.#file = file;
    this.#pageCount = db.query("PRAGMA page_count");
    this.#freeCount = db.query("PRAGMA freelist_count");
    this.#pageBytes = readNumber(db.query("PRAGMA page_size"));
    this.givesBack = readNumber(db.query("PRAGMA auto_vacuum")) === INCREMENTAL;
  }

  use(): SpaceUse {
    const logFile = `${this.#file}-wal`;
    return {
      fileBytes: readNumber(this.#pageCount) * this.#pageBytes,
      freeBytes: readNumber(this.#freeCount) * this.#pageBytes,
      logBytes: this.#file === null ? 0 : (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0),
    };
  }

  /** Moves so many pages from the end of the file into its free room, and shortens it; inside a write. */
  giveBack(pagesMax: number): void {
    this.#db.exec(`PRAGMA incremental_vacuum(${pagesMax})`);
  }

  /** Moves the log into the file and empties it; between transactions. */
  emptyLog(): void {
    this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
}

const INCREMENTAL = 2;

/** Of a pragma that is there in every SQLite. */
function readNumber(pragma: Statement): number {
  const [[value] = []] = pragma.values();
  return typeof value === "number" ? value : 0;
}
