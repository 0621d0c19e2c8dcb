// When everything has come to rest, nothing is left over.
//
// Invariants:
//   V1. No run goes on, no step of a completed run is open that its plan needs, and the queue, the waits
//       and the singletons hold nothing of runs that have ended.
//   V2. Where nothing went wrong, nothing was done twice.

import type { Database } from "bun:sqlite";
import type { Check, Scene } from "./check.ts";

interface Leftover {
  readonly what: string;
  readonly sql: string;
}

const ENDED = "status NOT IN ('QUEUED', 'RUNNING')";

const LEFTOVERS: readonly Leftover[] = [
  { what: "runs that go on", sql: "SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING')" },
  {
    what: "queue items of runs that have ended",
    sql: `SELECT id FROM queue_items WHERE run_id IN (SELECT id FROM runs WHERE ${ENDED})`,
  },
  {
    what: "queue items of no run",
    sql: "SELECT id FROM queue_items WHERE kind <> 'cron' AND run_id NOT IN (SELECT id FROM runs)",
  },
  {
    what: "waits of runs that have ended",
    sql: `SELECT run_id AS id FROM waits WHERE run_id NOT IN (SELECT id FROM runs WHERE NOT ${ENDED})`,
  },
  {
    what: "signals of runs that have ended",
    sql: `SELECT signal AS id FROM signal_waits WHERE run_id NOT IN (SELECT id FROM runs WHERE NOT ${ENDED})`,
  },
  {
    what: "runs without their event",
    sql: "SELECT id FROM runs WHERE event_internal_id NOT IN (SELECT internal_id FROM events)",
  },
];

export class RestCheck implements Check {
  readonly #scene: Scene;
  readonly #db: Database;
  readonly #isCalm: boolean;

  constructor(scene: Scene, db: Database, isCalm: boolean) {
    this.#scene = scene;
    this.#db = db;
    this.#isCalm = isCalm;
  }

  onEnd(): void {
    const { world, book } = this.#scene;
    for (const { what, sql } of LEFTOVERS) {
      const rows = this.#db.query<{ id: string }, []>(sql).all();
      world.require(rows.length === 0, () => `there are ${rows.length} ${what}: ${rows[0]?.id}`);
    }
    const count = (table: string) =>
      this.#db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
    world.require(count("runs") === book.runs.size, () => "runs that were stored are gone");
    world.require(count("events") === book.events.size, () => "events that were stored are gone");
    if (this.#isCalm) this.#checkCounts();
  }

  #checkCounts(): void {
    const { world, book, witness } = this.#scene;
    for (const run of book.runs.values()) {
      for (const { hash, action, status } of run.steps.values()) {
        if (action.kind !== "run" || status === "open") continue;
        const expected = expectedTries(action, run.spec.attemptsMax);
        const tries = witness.countOf(run.id, hash);
        world.require(
          tries <= expected,
          () => `step ${action.id} of ${run.id} ran ${tries} times, not ${expected}`,
        );
      }
    }
  }
}

/** Attempts that the function's own failures have used up make fewer. */
function expectedTries(
  { failures, failing }: { readonly failures: number; readonly failing: { readonly kind: string } },
  attemptsMax: number,
): number {
  if (failing.kind === "no-retry" && failures > 0) return 1;
  return Math.min(failures + 1, attemptsMax);
}
