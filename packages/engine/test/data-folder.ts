// A data folder and the engine that uses it, for tests of the database as a file.

import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

export class DataFolder {
  /** Holds nothing but what the test puts beside the data folder. */
  readonly scratch = mkdtempSync(join(tmpdir(), "engine-folder-"));
  readonly path = join(this.scratch, "data");
  /** One step, and the end. */
  answer: (call: RawCall) => RawAnswer = ({ steps }) => ({
    body: ["a" in steps ? op.complete() : op.done("a")],
  });
  #engine: RawEngine | undefined;

  async start(): Promise<RawEngine> {
    const engine = new RawEngine({
      answer: (call) => this.answer(call),
      storage: { kind: "directory", path: this.path },
    });
    this.#engine = engine;
    await engine.register();
    return engine;
  }

  stop(): void {
    this.#engine?.stop();
    this.#engine = undefined;
  }

  /** Leaves a database of so many ended runs and one that sleeps for an hour; returns the latter's event. */
  async leaveDatabase(endedCount: number): Promise<string> {
    const engine = await this.start();
    for (let index = 0; index < endedCount; index += 1) await engine.send();
    await engine.settle();
    this.answer = ({ steps }) => ({ body: ["s" in steps ? op.complete() : op.sleep("s", "1h")] });
    const eventId = await engine.send();
    await engine.settle();
    this.stop();
    return eventId;
  }

  remove(): void {
    this.stop();
    rmSync(this.scratch, { recursive: true });
  }
}

export function readColumn(file: string, table: string, column: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.query(`SELECT ${column} FROM ${table} ORDER BY 1`).values().flat();
  } finally {
    db.close();
  }
}
