import type { Database, Statement } from "bun:sqlite";
import type { MetadataEntry, MetadataUse } from "../core/metadata.ts";

// A type and not an interface: what is bound to a statement has to have an index signature.
type EntryKey = {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly spanId: string;
  readonly scope: string;
  readonly kind: string;
};

const OF_PLACE = "step_id = $stepId AND attempt = $attempt AND span_id = $spanId";
const OF_ENTRY = `run_id = $runId AND ${OF_PLACE} AND scope = $scope AND kind = $kind`;
// macOS 13 has no octet_length() yet.
const BYTES = "length(CAST(kind AS BLOB)) + length(CAST(values_json AS BLOB))";

const PUT = `
  INSERT INTO metadata (run_id, step_id, attempt, span_id, scope, kind, values_json, updated_at_ms)
  VALUES ($runId, $stepId, $attempt, $spanId, $scope, $kind, $valuesJson, $updatedAtMs)
  ON CONFLICT DO UPDATE SET values_json = excluded.values_json, updated_at_ms = excluded.updated_at_ms`;

const USE = `
  SELECT coalesce(sum(${OF_PLACE}), 0) AS kindCount,
         coalesce(sum(CASE WHEN ${OF_PLACE} THEN ${BYTES} END), 0) AS placeBytes,
         coalesce(sum(${BYTES}), 0) AS runBytes
  FROM metadata
  WHERE run_id = $runId AND NOT (${OF_PLACE} AND scope = $scope AND kind = $kind)`;

/** What is said of runs and steps beside their results. */
export class MetadataStore {
  readonly #find: Statement<{ valuesJson: string }, [EntryKey]>;
  readonly #use: Statement<MetadataUse, [EntryKey]>;
  readonly #put: Statement;
  readonly #remove: Statement;

  constructor(db: Database) {
    this.#find = db.query(`SELECT values_json AS valuesJson FROM metadata WHERE ${OF_ENTRY}`);
    this.#use = db.query(USE);
    this.#put = db.query(PUT);
    this.#remove = db.query(`DELETE FROM metadata WHERE ${OF_ENTRY}`);
  }

  findValuesJson(key: EntryKey): string | null {
    return this.#find.get(key)?.valuesJson ?? null;
  }

  /** Of the place and of the run, the entry itself left out. */
  loadUse(key: EntryKey): MetadataUse {
    return this.#use.get(key) ?? { kindCount: 0, placeBytes: 0, runBytes: 0 };
  }

  put(runId: string, entry: MetadataEntry): void {
    this.#put.run({ ...entry, runId });
  }

  remove(key: EntryKey): void {
    this.#remove.run({ ...key });
  }
}
