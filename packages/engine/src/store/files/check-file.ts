import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../core/errors.ts";
import {
  type CheckPart,
  type Finding,
  fileParts,
  type Repair,
  repairTables,
  ruleParts,
} from "../check/check-tables.ts";
import { DATABASE_NAME, openDatabase } from "../database.ts";
import { readSchemaVersion, refuseLaterSchema, SCHEMA_VERSION } from "../migrate.ts";
import { describeFileError, storageProblemOf } from "../storage-problem.ts";
import type { LongWork } from "./progress.ts";

export interface CheckReport {
  readonly file: string;
  readonly schemaVersion: number;
  readonly runCount: number;
  readonly unfinishedCount: number;
  readonly findings: readonly Finding[];
}

export interface CheckOptions extends LongWork {
  readonly nowMs: number;
}

/** The database of a data folder; throws NOT_FOUND where there is none. */
export function databaseFile(folder: string): string {
  const file = join(folder, DATABASE_NAME);
  if (existsSync(file)) return file;
  throw new EngineError("NOT_FOUND", `There is no ${DATABASE_NAME} in ${folder}.`);
}

/**
 * Checks a database that no engine uses, and changes nothing: what SQLite can tell of the file, and what
 * the engine relies on between the tables. Throws DATA_IN_USE, DATABASE_TOO_NEW or STORAGE_FAILED; damage
 * is a finding.
 */
export async function checkFile(file: string, options: CheckOptions): Promise<CheckReport> {
  const empty = { file, schemaVersion: 0, runCount: 0, unfinishedCount: 0 };
  let db: Database | undefined;
  try {
    db = new Database(file, { readonly: true, strict: true });
    // One view of all tables, whoever comes meanwhile; and the first read that meets a lock.
    db.exec("PRAGMA busy_timeout = 1000; BEGIN; SELECT count(*) FROM sqlite_schema");
    refuseOthers(db, file);
    const damage = await runParts(fileParts(db), options, { from: 0, to: 0.7 });
    const findings =
      damage.length > 0
        ? damage
        : await runParts(ruleParts(db, options.nowMs), options, { from: 0.7, to: 1 });
    return { ...empty, ...readCounts(db), findings };
  } catch (error) {
    if (storageProblemOf(error) === "damaged") return { ...empty, findings: [damageFound(error)] };
    throw describeFileError(file, error);
  } finally {
    db?.close();
  }
}

/**
 * Puts right what can only be put right in one way (`Finding.isRepairable`), with no engine running. Throws
 * as `checkFile` does.
 */
export function repairFile(file: string, nowMs: number): readonly Repair[] {
  const db = openDatabase(file);
  try {
    refuseOthers(db, file);
    if (readSchemaVersion(db) < SCHEMA_VERSION) {
      throw new EngineError(
        "BACKUP_REFUSED",
        `${file} has the tables of an earlier release. Start the engine once, which brings them to this one, and stop it again.`,
      );
    }
    return repairTables(db, nowMs);
  } catch (error) {
    throw describeFileError(file, error);
  } finally {
    db.close();
  }
}

/** Throws for what is a database, but not one of this engine, or one of a later release. */
function refuseOthers(db: Database, file: string): void {
  refuseLaterSchema(db);
  const table = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'queue_items'").get();
  if (readSchemaVersion(db) > 0 && table !== null) return;
  throw new EngineError("BACKUP_REFUSED", `${file} is no database of the engine.`);
}

async function runParts(
  parts: readonly CheckPart[],
  { onProgress, signal }: LongWork,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [index, part] of parts.entries()) {
    onProgress?.({ stage: "checking", share: from + ((to - from) * index) / parts.length });
    // Lets a signal in: each part holds the thread for as long as it takes.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    findings.push(...part.run());
  }
  return findings;
}

function readCounts(db: Database): Omit<CheckReport, "file" | "findings"> {
  const counts = db
    .query<{ all: number; unfinished: number }, []>(
      `SELECT count(*) AS "all", count(*) FILTER (WHERE status IN ('QUEUED', 'RUNNING')) AS unfinished
       FROM runs`,
    )
    .get();
  return {
    schemaVersion: readSchemaVersion(db),
    runCount: counts?.all ?? 0,
    unfinishedCount: counts?.unfinished ?? 0,
  };
}

function damageFound(error: unknown): Finding {
  return {
    rule: "file-damaged",
    meaning: "The file's content is damaged. Restore a backup.",
    ids: [error instanceof Error ? error.message : String(error)],
    count: 1,
    isRepairable: false,
  };
}
