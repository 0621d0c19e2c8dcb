import type { Database } from "bun:sqlite";
import type { EngineStore } from "../../../src/store/engine-store.ts";
import type { CallInFlight, WireWatch } from "../faults/wire.ts";
import { CallCheck } from "./call-check.ts";
import type { Check, Scene } from "./check.ts";
import { CheckpointCheck } from "./checkpoint-check.ts";
import { CronCheck } from "./cron-check.ts";
import { EndCheck } from "./end-check.ts";
import { FairnessCheck } from "./fairness-check.ts";
import { FeatureCount } from "./feature-count.ts";
import { IntakeCheck } from "./intake-check.ts";
import { Journal } from "./journal.ts";
import { LimitCheck } from "./limit-check.ts";
import { MemoryCheck } from "./memory-check.ts";
import { RestCheck } from "./rest-check.ts";
import { StepCheck } from "./step-check.ts";

/** All that looks on: it hears of each commit, each call and each request, and keeps the book. */
export class Checks implements WireWatch {
  readonly #scene: Scene;
  #checks: readonly Check[] = [];
  #journal: Journal | null = null;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** The tables are there: from now on every change is noted. Once. */
  begin(
    db: Database,
    { isCalm, findStore }: { isCalm: boolean; findStore: () => EngineStore | null },
  ): void {
    if (this.#journal) return;
    this.#journal = new Journal(db);
    const scene = this.#scene;
    this.#checks = [
      new FeatureCount(scene),
      new IntakeCheck(scene),
      new StepCheck(scene),
      new EndCheck(scene),
      new CallCheck(scene, createStepLoader(db)),
      new CheckpointCheck(scene),
      new LimitCheck(scene),
      new FairnessCheck(scene),
      new CronCheck(scene),
      new MemoryCheck(scene, db, findStore),
      new RestCheck(scene, db, isCalm),
    ];
  }

  /** After a commit, before the engine hears of it. */
  onCommit(): void {
    const { world, book } = this.#scene;
    for (const fact of this.#journal?.take() ?? []) {
      const { kind, runId, id, name, status, atMs } = fact;
      world.note(`  ${kind} ${runId} ${id} ${name} ${status} ${atMs || ""}`);
      book.apply(fact);
      for (const check of this.#checks) check.onFact?.(fact);
    }
    for (const check of this.#checks) check.onCommit?.();
    book.endCommit();
  }

  onCall(call: CallInFlight): void {
    const run = this.#scene.book.runs.get(call.context.run_id) ?? null;
    for (const check of this.#checks) check.onCall?.(call, run);
  }

  onCallEnded(call: CallInFlight): void {
    for (const check of this.#checks) check.onCallEnded?.(call);
  }

  onCallLost({ context }: CallInFlight): void {
    this.#scene.disturbances.noteLostCall(context.run_id);
  }

  onRequest(path: string, body: string): (status: number) => void {
    const heard = this.#checks.map((check) => check.onRequest?.(path, body));
    return (status) => {
      for (const onAnswered of heard) onAnswered?.(status);
    };
  }

  onEnd(): void {
    for (const check of this.#checks) check.onEnd?.();
  }
}

/** Reads the settled steps of a run, also those of a transaction that is open. */
function createStepLoader(db: Database): (runId: string) => ReadonlyMap<string, string> {
  const settled = db.query<{ hash: string; json: string }, [string]>(
    "SELECT step_id AS hash, value_json AS json FROM steps WHERE run_id = ? AND status <> 'open'",
  );
  return (runId) => new Map(settled.all(runId).map(({ hash, json }) => [hash, json] as const));
}
