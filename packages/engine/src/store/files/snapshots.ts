// A copy of the living database, read while the engine goes on.
//
// Invariants:
//   S1. In WAL mode only a checkpoint writes to the main file. A snapshot begins with a whole one and none
//       follows until it ends, so that what is read is the state of its first moment.
//   S2. The main file is opened once, and closed after the database: closing any descriptor of a file
//       drops all of the process's locks on it (POSIX), the engine's own among them.
//   S3. One snapshot at a time. Meanwhile the log grows: `logBytes` lets its owner give up in time.
//   S4. The copy is in rollback mode, so that a program may read it without leaving anything beside it.

import { closeSync, openSync, read, statSync } from "node:fs";
import { promisify } from "node:util";
import { assert } from "../../core/assert.ts";
import { EngineError } from "../../core/errors.ts";
import { CHECKPOINT_PAGES, type Database } from "../database.ts";
import { SpaceStore } from "../space-store.ts";
import { describeFileError } from "../storage-problem.ts";

const readInto = promisify(read);

/** Large enough for a disk's stride, small enough to hold no turn of the event loop. */
const CHUNK_BYTES = 1024 * 1024;
/** Of a database's first page: which journal its writers and its readers use, 1 for rollback. */
const JOURNAL_VERSION_AT = [18, 19] as const;
const ROLLBACK_VERSION = 1;

export interface Snapshot {
  readonly sizeBytes: number;
  /** The next bytes, in order; null when all were given. */
  read(): Promise<Uint8Array | null>;
  /** What the engine has written since the beginning and keeps beside the file until the end. */
  logBytes(): number;
  /** Lets the log be moved into the file again. Must be called, once or more often. */
  end(): void;
}

export class Snapshots {
  readonly #db: Database;
  readonly #file: string;
  #descriptor: number | null = null;
  #current: Snapshot | null = null;
  #isReading = false;

  constructor(db: Database, file: string) {
    this.#db = db;
    this.#file = file;
  }

  get isUnderWay(): boolean {
    return this.#current !== null;
  }

  /** Outside of any transaction. Throws UPKEEP_BUSY, or STORAGE_FAILED where the log has no room in the file. */
  begin(): Snapshot {
    assert(!this.#db.inTransaction, "a snapshot begins between transactions");
    if (this.#current) {
      throw new EngineError("UPKEEP_BUSY", "A backup is being made. Try again when it is done.");
    }
    try {
      this.#descriptor ??= openSync(this.#file, "r");
      this.#current = this.#follow(this.#descriptor, this.#settleFile());
      return this.#current;
    } catch (error) {
      throw describeFileError(this.#file, error);
    }
  }

  /** Closes the database, and then all that was opened of its file (S2). */
  closeWith(closeDatabase: () => void): void {
    this.#current?.end();
    closeDatabase();
    // A read that is on its way has the descriptor until it returns: the number must not be another's.
    if (this.#descriptor !== null && !this.#isReading) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Moves the log into the file, and keeps it out from now on (S1). Returns the file's size. */
  #settleFile(): number {
    const settled = this.#db
      .query<{ log: number; checkpointed: number }, []>("PRAGMA wal_checkpoint(PASSIVE)")
      .get();
    assert(settled?.log === settled?.checkpointed, "nobody else reads the database");
    this.#db.exec("PRAGMA wal_autocheckpoint = 0");
    return new SpaceStore(this.#db, this.#file).use().fileBytes;
  }

  #follow(descriptor: number, sizeBytes: number): Snapshot {
    let position = 0;
    const snapshot: Snapshot = {
      sizeBytes,
      read: async () => {
        if (this.#current !== snapshot) throw abandoned("it was ended before its last byte");
        const wanted = Math.min(CHUNK_BYTES, sizeBytes - position);
        if (wanted === 0) return null;
        const chunk = Buffer.allocUnsafe(wanted);
        const bytesRead = await this.#readAt(descriptor, chunk, position);
        // A checkpoint may have come meanwhile: what was read then is not of the snapshot.
        if (this.#current !== snapshot) throw abandoned("it was ended before its last byte");
        if (position === 0) for (const at of JOURNAL_VERSION_AT) chunk[at] = ROLLBACK_VERSION;
        position += bytesRead;
        return chunk.subarray(0, bytesRead);
      },
      logBytes: () => statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      end: () => {
        if (this.#current !== snapshot) return;
        this.#current = null;
        this.#db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      },
    };
    return snapshot;
  }

  async #readAt(descriptor: number, chunk: Uint8Array, position: number): Promise<number> {
    this.#isReading = true;
    try {
      const { bytesRead } = await readInto(descriptor, chunk, 0, chunk.length, position);
      if (bytesRead === 0) throw abandoned("the file is shorter than its pages say");
      return bytesRead;
    } finally {
      this.#isReading = false;
    }
  }
}

function abandoned(reason: string): EngineError {
  return new EngineError("BACKUP_ABANDONED", `The backup was given up: ${reason}.`);
}
