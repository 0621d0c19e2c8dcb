import type { World } from "../world/world.ts";

/** The engine tries a refused write again after a second, and an item that it cannot carry out after a minute. */
const SETTLING_MS = 65_000;

/**
 * Since when the engine has had a fair chance to be in time: it was up, its disk took what it wrote, and
 * its clock was not set.
 */
export class Disturbances {
  readonly #world: World;
  #wallAtMs: number;
  #runs = new Map<string, number>();
  hasClockGoneBack = false;
  /** World time of the last call of any run that came to nothing. */
  lastLostCallAtMs = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
    this.#wallAtMs = world.wallMs;
  }

  /** The engine has just started, or its clock was just set: from now on it is on time. */
  noteNow(): void {
    this.#wallAtMs = Math.max(this.#wallAtMs, this.#world.wallMs);
  }

  noteRefusal(): void {
    this.#wallAtMs = Math.max(this.#wallAtMs, this.#world.wallMs + SETTLING_MS);
  }

  noteClockSet(byMs: number): void {
    if (byMs < 0) this.hasClockGoneBack = true;
    this.#wallAtMs = this.#world.wallMs;
  }

  /** A call of the run came to nothing: it waits by itself, or with its app. */
  noteLostCall(runId: string): void {
    this.#runs.set(runId, this.#world.nowMs);
    this.lastLostCallAtMs = this.#world.nowMs;
  }

  /** Wall time from which on nothing excuses being late. */
  get overSinceMs(): number {
    return this.#wallAtMs;
  }

  /** World time of the run's last lost call. */
  lostCallAtMs(runId: string): number {
    return this.#runs.get(runId) ?? Number.NEGATIVE_INFINITY;
  }
}
