/// <reference path="../sql-modules.d.ts" />
import type { Database } from "bun:sqlite";
import { EngineError } from "../core/errors.ts";
import initial from "./migrations/0001-initial.sql" with { type: "text" };
import cancelWaits from "./migrations/0002-cancel-waits.sql" with { type: "text" };
import gcraMarks from "./migrations/0003-gcra.sql" with { type: "text" };
import singletons from "./migrations/0004-singletons.sql" with { type: "text" };
import priority from "./migrations/0005-priority.sql" with { type: "text" };
import debounce from "./migrations/0006-debounce.sql" with { type: "text" };
import batches from "./migrations/0007-batches.sql" with { type: "text" };
import signals from "./migrations/0008-signals.sql" with { type: "text" };
import requests from "./migrations/0009-requests.sql" with { type: "text" };
import traces from "./migrations/0010-traces.sql" with { type: "text" };
import cancellations from "./migrations/0011-cancellations.sql" with { type: "text" };
import pauses from "./migrations/0012-pauses.sql" with { type: "text" };
import syncs from "./migrations/0013-syncs.sql" with { type: "text" };
import debouncedEvents from "./migrations/0014-debounced-events.sql" with { type: "text" };

/** In order of release; the number of a migration is its place, counted from 1. */
const MIGRATIONS: readonly string[] = [
  initial,
  cancelWaits,
  gcraMarks,
  singletons,
  priority,
  debounce,
  batches,
  signals,
  requests,
  traces,
  cancellations,
  pauses,
  syncs,
  debouncedEvents,
];

/** The version of the tables that this release has. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the tables to this release, each migration in a transaction of its own. Throws
 * DATABASE_TOO_NEW for a file that a later release has written: going back could lose what it stored.
 */
export function migrate(db: Database): void {
  refuseLaterSchema(db);
  migrateTo(db, SCHEMA_VERSION);
}

/** As a release with so many migrations has left it; 0 leaves an empty database. */
export function migrateTo(db: Database, untilVersion: number): void {
  const version = readSchemaVersion(db);
  MIGRATIONS.slice(version, untilVersion).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql);
      db.exec(`PRAGMA user_version = ${version + index + 1}`);
    }).immediate();
  });
}

export function refuseLaterSchema(db: Database): void {
  const version = readSchemaVersion(db);
  if (version <= SCHEMA_VERSION) return;
  throw new EngineError(
    "DATABASE_TOO_NEW",
    `The database has version ${version}, this release knows up to ${SCHEMA_VERSION}. Start the newer release, or choose another data folder.`,
  );
}

export function needsMigration(db: Database): boolean {
  return readSchemaVersion(db) < SCHEMA_VERSION;
}

export function readSchemaVersion(db: Database): number {
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
