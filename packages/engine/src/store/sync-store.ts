import type { Database, Statement } from "bun:sqlite";
import type { Sync } from "../core/app.ts";

const INSERT = `
  INSERT INTO syncs (id, app_id, url, framework, sdk_language, sdk_version, function_count, synced_at_ms)
  VALUES ($id, $appId, $url, $framework, $sdkLanguage, $sdkVersion, $functionCount, $syncedAtMs)`;

const SELECT = `
  SELECT id, app_id AS appId, url, framework, sdk_language AS sdkLanguage,
         sdk_version AS sdkVersion, function_count AS functionCount, synced_at_ms AS syncedAtMs
  FROM syncs WHERE app_id = ? ORDER BY id DESC`;

const REMOVE_OLD = `
  DELETE FROM syncs
  WHERE app_id = ?1
    AND id <= (SELECT id FROM syncs WHERE app_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`;

/** Of each app; an app that reloads with each change of its code would fill the disk. */
const KEPT_MAX = 50;

export class SyncStore {
  readonly #insert: Statement;
  readonly #select: Statement<Sync, [string]>;
  readonly #removeOld: Statement;

  constructor(db: Database) {
    this.#insert = db.query(INSERT);
    this.#select = db.query(SELECT);
    this.#removeOld = db.query(REMOVE_OLD);
  }

  insert(sync: Sync): void {
    this.#insert.run({ ...sync });
    this.#removeOld.run(sync.appId, KEPT_MAX);
  }

  /** Newest first; there are few. */
  load(appId: string): readonly Sync[] {
    return this.#select.all(appId);
  }
}
