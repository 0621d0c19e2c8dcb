// Who keeps the bus alive, and which processes it keeps: written by `igs dev` and `igs start` into the state
// folder, read by who wants to end a part and see it come back.
//
// Invariants:
//   R1. A process is named by its identity, not by its pid alone: a pid is given out again.
//   R2. A record whose supervisor is not alive counts for nothing, so a killed one needs no clearing.
//   R3. A supervisor removes no record but its own.

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identifyProcess, isAlive, type ProcessTable } from "@system-bus/programs/processes";
import { z } from "zod";
import { parseJson } from "../parse-json.ts";
import type { SupervisorChange } from "./supervise.ts";

const IdentitySchema = z.object({
  pid: z.int().min(2),
  startMark: z.string(),
  bootId: z.string(),
});

const RecordSchema = z.object({
  mode: z.enum(["dev", "start"]),
  /** How the engine came to be there: `attach` means that somebody else keeps it. */
  engine: z.enum(["attach", "start-embedded", "start-inngest", "start-container"]),
  engineUrl: z.string(),
  workerUrl: z.string(),
  supervisor: IdentitySchema,
  /** A part that is down at the moment has none. */
  parts: z.object({ engine: IdentitySchema.optional(), worker: IdentitySchema.optional() }),
});

export type SupervisorRecord = Readonly<z.output<typeof RecordSchema>>;

type RecordHead = Pick<SupervisorRecord, "mode" | "engine" | "engineUrl" | "workerUrl">;

export interface RecorderOptions {
  readonly stateFolder: string;
  readonly head: RecordHead;
  readonly processes: ProcessTable;
  /** Told once: a bus without a record runs as well, it only can't be verified. */
  readonly warn: (message: string) => void;
}

/** Keeps the record as parts come and go. Writes one after the other, and never throws. */
export class SupervisorRecorder {
  readonly #options: RecorderOptions;
  #parts: SupervisorRecord["parts"] = {};
  #writing: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  note(change: SupervisorChange): void {
    if (change.type === "part-ready") {
      const { part, pid } = change;
      this.#queue(async () => {
        const identity = await identifyProcess(this.#options.processes, pid);
        if (identity !== null) await this.#write({ ...this.#parts, [part]: identity });
      });
    } else if (change.type === "part-ended") {
      this.#queue(() => {
        const { [change.part]: _ended, ...others } = this.#parts;
        return this.#write(others);
      });
    }
  }

  /** After the last part has stopped. */
  async clear(): Promise<void> {
    this.#queue(async () => {
      const path = recordPath(this.#options.stateFolder);
      const record = await readRecord(path);
      if (record?.supervisor.pid === process.pid) await rm(path, { force: true });
    });
    await this.#writing;
  }

  async #write(parts: SupervisorRecord["parts"]): Promise<void> {
    const { stateFolder, head, processes } = this.#options;
    this.#parts = parts;
    const supervisor = await identifyProcess(processes, process.pid);
    const path = recordPath(stateFolder);
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify({ ...head, supervisor, parts })}\n`;
    await writeFile(`${path}.tmp`, text, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  }

  #queue(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch((error: unknown) => {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.warn(`Who keeps this bus alive could not be written down: ${reason}`);
    });
  }
}

/** The record of a supervisor that is alive; null when there is none (R2). */
export async function findSupervisor(
  stateFolder: string,
  processes: ProcessTable,
): Promise<SupervisorRecord | null> {
  const record = await readRecord(recordPath(stateFolder));
  return record !== null && (await isAlive(processes, record.supervisor)) ? record : null;
}

function recordPath(stateFolder: string): string {
  return join(stateFolder, "supervisor.json");
}

async function readRecord(path: string): Promise<SupervisorRecord | null> {
  const parsed = RecordSchema.safeParse(parseJson(await readFile(path, "utf8").catch(() => "")));
  return parsed.success ? parsed.data : null;
}
