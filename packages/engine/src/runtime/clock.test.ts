import { beforeEach, describe, expect, test } from "bun:test";
import { type Clock, createClock } from "./clock.ts";

/** A computer whose timers and whose wall clock go apart, as they do in sleep and when a clock is set. */
class Computer {
  wallMs = 1_000_000;
  startedTimerCount = 0;
  #elapsedMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  get timerCount(): number {
    return this.#timers.size;
  }

  startTimer(wake: () => void, delayMs: number): () => void {
    this.startedTimerCount += 1;
    const timer = { atMs: this.#elapsedMs + delayMs, wake };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  run(durationMs: number): void {
    const untilMs = this.#elapsedMs + durationMs;
    for (let next = this.#next(); next && next.atMs <= untilMs; next = this.#next()) {
      this.#moveTo(next.atMs);
      this.#timers.delete(next);
      next.wake();
    }
    this.#moveTo(untilMs);
  }

  /** Asleep: the wall clock goes on alone. */
  sleep(durationMs: number): void {
    this.wallMs += durationMs;
  }

  #moveTo(elapsedMs: number): void {
    this.wallMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }

  #next() {
    return [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
  }
}

const HOUR_MS = 3_600_000;

let computer: Computer;
let clock: Clock;
let wokenAtMs: number[];

const wakeAt = (atMs: number) => clock.wakeAt(atMs, () => wokenAtMs.push(computer.wallMs));

beforeEach(() => {
  computer = new Computer();
  wokenAtMs = [];
  clock = createClock({
    nowMs: () => computer.wallMs,
    startTimer: (wake, delayMs) => computer.startTimer(wake, delayMs),
  });
});

describe("a wait for a moment", () => {
  test("ends at the moment, once", () => {
    const atMs = computer.wallMs + 10 * HOUR_MS + 7;
    wakeAt(atMs);
    computer.run(20 * HOUR_MS);
    expect(wokenAtMs).toEqual([atMs]);
  });

  test("for one that has passed ends at once, but not before it was begun", () => {
    wakeAt(computer.wallMs - HOUR_MS);
    expect(wokenAtMs).toEqual([]);
    computer.run(0);
    expect(wokenAtMs).toHaveLength(1);
  });

  test("of more than 2^31 ms does not end early", () => {
    const atMs = computer.wallMs + 2 ** 31 + HOUR_MS;
    wakeAt(atMs);
    computer.run(2 ** 31);
    expect(wokenAtMs).toEqual([]);
    computer.run(HOUR_MS);
    expect(wokenAtMs).toEqual([atMs]);
  });

  test("that is cancelled never ends and leaves no timer behind", () => {
    const cancel = wakeAt(computer.wallMs + HOUR_MS);
    computer.run(HOUR_MS / 2);
    cancel();
    computer.run(HOUR_MS);
    expect(wokenAtMs).toEqual([]);
    expect(computer.timerCount).toBe(0);
  });

  test("that the computer has slept through ends within a minute of its waking", () => {
    wakeAt(computer.wallMs + 2 * HOUR_MS);
    computer.run(HOUR_MS);
    computer.sleep(8 * HOUR_MS);
    const wokeUpAtMs = computer.wallMs;
    computer.run(60_000);
    expect(wokenAtMs).toHaveLength(1);
    expect((wokenAtMs[0] ?? 0) - wokeUpAtMs).toBeLessThanOrEqual(60_000);
  });

  test("does not end early when the clock is set back meanwhile", () => {
    const atMs = computer.wallMs + HOUR_MS;
    wakeAt(atMs);
    computer.run(HOUR_MS / 2);
    computer.wallMs -= 3 * HOUR_MS;
    computer.run(HOUR_MS);
    expect(wokenAtMs).toEqual([]);
    computer.run(3 * HOUR_MS);
    expect(wokenAtMs).toEqual([atMs]);
  });
});

describe("a wait for so much time", () => {
  test("leaves out what the computer sleeps, and a clock that is set", () => {
    clock.wakeAfter(2 * HOUR_MS, () => wokenAtMs.push(computer.wallMs));
    computer.sleep(5 * HOUR_MS);
    computer.run(2 * HOUR_MS - 1);
    expect(wokenAtMs).toEqual([]);
    computer.run(1);
    expect(wokenAtMs).toHaveLength(1);
  });
});

describe("who listens for a clock that is set back", () => {
  let toldAtMs: number[];
  let stop: () => void;
  beforeEach(() => {
    toldAtMs = [];
    stop = clock.onSetBack(() => toldAtMs.push(computer.wallMs));
  });

  test("is told once for each time, within a minute", () => {
    computer.run(HOUR_MS + 30_000);
    computer.wallMs -= 2 * 60_000;
    computer.run(HOUR_MS);
    expect(toldAtMs).toHaveLength(1);
    computer.wallMs -= 24 * HOUR_MS;
    const setAtMs = computer.wallMs;
    computer.run(HOUR_MS);
    expect(toldAtMs).toHaveLength(2);
    expect((toldAtMs[1] ?? 0) - setAtMs).toBeLessThanOrEqual(60_000);
  });

  test("is not told of one that is set forward or slept through", () => {
    computer.sleep(8 * HOUR_MS);
    computer.run(HOUR_MS);
    expect(toldAtMs).toEqual([]);
  });

  test("leaves no timer behind", () => {
    stop();
    expect(computer.timerCount).toBe(0);
  });
});

test("a wait does not look at the clock more than once a minute, whatever is set", () => {
  wakeAt(computer.wallMs + HOUR_MS);
  computer.wallMs -= 1_000 * HOUR_MS;
  const before = computer.startedTimerCount;
  computer.run(10 * 60_000);
  expect(computer.startedTimerCount - before).toBeLessThanOrEqual(10);
});
