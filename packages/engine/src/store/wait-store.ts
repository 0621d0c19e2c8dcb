import type { Database, Statement } from "bun:sqlite";
import type { Wait, WaitMatch } from "../core/wait.ts";

const INSERT = `
  INSERT INTO waits (event_name, match_path, match_json, run_id, step_id, expression, purpose,
                     expires_at_ms)
  VALUES ($eventName, $matchPath, $matchJson, $runId, $stepId, $expression, $purpose, $expiresAtMs)
  ON CONFLICT DO NOTHING`;

// Hops from one path to the next: DISTINCT alone would read every wait for the event.
const SELECT_PATHS = `
  WITH RECURSIVE paths (path) AS (
    SELECT min(match_path) FROM waits WHERE event_name = ?1
    UNION ALL
    SELECT (SELECT min(match_path) FROM waits WHERE event_name = ?1 AND match_path > path)
    FROM paths WHERE path IS NOT NULL
  )
  SELECT path FROM paths WHERE path IS NOT NULL`;

/** Names come from senders, and may be without end. */
const NAMES_KEPT_MAX = 10_000;

export class WaitStore {
  readonly #insert: Statement;
  readonly #paths: Statement<{ path: string }, [string]>;
  readonly #matching: Statement<Wait, [string, string, string]>;
  readonly #remove: Statement;
  readonly #removeOfRun: Statement;
  /**
   * The paths of each event name that was asked for, so that most events, which nobody waits for, cost no
   * query. It may name a path whose waits are gone; it never lacks one.
   */
  readonly #pathsByName = new Map<string, Set<string>>();

  constructor(db: Database) {
    this.#insert = db.query(INSERT);
    this.#paths = db.query(SELECT_PATHS);
    this.#matching = db.query(`
      SELECT run_id AS runId, step_id AS stepId, event_name AS eventName, expression, purpose,
             expires_at_ms AS expiresAtMs
      FROM waits WHERE event_name = ? AND match_path = ? AND match_json = ?
      ORDER BY run_id, step_id`);
    this.#remove = db.query("DELETE FROM waits WHERE run_id = ? AND step_id = ?");
    this.#removeOfRun = db.query("DELETE FROM waits WHERE run_id = ?");
  }

  insert(wait: Wait, match: WaitMatch): void {
    this.#insert.run({ ...wait, matchPath: match.path, matchJson: match.json });
    this.#pathsByName.get(wait.eventName)?.add(match.path);
  }

  /** The paths by which waits for this event can be looked up; few, whatever the number of waits. */
  loadPaths(eventName: string): ReadonlySet<string> {
    const known = this.#pathsByName.get(eventName);
    if (known) return known;
    const paths = new Set(this.#paths.all(eventName).map(({ path }) => path));
    if (this.#pathsByName.size >= NAMES_KEPT_MAX) this.#pathsByName.clear();
    this.#pathsByName.set(eventName, paths);
    return paths;
  }

  /** After changes were taken back: what was read in between may lack waits that are there again. */
  forgetPaths(): void {
    this.#pathsByName.clear();
  }

  loadMatching(eventName: string, match: WaitMatch): readonly Wait[] {
    return this.#matching.all(eventName, match.path, match.json);
  }

  remove(runId: string, stepId: string): void {
    this.#remove.run(runId, stepId);
  }

  removeOfRun(runId: string): void {
    this.#removeOfRun.run(runId);
  }
}
