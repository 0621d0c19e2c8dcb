// Time and order. Everything in a world is a turn: something runs, all promises that it set free run, and
// then the next turn comes. Turns of one moment run in an order drawn from the seed.
//
// Invariants:
//   W1. The seed decides everything: no turn depends on a real clock, timer, socket or event loop.
//   W2. World time only goes forward. What an engine takes for the time may be set, forward and back.

import { drainMicrotasks } from "bun:jsc";
import { Heap } from "../../../src/core/heap.ts";
import type { Random } from "./random.ts";
import type { WorldRecord } from "./record.ts";

interface Turn {
  readonly atMs: number;
  readonly tie: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** A rule that was broken. It ends the world. */
export class Violation extends Error {
  override readonly name = "Violation";
}

const isBefore = (a: Turn, b: Turn): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.tie < b.tie);

/** Later than anything that a real clock stamps. */
const START_MS = Date.UTC(2040, 0, 1);
/** As the engine's own clock looks: once a minute. */
const SEEN_AFTER_MS = 60_000;

export class World {
  readonly record: WorldRecord;
  readonly #random: Random;
  readonly #turns = new Heap<Turn>(isBefore);
  /** Turns by the wall clock, which may be set. */
  readonly #wallTurns = new Heap<Turn>(isBefore);
  #nowMs = START_MS;
  readonly #setBackListeners = new Set<() => void>();
  #wallOffsetMs = 0;
  #violation: Violation | null = null;

  constructor(random: Random, record: WorldRecord) {
    this.#random = random.fork("turns");
    this.record = record;
  }

  /** Time of the world. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** What a clock on the engine's wall shows. */
  get wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  setWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
    if (byMs >= 0) return;
    for (const tell of this.#setBackListeners)
      this.after(Math.floor(this.#random.next() * SEEN_AFTER_MS), tell);
  }

  /** Told within a minute of each time that the wall clock was set back. Returns what ends that. */
  onSetBack(tell: () => void): () => void {
    this.#setBackListeners.add(tell);
    return () => this.#setBackListeners.delete(tell);
  }

  /** Once, after so much time; 0 is still a turn of its own. Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void {
    return this.#add(this.#turns, this.#nowMs + delayMs, run);
  }

  /** Once, when the wall clock shows that moment or a later one. */
  atWall(atMs: number, run: () => void): () => void {
    return this.#add(this.#wallTurns, atMs, run);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  note(line: string): void {
    const seconds = ((this.#nowMs - START_MS) / 1_000).toFixed(3);
    this.record.note(`${seconds.padStart(12)} ${line}`);
  }

  count(name: string, by = 1): void {
    this.record.count(name, by);
  }

  /** The first broken rule is the one that counts. Does not throw: whoever calls may be the engine. */
  fail(problem: string): void {
    if (this.#violation) return;
    this.note(`VIOLATION ${problem}`);
    this.#violation = new Violation(problem);
  }

  require(condition: unknown, problem: () => string): void {
    if (!condition) this.fail(problem());
  }

  /** One turn. Returns false when nothing is left to happen. */
  step(): boolean {
    const turn = this.#takeNext();
    if (!turn) return false;
    turn.run();
    drainMicrotasks();
    return true;
  }

  #add(heap: Heap<Turn>, atMs: number, run: () => void): () => void {
    const turn: Turn = { atMs, tie: this.#random.next(), run, isCancelled: false };
    heap.push(turn);
    return () => {
      turn.isCancelled = true;
    };
  }

  #takeNext(): Turn | undefined {
    const next = peekLive(this.#turns);
    const nextWall = peekLive(this.#wallTurns);
    const wallAtMs = nextWall && Math.max(nextWall.atMs - this.#wallOffsetMs, this.#nowMs);
    const isWallFirst =
      wallAtMs !== undefined &&
      nextWall !== undefined &&
      (!next || wallAtMs < next.atMs || (wallAtMs === next.atMs && nextWall.tie < next.tie));
    if (isWallFirst) {
      this.#nowMs = wallAtMs;
      return this.#wallTurns.pop();
    }
    if (next) this.#nowMs = Math.max(this.#nowMs, next.atMs);
    return this.#turns.pop();
  }
}

function peekLive(heap: Heap<Turn>): Turn | undefined {
  for (let first = heap.peek(); first; first = heap.peek()) {
    if (!first.isCancelled) return first;
    heap.pop();
  }
  return undefined;
}
