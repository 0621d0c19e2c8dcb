import type { World } from "../world/world.ts";

/** The engine tries a refused write again after a second, and an item that it cannot carry out after a minute. */
const SETTLING_MS = 65_000;

/** The wall clock was set. */
interface ClockSet {
  /** World time. */
  readonly atMs: number;
  /** What it showed until then. */
  readonly shownMs: number;
}

/**
 * Since when the engine has had a fair chance to be in time: it was up, its disk took what it wrote, and
 * its clock was not set. And what that clock has shown: between a decision and its commit it may be set.
 */
export class Disturbances {
  readonly #world: World;
  /** World time, which no setting of the clock moves: the engine's pauses are measured so. */
  #settledAtMs: number;
  readonly #clockSets: ClockSet[] = [];
  #runs = new Map<string, number>();
  hasClockGoneBack = false;
  /** World time of the last call of any run that came to nothing. */
  lastLostCallAtMs = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
    this.#settledAtMs = world.nowMs;
  }

  /** The engine has just started, or its clock was just set: from now on it is on time. */
  noteNow(): void {
    this.#settledAtMs = Math.max(this.#settledAtMs, this.#world.nowMs);
  }

  noteRefusal(): void {
    this.#settledAtMs = Math.max(this.#settledAtMs, this.#world.nowMs + SETTLING_MS);
  }

  noteClockSet(byMs: number): void {
    const { nowMs, wallMs } = this.#world;
    if (byMs < 0) this.hasClockGoneBack = true;
    this.#clockSets.push({ atMs: nowMs, shownMs: wallMs - byMs });
    this.noteNow();
  }

  /** A call of the run came to nothing: it waits by itself, or with its app. */
  noteLostCall(runId: string): void {
    this.#runs.set(runId, this.#world.nowMs);
    this.lastLostCallAtMs = this.#world.nowMs;
  }

  /** Wall time from which on nothing excuses being late. */
  get overSinceMs(): number {
    const { nowMs, wallMs } = this.#world;
    return wallMs - nowMs + this.#settledAtMs;
  }

  /** What the clock has shown at this moment of the world: more than one thing when it is being set. */
  get shownNowMs(): readonly number[] {
    const { nowMs, wallMs } = this.#world;
    const sets = this.#clockSets.filter(({ atMs }) => atMs === nowMs);
    return [wallMs, ...sets.map(({ shownMs }) => shownMs)];
  }

  /** The latest that the clock has shown since that moment of the world. */
  latestShownMs(sinceMs: number): number {
    const sets = this.#clockSets.filter(({ atMs }) => atMs >= sinceMs);
    return Math.max(this.#world.wallMs, ...sets.map(({ shownMs }) => shownMs));
  }

  /** World time of the run's last lost call. */
  lostCallAtMs(runId: string): number {
    return this.#runs.get(runId) ?? Number.NEGATIVE_INFINITY;
  }
}
