// What is acknowledged to a call that sends its steps.
//
// Invariants:
//   A1. A checkpoint that is acknowledged is stored, with the results that it told.
//   A2. A call that a later one of its item has replaced stores nothing more.

import type { WireOp } from "../app/wire.ts";
import type { Check, Scene } from "./check.ts";

interface Checkpoint {
  readonly run_id: string;
  /** `<item>@<generation>` */
  readonly qi_id: string;
  readonly generation_id: number;
  readonly steps: readonly WireOp[];
}

export class CheckpointCheck implements Check {
  readonly #scene: Scene;
  readonly #newestIds = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onCall({ context }: Parameters<NonNullable<Check["onCall"]>>[0]): void {
    this.#newestIds.set(context.job_id, context.generation_id ?? 0);
  }

  onRequest(path: string, body: string): (status: number) => void {
    if (!path.startsWith("/v1/checkpoint/")) return () => {};
    // The fake SDK wrote it.
    const checkpoint = JSON.parse(body) as Checkpoint;
    const newestId = this.#newestIds.get(checkpoint.qi_id.replace(/@\d+$/, "")) ?? 0;
    return (status) => this.#checkAnswer(checkpoint, newestId, status);
  }

  #checkAnswer(checkpoint: Checkpoint, newestId: number, status: number): void {
    const { world, book } = this.#scene;
    const { run_id: runId, generation_id: generationId, steps } = checkpoint;
    world.count(`checkpoint answered ${status}`);
    if (status !== 200) return;
    world.require(
      newestId <= generationId,
      () => `a checkpoint of call ${generationId} was stored after call ${newestId} had left`,
    );
    for (const { id, data } of steps) {
      const valueJson = book.runs.get(runId)?.steps.get(id)?.valueJson;
      world.require(
        valueJson === JSON.stringify({ data }),
        () => `a checkpoint of ${runId} was acknowledged, and ${id} is stored as ${valueJson}`,
      );
    }
  }
}
