// What was committed, in order, told by the database itself: triggers of the simulator's own note every
// change that matters, in a temporary table that a rollback takes back like all else.

import type { Database } from "bun:sqlite";

/** One committed change. What the columns mean depends on the kind. */
export interface Fact {
  readonly kind: FactKind;
  readonly id: string;
  readonly runId: string;
  readonly name: string;
  readonly status: string;
  /** JSON, or a text that belongs to the kind. */
  readonly body: string;
  readonly atMs: number;
  readonly number: number;
}

export type FactKind =
  | "event"
  | "run"
  | "run-started"
  | "run-ended"
  | "step"
  | "step-settled"
  | "item"
  | "item-gone"
  | "wait"
  | "wait-gone"
  | "signal"
  | "signal-gone"
  | "function"
  /** A change that the engine promises never to make. */
  | "forbidden";

const COLUMNS = "kind, id, run_id, name, status, body, at_ms, number";

interface Trigger {
  readonly on: string;
  readonly when?: string;
  readonly kind: FactKind;
  /** Expressions for id, run_id, name, status, body, at_ms, number. */
  readonly values: string;
}

const ENDED = "('COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED')";

const ITEM = "new.id, new.run_id, new.kind, new.step_id, '', new.due_at_ms, new.attempt";
const STEP =
  "new.step_id, new.run_id, new.kind, new.status, coalesce(new.value_json, ''), 0, new.position";

const TRIGGERS: readonly Trigger[] = [
  {
    on: "INSERT ON main.events",
    kind: "event",
    values:
      "new.internal_id, '', new.name, new.id, new.payload_json, new.received_at_ms, new.ts_ms",
  },
  {
    on: "INSERT ON main.runs",
    kind: "run",
    values: `new.event_internal_id, new.id, new.function_id, new.status,
             json_array(new.rank, new.correlation_id, new.rerun_of, new.batch_id), new.queued_at_ms, 0`,
  },
  {
    on: "UPDATE OF status ON main.runs",
    when: "old.status = 'QUEUED' AND new.status = 'RUNNING'",
    kind: "run-started",
    values: "'', new.id, '', '', '', new.started_at_ms, 0",
  },
  {
    on: "UPDATE OF status ON main.runs",
    when: `old.status NOT IN ${ENDED} AND new.status IN ${ENDED}`,
    kind: "run-ended",
    values: "'', new.id, '', new.status, coalesce(new.output_json, ''), new.ended_at_ms, 0",
  },
  {
    on: "UPDATE OF status, output_json, ended_at_ms ON main.runs",
    when: `old.status IN ${ENDED}`,
    kind: "forbidden",
    values: "'', new.id, 'a run that has ended changes', '', '', 0, 0",
  },
  { on: "INSERT ON main.steps", kind: "step", values: STEP },
  {
    on: "UPDATE OF status ON main.steps",
    when: "old.status = 'open' AND new.status <> 'open'",
    kind: "step-settled",
    values: STEP,
  },
  {
    on: "UPDATE OF status, value_json, position ON main.steps",
    when: "old.status <> 'open'",
    kind: "forbidden",
    values: "new.step_id, new.run_id, 'a settled step changes', '', '', 0, 0",
  },
  { on: "INSERT ON main.queue_items", kind: "item", values: ITEM },
  { on: "UPDATE ON main.queue_items", kind: "item", values: ITEM },
  {
    on: "DELETE ON main.queue_items",
    kind: "item-gone",
    values: "old.id, old.run_id, old.kind, '', '', 0, 0",
  },
  {
    on: "INSERT ON main.waits",
    kind: "wait",
    values: `new.step_id, new.run_id, new.event_name, new.purpose, '',
             coalesce(new.expires_at_ms, 0), 0`,
  },
  {
    on: "DELETE ON main.waits",
    kind: "wait-gone",
    values: "old.step_id, old.run_id, old.event_name, old.purpose, '', 0, 0",
  },
  {
    on: "INSERT ON main.signal_waits",
    kind: "signal",
    values: "new.step_id, new.run_id, new.signal, '', '', 0, 0",
  },
  {
    on: "UPDATE ON main.signal_waits",
    kind: "signal",
    values: "new.step_id, new.run_id, new.signal, '', '', 0, 0",
  },
  {
    on: "DELETE ON main.signal_waits",
    kind: "signal-gone",
    values: "old.step_id, old.run_id, old.signal, '', '', 0, 0",
  },
  ...["INSERT", "UPDATE"].map(
    (verb): Trigger => ({
      on: `${verb} ON main.functions`,
      kind: "function",
      values: `new.id, '', new.slug, CASE WHEN new.archived_at_ms IS NULL THEN 'live' ELSE 'archived' END,
               json_extract(new.config_json, '$.name'), 0,
               CASE WHEN new.paused_at_ms IS NULL THEN 0 ELSE 1 + new.holds_runs END`,
    }),
  ),
];

export class Journal {
  readonly #db: Database;

  /** Of a store whose tables are there. */
  constructor(db: Database) {
    this.#db = db;
    db.exec(`CREATE TEMP TABLE journal (
      seq INTEGER PRIMARY KEY, kind TEXT, id TEXT, run_id TEXT, name TEXT, status TEXT, body TEXT,
      at_ms INTEGER, number INTEGER)`);
    TRIGGERS.forEach(({ on, when, kind, values }, index) => {
      db.exec(`CREATE TEMP TRIGGER journal_${index} AFTER ${on} ${when ? `WHEN ${when}` : ""}
        BEGIN INSERT INTO journal (${COLUMNS}) VALUES ('${kind}', ${values}); END`);
    });
  }

  /** What was committed since the last time; to be asked outside of transactions. */
  take(): Fact[] {
    const facts = this.#db
      .query<Fact, []>(
        `SELECT kind, id, run_id AS runId, name, status, body, at_ms AS atMs, number
         FROM journal ORDER BY seq`,
      )
      .all();
    if (facts.length > 0) this.#db.query("DELETE FROM journal").run();
    return facts;
  }
}
