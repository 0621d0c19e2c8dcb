import type { Database, Statement } from "bun:sqlite";
import type { App, AppFunction, FunctionPause } from "../core/app.ts";
import type { FunctionConfig } from "../core/function-config.ts";

interface FunctionRow {
  readonly id: string;
  readonly appId: string;
  readonly configJson: string;
  readonly archivedAtMs: number | null;
  readonly pausedAtMs: number | null;
  readonly holdsRuns: number;
}

const UPSERT_APP = `
  INSERT INTO apps (id, name, url, framework, sdk_language, sdk_version, checksum, created_at_ms,
                    synced_at_ms)
  VALUES ($id, $name, $url, $framework, $sdkLanguage, $sdkVersion, $checksum, $createdAtMs, $syncedAtMs)
  ON CONFLICT (id) DO UPDATE SET
    url = excluded.url, framework = excluded.framework, sdk_language = excluded.sdk_language,
    sdk_version = excluded.sdk_version, checksum = excluded.checksum,
    synced_at_ms = excluded.synced_at_ms`;

const UPSERT_FUNCTION = `
  INSERT INTO functions (id, app_id, slug, config_json, archived_at_ms)
  VALUES ($id, $appId, $slug, $configJson, NULL)
  ON CONFLICT (id) DO UPDATE SET config_json = excluded.config_json, archived_at_ms = NULL`;

/** Paused twice, it has been paused since the first time. */
const PAUSE = `
  UPDATE functions
  SET paused_at_ms = coalesce(paused_at_ms, $atMs), holds_runs = $holdsRuns
  WHERE id = $functionId`;

const RESUME = "UPDATE functions SET paused_at_ms = NULL, holds_runs = 0 WHERE id = ?";

export class AppStore {
  readonly #db: Database;
  readonly #upsertApp: Statement;
  readonly #upsertFunction: Statement;
  readonly #archive: Statement;
  readonly #pause: Statement;
  readonly #resume: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#upsertApp = db.query(UPSERT_APP);
    this.#upsertFunction = db.query(UPSERT_FUNCTION);
    this.#pause = db.query(PAUSE);
    this.#resume = db.query(RESUME);
    this.#archive = db.query(
      "UPDATE functions SET archived_at_ms = ?2 WHERE id = ?1 AND archived_at_ms IS NULL",
    );
  }

  pauseFunction(functionId: string, { atMs, holdsRuns }: FunctionPause): void {
    this.#pause.run({ functionId, atMs, holdsRuns: holdsRuns ? 1 : 0 });
  }

  resumeFunction(functionId: string): void {
    this.#resume.run(functionId);
  }

  loadApps(): readonly App[] {
    return this.#db
      .query<App, []>(
        `SELECT id, name, url, framework, sdk_language AS sdkLanguage, sdk_version AS sdkVersion,
                checksum, created_at_ms AS createdAtMs, synced_at_ms AS syncedAtMs
         FROM apps ORDER BY name`,
      )
      .all();
  }

  loadFunctions(): readonly AppFunction[] {
    return this.#db
      .query<FunctionRow, []>(
        `SELECT id, app_id AS appId, config_json AS configJson, archived_at_ms AS archivedAtMs,
                paused_at_ms AS pausedAtMs, holds_runs AS holdsRuns
         FROM functions ORDER BY slug`,
      )
      .all()
      .map(({ id, appId, configJson, archivedAtMs, pausedAtMs, holdsRuns }) => ({
        id,
        appId,
        config: JSON.parse(configJson),
        isArchived: archivedAtMs !== null,
        pause: pausedAtMs === null ? null : { atMs: pausedAtMs, holdsRuns: holdsRuns === 1 },
      }));
  }

  putApp(app: App): void {
    this.#upsertApp.run({ ...app });
  }

  putFunction(id: string, appId: string, config: FunctionConfig): void {
    this.#upsertFunction.run({
      id,
      appId,
      slug: config.slug,
      configJson: JSON.stringify(config),
    });
  }

  archiveFunction(functionId: string, atMs: number): void {
    this.#archive.run(functionId, atMs);
  }
}
