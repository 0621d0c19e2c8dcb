// An engine over a folder of its own, and an app that is deployed anew while what it began goes on.

import type { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/store/database.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

export class DeployedEngine {
  readonly #path = mkdtempSync(join(tmpdir(), "engine-"));
  #harness: EngineHarness | null = null;
  #db: Database | null = null;

  get harness(): EngineHarness {
    if (!this.#harness) throw new Error("deploy the app first");
    return this.#harness;
  }

  /** The connection of the engine that is up. */
  get db(): Database {
    if (!this.#db) throw new Error("deploy the app first");
    return this.#db;
  }

  /** Registers an app of these functions. One that went before goes, with its engine; time goes on. */
  async deploy(functions: HarnessOptions["functions"]): Promise<void> {
    const last = this.#harness;
    await last?.stop();
    this.#harness = new EngineHarness({
      storage: { kind: "directory", path: this.#path },
      ...(last && { clock: last.clock }),
      functions,
      openDatabase: (file) => {
        this.#db = openDatabase(file);
        return this.#db;
      },
    });
    await this.#harness.sync();
    await this.#harness.settle();
  }

  /** Sends an event for the app's function, whose data name it, and its key after its first letter. */
  async send(name: string, event: Record<string, unknown> = {}): Promise<string> {
    const data = { name, key: name[0] };
    const id = await this.harness.send({ name: "go", data, ...event });
    await this.harness.settle();
    return id;
  }

  async remove(): Promise<void> {
    await this.#harness?.stop();
    rmSync(this.#path, { recursive: true });
  }
}
