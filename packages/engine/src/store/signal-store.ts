import type { Database, Statement } from "bun:sqlite";
import type { SignalWait } from "../core/wait.ts";

/** Which step waits for each signal. */
export class SignalStore {
  readonly #find: Statement<SignalWait, [string]>;
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #removeOfRun: Statement;

  constructor(db: Database) {
    this.#find = db.query(
      "SELECT signal, run_id AS runId, step_id AS stepId FROM signal_waits WHERE signal = ?",
    );
    this.#put = db.query(`
      INSERT INTO signal_waits (signal, run_id, step_id) VALUES ($signal, $runId, $stepId)
      ON CONFLICT DO UPDATE SET run_id = excluded.run_id, step_id = excluded.step_id`);
    this.#remove = db.query("DELETE FROM signal_waits WHERE run_id = ? AND step_id = ?");
    this.#removeOfRun = db.query("DELETE FROM signal_waits WHERE run_id = ?");
  }

  find(signal: string): SignalWait | null {
    return this.#find.get(signal);
  }

  /** Takes the signal from the step that waited for it. */
  put(wait: SignalWait): void {
    this.#put.run({ ...wait });
  }

  /** Does nothing for a step whose signal was taken. */
  remove(runId: string, stepId: string): void {
    this.#remove.run(runId, stepId);
  }

  removeOfRun(runId: string): void {
    this.#removeOfRun.run(runId);
  }
}
