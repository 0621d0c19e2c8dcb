// When everything has come to rest, nothing is left over.
//
// Invariants:
//   V1. No run goes on, and `igs engine check` would find nothing.
//   V2. Where nothing went wrong, nothing was done twice.

import type { Database } from "bun:sqlite";
import { checkTables } from "../../../src/store/check/check-tables.ts";
import type { Check, Scene } from "./check.ts";

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
    const [unfinished] = this.#db
      .query<{ id: string }, []>("SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING')")
      .all();
    world.require(!unfinished, () => `run ${unfinished?.id} goes on`);
    for (const { rule, ids } of checkTables(this.#db, world.wallMs)) {
      world.fail(`the check of the tables finds ${rule}: ${ids.join(", ")}`);
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
