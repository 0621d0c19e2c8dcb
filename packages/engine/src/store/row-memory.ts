// Rows that were read or written lately, so that a run on its way is not read again for each of its steps.
//
// Invariants:
//   M1. What is kept is what the table says, the open transaction included: each statement that writes to a
//       remembered table is prepared by `prepareWrite`, which forgets the row unless it is told the new one,
//       or is followed by `noteChange`.
//   M2. What a transaction or one writer of it has changed is forgotten when that is taken back.
//   M3. Bounded, in rows and in bytes; a row that is not kept is read from its table. What M2 needs to know is
//       that of one transaction.

import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

export interface RowMemoryOptions<Row> {
  /** At most twice as many are kept, and twice as many bytes. */
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** Of what can be large in a row; the rest is counted by the row. */
  readonly sizeOf: (row: Row) => number;
}

interface Kept<Row> {
  readonly row: Row;
  readonly sizeBytes: number;
}

/** A statement that writes one row of a remembered table. */
export interface RowWrite<Row> {
  /** Forgets the row, unless `next` makes the new one of it. Returns whether the table was changed. */
  run(key: string, values: SQLQueryBindings, next?: NextRow<Row>): boolean;
}

/** Of a row as it was kept the one that the table has now; undefined where that is not known. */
export type NextRow<Row> = (row: Row | undefined) => Row | undefined;

/** One table's rows, by their key. */
export class RowMemory<Row> {
  readonly #options: RowMemoryOptions<Row>;
  /** What was not asked for while the newer half was filled goes with the older one. */
  #newer = new Map<string, Kept<Row>>();
  #older = new Map<string, Kept<Row>>();
  #newerBytes = 0;
  readonly #changed = new Set<string>();

  constructor(options: RowMemoryOptions<Row>) {
    this.#options = options;
  }

  find(key: string): Row | undefined {
    const kept = this.#newer.get(key);
    if (kept) return kept.row;
    const older = this.#older.get(key);
    if (!older) return undefined;
    this.#older.delete(key);
    this.#put(key, older);
    return older.row;
  }

  /** `row` was just read from the table. */
  keep(key: string, row: Row): void {
    this.forget(key);
    this.#put(key, { row, sizeBytes: this.#options.sizeOf(row) });
  }

  forget(key: string): void {
    this.#newerBytes -= this.#newer.get(key)?.sizeBytes ?? 0;
    this.#newer.delete(key);
    this.#older.delete(key);
  }

  prepareWrite(db: Database, sql: string): RowWrite<Row> {
    const statement: Statement = db.query(sql);
    return {
      run: (key, values, next) => {
        const row = this.find(key);
        this.noteChange(key);
        const isChanged = statement.run(values).changes > 0;
        const nextRow = isChanged ? next?.(row) : row;
        if (nextRow !== undefined) this.keep(key, nextRow);
        return isChanged;
      },
    };
  }

  /** A row was changed by a statement that is about many: what it is now is not known. */
  noteChange(key: string): void {
    this.#changed.add(key);
    this.forget(key);
  }

  /** The transaction is over: on the disk, or taken back as a whole. */
  settle(): void {
    this.#changed.clear();
  }

  /** M2. What other writers of the transaction have changed is read again, too. */
  takeBack(): void {
    for (const key of this.#changed) this.forget(key);
  }

  /** All that is kept, for those who check it against the table. */
  *entries(): Iterable<readonly [string, Row]> {
    for (const half of [this.#older, this.#newer]) {
      for (const [key, { row }] of half) yield [key, row];
    }
  }

  #put(key: string, kept: Kept<Row>): void {
    const { rowsMax, bytesMax } = this.#options;
    if (kept.sizeBytes > bytesMax) return;
    if (this.#newer.size >= rowsMax || this.#newerBytes + kept.sizeBytes > bytesMax) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = 0;
    }
    this.#newer.set(key, kept);
    this.#newerBytes += kept.sizeBytes;
  }
}
