// What is done with the database as a whole while the engine runs.
//
// Invariants:
//   U1. A backup is of one moment, and holds up nobody: it is read in bites, while the engine goes on.
//   U2. Meanwhile the log cannot be moved into the file. A reader that stands still, a log that grows too
//       long and a disk that gets too full end the backup, never the engine's work.

import { statfsSync } from "node:fs";
import { EngineError } from "../../core/errors.ts";
import type { Clock } from "../clock.ts";
import type { SpaceUse, Store } from "../store.ts";

/** Bytes of a backup; whoever opened it reads to the end or ends it. */
export interface OpenBackup {
  readonly sizeBytes: number;
  /** The next bytes, in order; null when all were given. Rejects with BACKUP_ABANDONED. */
  read(): Promise<Uint8Array | null>;
  end(): void;
}

export interface Compaction {
  readonly before: SpaceUse;
  readonly after: SpaceUse;
  /** False for a file of an earlier release: it shrinks only when the engine is stopped. */
  readonly givesBack: boolean;
}

/** What can be asked of the engine about its own database; `http/upkeep/` turns requests into these calls. */
export interface EngineUpkeep {
  /** Where the database lies; null in memory. */
  readonly folder: string | null;
  /** Throws BACKUP_REFUSED in memory, UPKEEP_BUSY while another one is made. */
  openBackup(): OpenBackup;
  /** Gives free room back to the disk, a little at a time. Rejects with UPKEEP_BUSY. */
  compact(): Promise<Compaction>;
}

/** The store's part of a backup: see `store/files/snapshots.ts`. */
interface Snapshot extends OpenBackup {
  logBytes(): number;
}

export interface UpkeepDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Null in memory. */
  readonly files: {
    readonly folder: string;
    readonly snapshots: { readonly isUnderWay: boolean; begin(): Snapshot };
  } | null;
}

const LOOK_MS = 1_000;
const STALL_MS_MAX = 60_000;
/** Moving a log of this size into the file holds the engine for half a second on a fair disk. */
const LOG_BYTES_MAX = 256 * 1024 * 1024;
const DISK_FREE_BYTES_MIN = 32 * 1024 * 1024;
const PAGES_PER_BITE = 256;
const BITE_BYTES = PAGES_PER_BITE * 4_096;
const PAUSE_MS = 20;

export class Upkeep implements EngineUpkeep {
  readonly #deps: UpkeepDeps;
  #backup: OpenBackup | null = null;
  #isCompacting = false;
  #isStopped = false;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
  }

  get folder(): string | null {
    return this.#deps.files?.folder ?? null;
  }

  /** Whoever reads a backup is told that it broke off. */
  stop(): void {
    this.#isStopped = true;
    this.#backup?.end();
  }

  openBackup(): OpenBackup {
    const { files, store } = this.#deps;
    if (files === null) {
      throw new EngineError(
        "BACKUP_REFUSED",
        "This engine keeps its state in memory only: there is nothing to back up.",
      );
    }
    if (this.#isCompacting) throw busy();
    const snapshot = store.between(() => files.snapshots.begin());
    this.#backup = this.#watch(snapshot, files.folder);
    return this.#backup;
  }

  async compact(): Promise<Compaction> {
    const { store, files } = this.#deps;
    if (this.#isCompacting || files?.snapshots.isUnderWay) throw busy();
    this.#isCompacting = true;
    try {
      const { givesBack } = store.space;
      const before = store.space.use();
      // What becomes free meanwhile is left: a busy engine would never come to the end.
      for (let left = before.freeBytes; givesBack && left > 0; left -= BITE_BYTES) {
        if (this.#isStopped || store.space.use().freeBytes === 0) break;
        await store.write(() => store.space.giveBack(PAGES_PER_BITE));
        await this.#pause();
      }
      if (this.#isStopped) throw new EngineError("STOPPING", "The engine is stopping.");
      store.between(() => store.space.emptyLog());
      return { before, after: store.space.use(), givesBack };
    } finally {
      this.#isCompacting = false;
    }
  }

  /** U2: looks after it from time to time, whether it is read from or not. */
  #watch(snapshot: Snapshot, folder: string): OpenBackup {
    const { clock } = this.#deps;
    let reason: string | null = null;
    let readAtMs = clock.nowMs();
    let cancelLook = (): void => {};
    const end = (): void => {
      cancelLook();
      snapshot.end();
    };
    const look = (): void => {
      reason = findReasonToStop(snapshot.logBytes(), clock.nowMs() - readAtMs, folder);
      if (reason === null) cancelLook = clock.wakeAt(clock.nowMs() + LOOK_MS, look);
      else end();
    };
    look();
    return {
      sizeBytes: snapshot.sizeBytes,
      read: async () => {
        if (reason !== null) throw new EngineError("BACKUP_ABANDONED", reason);
        const bytes = await snapshot.read();
        readAtMs = clock.nowMs();
        return bytes;
      },
      end,
    };
  }

  #pause(): Promise<void> {
    const { clock } = this.#deps;
    return new Promise((resolve) => void clock.wakeAt(clock.nowMs() + PAUSE_MS, resolve));
  }
}

function findReasonToStop(logBytes: number, stallMs: number, folder: string): string | null {
  if (logBytes > LOG_BYTES_MAX) {
    return `The backup was given up: the engine has written more than ${LOG_BYTES_MAX >> 20} MB meanwhile. Make it when less is going on, or with the engine stopped.`;
  }
  if (stallMs > STALL_MS_MAX) {
    return `The backup was given up: nobody has read from it for ${STALL_MS_MAX / 1_000} seconds.`;
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= DISK_FREE_BYTES_MIN) return null;
  return `The backup was given up: less than ${DISK_FREE_BYTES_MIN >> 20} MB are free on the disk of ${folder}.`;
}

function busy(): EngineError {
  return new EngineError(
    "UPKEEP_BUSY",
    "The database is being backed up or compacted. Try again when that is done.",
  );
}
