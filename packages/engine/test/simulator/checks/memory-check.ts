// What the engine's store keeps in memory is what its tables say.
//
// Invariant:
//   M1. Of `store/row-memory.ts`, looked at from outside: the database itself tells which rows a commit has
//       changed, so that a write which the store's memory was not told of is found at that commit.

import type { Database } from "bun:sqlite";
import { EngineStore } from "../../../src/store/engine-store.ts";
import type { RowMemory } from "../../../src/store/row-memory.ts";
import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";

/** Each so many commits all that is kept is looked at, and not only what the commit has changed. */
const FULL_LOOK_EVERY = 50;

export class MemoryCheck implements Check {
  readonly #scene: Scene;
  /** Remembers nothing from one look to the next. */
  readonly #tables: EngineStore;
  readonly #findStore: () => EngineStore | null;
  readonly #changedKeys = new Set<string>();
  #commitCount = 0;

  /** `findStore`: of the engine that is up. */
  constructor(scene: Scene, db: Database, findStore: () => EngineStore | null) {
    this.#scene = scene;
    this.#tables = new EngineStore(db);
    this.#findStore = findStore;
  }

  onFact({ id, runId }: Fact): void {
    this.#changedKeys.add(id).add(runId);
  }

  onCommit(): void {
    this.#commitCount += 1;
    const isFullLook = this.#commitCount % FULL_LOOK_EVERY === 0;
    this.#look((key) => isFullLook || this.#changedKeys.has(key));
    this.#changedKeys.clear();
  }

  onEnd(): void {
    this.#look(() => true);
  }

  #look(isMeant: (key: string) => boolean): void {
    const store = this.#findStore();
    if (!store) return;
    const { runs, queue, events, steps } = this.#tables;
    const compare = <Row>(
      { memory }: { readonly memory: RowMemory<Row> },
      table: { readonly memory: RowMemory<Row> },
      read: (key: string) => unknown,
      show: (row: Row) => unknown = (row) => row,
    ) => {
      for (const [key, row] of memory.entries()) {
        if (!isMeant(key)) continue;
        table.memory.forget(key);
        this.#requireSame(key, show(row), read(key));
      }
    };
    compare(store.runs, runs, (id) => runs.find(id));
    compare(store.queue, queue, (id) => queue.find(id));
    compare(store.events, events, (id) => events.findPayloadJson(id));
    compare(
      store.steps,
      steps,
      (runId) => steps.loadStates(runId),
      (kept) => [...kept.steps.values()],
    );
  }

  #requireSame(key: string, kept: unknown, stored: unknown): void {
    this.#scene.world.count("row in memory looked at");
    this.#scene.world.require(
      Bun.deepEquals(kept, stored),
      () =>
        `the store remembers ${key} as ${JSON.stringify(kept)}, its table has ${JSON.stringify(stored)}`,
    );
  }
}
