// Follows the log as it grows, like `tail -F`.
//
//   F1. First the last `tailCount` entries, then every line that comes, each once and in order; none
//       is lost between the two.
//   F2. The log may be absent, come later, be replaced (its old rest is told first) or be cut short.
//   F3. A line is told once it is whole. What a crash left unfinished is passed over.
//   F4. It asks the file every `pollMs`: file watchers are not to be had on network drives and
//       synchronised folders, where vaults like to live.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as sleepFor } from "node:timers/promises";
import { hasCode, LineSplitter } from "./lines.ts";
import { type LogEntry, readLine } from "./log-entry.ts";
import { fitsFilter, type LogFilter } from "./log-filter.ts";
import { lastEntries } from "./read-tail.ts";

const POLL_MS = 200;
const BLOCK_BYTES = 64 * 1024;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How many of the entries that are there already to begin with. Default: none. */
  readonly tailCount?: number;
  /** Only entries that fit are told and counted. */
  readonly filter?: LogFilter;
  readonly pollMs?: number;
  /** Tests pass their own. Must return, not throw, when the signal is aborted. */
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** Yields new entries until the signal is aborted. Malformed lines are passed over. */
export async function* followLog(file: string, options: FollowOptions): AsyncGenerator<LogEntry> {
  const { signal, tailCount = 0, filter = {}, pollMs = POLL_MS } = options;
  const { sleep = sleepUnlessAborted } = options;
  let log = OpenLog.open(file);
  try {
    yield* untilAborted(log?.skipToTail(tailCount, filter) ?? [], signal);
    while (!signal.aborted) {
      yield* untilAborted(log?.readNew(filter) ?? [], signal);
      if (log === null || log.isReplaced(file)) {
        // Between the read and the look the old file may have grown once more.
        yield* untilAborted(log?.readNew(filter) ?? [], signal);
        log?.close();
        log = OpenLog.open(file);
        if (log !== null) continue;
      }
      await sleep(pollMs, signal);
    }
  } finally {
    log?.close();
  }
}

function* untilAborted(entries: Iterable<LogEntry>, signal: AbortSignal): Generator<LogEntry> {
  for (const entry of entries) {
    if (signal.aborted) return;
    yield entry;
  }
}

/** One file and how far it was read. */
class OpenLog {
  readonly #fd: number;
  readonly #inode: number;
  #at = 0;
  #splitter = new LineSplitter();

  private constructor(fd: number) {
    this.#fd = fd;
    this.#inode = fstatSync(fd).ino;
  }

  static open(file: string): OpenLog | null {
    try {
      return new OpenLog(openSync(file, "r"));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
  }

  /** Goes to the end as it is now, and returns the last entries before it. */
  skipToTail(countMax: number, filter: LogFilter): readonly LogEntry[] {
    this.#at = fstatSync(this.#fd).size;
    return lastEntries(this.#fd, { countMax, endAt: this.#at, filter });
  }

  *readNew(filter: LogFilter): Generator<LogEntry> {
    if (fstatSync(this.#fd).size < this.#at) {
      this.#at = 0;
      this.#splitter = new LineSplitter();
    }
    for (;;) {
      const block = Buffer.alloc(BLOCK_BYTES);
      const count = readSync(this.#fd, block, 0, block.length, this.#at);
      if (count === 0) return;
      this.#at += count;
      for (const bytes of this.#splitter.push(block.subarray(0, count))) {
        const line = readLine(bytes);
        if (line.kind === "entry" && fitsFilter(line.entry, filter)) yield line.entry;
      }
    }
  }

  /** An absent file counts as not replaced: its successor may come at any time. */
  isReplaced(file: string): boolean {
    try {
      return statSync(file).ino !== this.#inode;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return false;
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

async function sleepUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleepFor(durationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
