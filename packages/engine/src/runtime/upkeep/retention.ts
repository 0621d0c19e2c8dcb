// Removes what is over and no longer kept, beside the engine's work.
//
// Invariants:
//   R1. Nothing is remembered from one bite to the next that the tables don't say: a crash loses nothing,
//       and the next sweep goes on.
//   R2. What goes first is what ended first. Events that started no run, or none that is still there, are
//       kept as far back as runs are.

import type { Retention as RetentionLimits, RunEnd } from "../../core/retention.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import { Bites } from "./bites.ts";

export interface RetentionDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: RetentionLimits;
  /** Removes functions that were archived before the moment and have no runs. */
  readonly forgetFunctions: (untilMs: number) => Promise<void>;
}

const COUNT_BITE_ROWS = 5_000;
/** After so many bites of runs the events that served them have their turn, however many runs are left. */
const BITES_PER_ROUND = 1_000;
const BEFORE_ALL: RunEnd = { endedAtMs: -1, runId: "" };
/** How far above its limit the number of runs may go until the next regular sweep. */
const SURPLUS_SHARE = 0.01;
/** Free room that stays in the file for rows to come: to grow and shrink all day would be work for nothing. */
const FREE_KEPT_SHARE = 0.25;
const FREE_KEPT_BYTES = 16 * 1024 * 1024;

export class Retention {
  readonly #deps: RetentionDeps;
  readonly #bites: Bites;
  /** Of ended runs; null until they are counted. */
  #endedCount: number | null = null;
  #endedWhileCounting = 0;
  #isSweeping = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    this.#bites = new Bites(deps.store, deps.clock);
  }

  start(): void {
    if (this.#deps.limits.runsMax === null) return;
    this.#count().catch((error: unknown) => this.#report(error));
  }

  stop(): void {
    this.#bites.stop();
  }

  noteEnded(): void {
    if (this.#endedCount === null) {
      this.#endedWhileCounting += 1;
      return;
    }
    this.#endedCount += 1;
    const { runsMax } = this.#deps.limits;
    if (runsMax !== null && this.#surplus() > runsMax * SURPLUS_SHARE) void this.sweep();
  }

  /** Never rejects; does nothing while another sweep is under way. */
  async sweep(): Promise<void> {
    if (this.#isSweeping || this.#bites.isStopped) return;
    this.#isSweeping = true;
    try {
      let isDone = false;
      while (!isDone && !this.#bites.isStopped) {
        const round = await this.#removeRuns();
        if (round.untilMs !== null) await this.#removeWhatServedThem(round.untilMs);
        isDone = round.isDone;
      }
    } catch (error) {
      this.#report(error);
    } finally {
      this.#isSweeping = false;
    }
  }

  /** In bites, too: a million entries of an index are not read in one go. */
  async #count(): Promise<void> {
    const { store, clock } = this.#deps;
    // Ends that come meanwhile are later than these: they are noted one by one.
    const limits = { untilMs: clock.nowMs(), limit: COUNT_BITE_ROWS };
    let bite = store.history.countEnded(BEFORE_ALL, limits);
    let count = bite.count;
    while (bite.last !== null) {
      await this.#bites.pause();
      if (this.#bites.isStopped) return;
      bite = store.history.countEnded(bite.last, limits);
      count += bite.count;
    }
    this.#endedCount = count + this.#endedWhileCounting;
  }

  /** One round. `untilMs` is the moment up to which ended runs are gone; null when all are kept. */
  async #removeRuns(): Promise<{ readonly untilMs: number | null; readonly isDone: boolean }> {
    const { store, clock, limits } = this.#deps;
    const ageUntilMs = limits.keptMs === null ? null : clock.nowMs() - limits.keptMs;
    let untilMs = ageUntilMs;
    for (let bite = 0; bite < BITES_PER_ROUND && !this.#bites.isStopped; bite += 1) {
      const surplus = this.#surplus();
      const scope =
        surplus > 0
          ? { untilMs: Number.MAX_SAFE_INTEGER, runsMax: surplus }
          : { untilMs: ageUntilMs ?? 0, runsMax: Number.MAX_SAFE_INTEGER };
      const removed = await this.#bites.take((rowsMax) =>
        store.history.removeRuns({ ...scope, rowsMax }),
      );
      if (this.#endedCount !== null) this.#endedCount -= removed.runCount;
      if (removed.untilMs !== null) untilMs = Math.max(untilMs ?? 0, removed.untilMs);
      if (removed.isDone && surplus <= 0) return { untilMs, isDone: true };
      // Nothing was there to remove: a clock that was set back has made the count wrong.
      if (removed.isDone && removed.runCount === 0) this.#endedCount = 0;
      await this.#bites.pause();
    }
    return { untilMs, isDone: false };
  }

  async #removeWhatServedThem(untilMs: number): Promise<void> {
    const { store, forgetFunctions } = this.#deps;
    await this.#bites.takeThrough((after, rowsMax) =>
      store.history.removeEvents({ untilMs, after, rowsMax }),
    );
    if (this.#bites.isStopped) return;
    await forgetFunctions(untilMs);
    if (store.space.givesBack) await this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    const { space } = this.#deps.store;
    while (!this.#bites.isStopped) {
      const { fileBytes, freeBytes } = space.use();
      if (freeBytes <= Math.max(fileBytes * FREE_KEPT_SHARE, FREE_KEPT_BYTES)) return;
      await this.#bites.take((pagesMax) => space.giveBack(pagesMax));
      await this.#bites.pause();
    }
  }

  #surplus(): number {
    const { runsMax } = this.#deps.limits;
    return runsMax === null || this.#endedCount === null ? 0 : this.#endedCount - runsMax;
  }

  #report(error: unknown): void {
    if (this.#bites.isStopped) return;
    this.#deps.log({ level: "warn", message: "what is over could not be removed", error });
  }
}
