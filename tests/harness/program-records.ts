// What is on disk about the programs that the worker's supervisors run: one folder for each, named by
// its key, one file for each fact. Read from outside, as a person does who looks what happened.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface ProgramRecord {
  readonly key: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  /** Null until it was let go. Written once: one record is one start. */
  readonly pid: number | null;
  readonly supervisorPid: number | null;
  readonly endedBy: string | null;
  readonly isCollected: boolean;
}

interface Identity {
  readonly pid: number;
}

export class ProgramRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): Promise<readonly ProgramRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const records: ProgramRecord[] = [];
    for (const key of names.filter((name) => !name.startsWith(".")).toSorted()) {
      const record = await this.#read(key);
      if (record) records.push(record);
    }
    return records;
  }

  /** The programs of one step, in the order of their attempts. */
  async ofStep(stepId: string): Promise<readonly ProgramRecord[]> {
    const records = await this.list();
    return records
      .filter((record) => record.stepId === stepId)
      .toSorted((one, other) => one.attempt - other.attempt);
  }

  /** The program of this step that runs now; null when none does. */
  async findRunning(stepId: string): Promise<(ProgramRecord & { readonly pid: number }) | null> {
    const running = (await this.ofStep(stepId)).find(
      ({ pid, endedBy }) => pid !== null && endedBy === null,
    );
    return running?.pid ? { ...running, pid: running.pid } : null;
  }

  async #read(key: string): Promise<ProgramRecord | null> {
    const read = (name: string) =>
      Bun.file(join(this.#folder, key, name))
        .json()
        .catch(() => null);
    const request = await read("request.json");
    if (request === null) return null;
    const launch: { program: Identity } | null = await read("launch.json");
    const claim: { supervisor: Identity } | null = await read("claim.json");
    const ended: { endedBy: string } | null = await read("ended.json");
    return {
      key,
      runId: request.runId,
      stepId: request.stepId,
      attempt: request.attempt,
      pid: launch?.program.pid ?? null,
      supervisorPid: claim?.supervisor.pid ?? null,
      endedBy: ended?.endedBy ?? null,
      isCollected: (await read("collected.json")) !== null,
    };
  }
}
