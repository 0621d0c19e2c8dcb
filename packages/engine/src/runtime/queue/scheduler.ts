// Decides what is carried out next. The tables say what is due; this file holds the same in memory and
// is woken by exact timers.
//
// Invariants:
//   S1. At most `callsMax` calls and `timersMax` timers are in hand, and never more calls than a
//       concurrency limit allows.
//   S2. Of what is due, the oldest run goes first, a priority counted in. An item that waits for a limit,
//       a throttle or its app blocks nobody else, and calls hold up no timers.
//   S3. An item in hand is never started a second time before `finish` or `putBack` is called for it.
//   S4. After `stop` nothing is started.
//   S5. What an app that does not answer should get waits for it (`parked-apps.ts`).
//   S6. An item passes its throttle until it is put without one, which is when its run's start is stored.

import type { ConcurrencySlot } from "../../core/concurrency.ts";
import { Heap } from "../../core/heap.ts";
import { callsApp, callsSomeone, type QueueItem } from "../../core/queue-item.ts";
import type { Clock } from "../clock.ts";
import { type Asking, ParkedApps } from "./parked-apps.ts";
import { Slots } from "./slots.ts";
import { type ThrottleGate, Throttles } from "./throttles.ts";

/** A queue item with what scheduling it depends on. */
export interface ScheduledItem {
  readonly id: string;
  readonly runId: string;
  readonly appId: string;
  readonly kind: QueueItem["kind"];
  readonly dueAtMs: number;
  /** Empty for timers: only what calls someone counts against limits. */
  readonly slots: readonly ConcurrencySlot[];
  /** Its run's place in line when that is not the run's id. */
  readonly rank?: string | null;
  /** Of a run's first call, and gone once the start is stored: a later try of the same call is none. */
  readonly throttle?: ThrottleGate;
}

interface Entry {
  item: ScheduledItem;
  state: "sleeping" | "paused" | "ready" | "in-hand";
  /** The slots that it took when it started: an item put meanwhile may name others. */
  held: readonly ConcurrencySlot[];
  /** Replaced, removed or done: heaps may still hold it and skip it. */
  isGone: boolean;
  /** While it is paused for a time; one that is held has none. */
  cancelPause: () => void;
}

/** Calls may take hours, timers take one transaction: neither waits for the other. */
interface Lane {
  readonly ready: Heap<Entry>;
  readonly inHandMax: number;
  inHandCount: number;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly callsMax: number;
  readonly timersMax: number;
  /** Leaves the mark of the item's throttle before it returns; then the item is put without it (S6). */
  readonly carryOut: (item: ScheduledItem) => void;
  /** The marks of throttles, see `ThrottleOptions`. */
  readonly findUsedUntilMs: (name: string) => number | null;
  /** Told each time that an item has to wait at a limit. */
  readonly onLimited?: (limit: "concurrency" | "throttle") => void;
}

/** Where an item is: it waits for its time, for its turn or a limit, for its app, or is carried out. */
export type ItemPlace = "later" | "due" | "parked" | "in-hand";

export interface QueueSurvey {
  readonly counts: ReadonlyMap<QueueItem["kind"], Readonly<Record<ItemPlace, number>>>;
  /** Of the items that wait though their time has come; null when there is none. */
  readonly oldestDueAtMs: number | null;
}

/** Removed sleepers are dropped in bulk; fewer than this are not worth the work. */
const GONE_KEPT_MAX = 1_000;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #sleeping = new Heap<Entry>((a, b) => a.item.dueAtMs < b.item.dueAtMs);
  readonly #calls: Lane;
  readonly #timers: Lane;
  readonly #slots = new Slots<Entry>(isOlder);
  readonly #parked: ParkedApps<Entry>;
  #goneSleeperCount = 0;
  readonly #throttles: Throttles<Entry>;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = doNothing;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    const { clock, callsMax, timersMax, findUsedUntilMs } = options;
    this.#options = options;
    this.#calls = { ready: new Heap(isOlder), inHandMax: callsMax, inHandCount: 0 };
    this.#timers = { ready: new Heap(isOlder), inHandMax: timersMax, inHandCount: 0 };
    this.#parked = new ParkedApps({
      clock,
      isBefore: isOlder,
      ask: (entry) => this.#askWith(entry),
    });
    const onFree = (gate: ThrottleGate) => {
      this.#readyNextOf(gate);
      this.tick();
    };
    const isBefore = isOlder;
    this.#throttles = new Throttles({ clock, isBefore, findUsedUntilMs, onFree });
  }

  get inHandCount(): number {
    return this.#calls.inHandCount + this.#timers.inHandCount;
  }

  /** Items in memory that wait for their time, with the removed ones that were not dropped yet. */
  get sleepingCount(): number {
    return this.#sleeping.size;
  }

  get parkedAppCount(): number {
    return this.#parked.size;
  }

  /** Goes through all items: for who asks now and then. */
  survey(): QueueSurvey {
    const counts = new Map<QueueItem["kind"], Record<ItemPlace, number>>();
    let oldestDueAtMs: number | null = null;
    for (const entry of this.#entries.values()) {
      const { kind, dueAtMs } = entry.item;
      const places = counts.get(kind) ?? { later: 0, due: 0, parked: 0, "in-hand": 0 };
      const place = this.#placeOf(entry);
      places[place] += 1;
      counts.set(kind, places);
      if (place !== "due" && place !== "parked") continue;
      if (oldestDueAtMs === null || dueAtMs < oldestDueAtMs) oldestDueAtMs = dueAtMs;
    }
    return { counts, oldestDueAtMs };
  }

  /** Adds an item, or gives a known one new times. One in hand stays so until `finish`. */
  put(item: ScheduledItem): void {
    const known = this.#entries.get(item.id);
    if (known?.state === "in-hand") {
      known.item = item;
      return;
    }
    if (known) this.#discard(known);
    this.#admit(item);
  }

  /** For an item that its run no longer needs. Does nothing to one in hand: its carrier sees for itself. */
  remove(itemId: string): void {
    const entry = this.#entries.get(itemId);
    if (!entry || entry.state === "in-hand") return;
    this.#discard(entry);
    this.#entries.delete(itemId);
  }

  /** An item in hand was carried out and is gone from the tables. */
  finish(itemId: string): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    entry.isGone = true;
    this.#entries.delete(itemId);
  }

  /** An item in hand is due again, at the times that `put` gave it meanwhile or after a pause of its own. */
  putBack(itemId: string, pauseMs?: number): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    if (pauseMs === undefined) {
      entry.isGone = true;
      return this.#admit(entry.item);
    }
    entry.state = "paused";
    entry.cancelPause = this.#options.clock.wakeAfter(pauseMs, () => {
      this.#makeReady(entry);
      this.tick();
    });
  }

  /** The app of this item in hand did not answer: the item waits until the app is heard of again. */
  park(itemId: string): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    entry.state = "ready";
    this.#parked.add(entry.item.appId, entry);
  }

  /** The app has answered or registered: everything that waits for it is due. */
  unpark(appId: string): void {
    if (!this.#parked.has(appId)) return;
    for (const entry of this.#parked.release(appId)) this.#makeReady(entry);
    this.tick();
  }

  isParked(appId: string): boolean {
    return this.#parked.has(appId);
  }

  /** An item in hand is not to be carried out now: it waits until it is recalled. */
  hold(itemId: string): void {
    const entry = this.#takeBack(itemId);
    if (entry) entry.state = "paused";
  }

  /** An item that sleeps, pauses or was held is due at this moment. Does nothing to any other. */
  recall(itemId: string, dueAtMs: number): void {
    const entry = this.#entries.get(itemId);
    if (entry?.state !== "sleeping" && entry?.state !== "paused") return;
    this.#discard(entry);
    this.#admit({ ...entry.item, dueAtMs });
  }

  /** Whether the item is being carried out at this moment. */
  isInHand(itemId: string): boolean {
    return this.#entries.get(itemId)?.state === "in-hand";
  }

  /** Starts whatever may start now. Called after each batch of changes and by the timer. */
  tick(): void {
    if (this.#isStopped) return;
    this.#wakeSleepers();
    for (const lane of [this.#calls, this.#timers]) {
      while (lane.inHandCount < lane.inHandMax) {
        const entry = lane.ready.pop();
        if (!entry) break;
        this.#tryStart(entry);
      }
    }
    this.#armWake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWake();
    for (const { cancelPause } of this.#entries.values()) cancelPause();
    this.#parked.stop();
    this.#throttles.stop();
  }

  #admit(item: ScheduledItem): void {
    const entry: Entry = {
      item,
      state: "sleeping",
      held: [],
      isGone: false,
      cancelPause: doNothing,
    };
    this.#entries.set(item.id, entry);
    if (item.dueAtMs <= this.#options.clock.nowMs()) this.#makeReady(entry);
    else this.#sleeping.push(entry);
  }

  #makeReady(entry: Entry): void {
    entry.state = "ready";
    this.#laneOf(entry).ready.push(entry);
  }

  #laneOf({ item }: Entry): Lane {
    return callsSomeone(item.kind) ? this.#calls : this.#timers;
  }

  /** Timeouts are mostly removed before their time, which may be a year away: they must not pile up. */
  #discard(entry: Entry): void {
    entry.isGone = true;
    entry.cancelPause();
    if (entry.state !== "sleeping") return;
    this.#goneSleeperCount += 1;
    const { size } = this.#sleeping;
    if (this.#goneSleeperCount < GONE_KEPT_MAX || this.#goneSleeperCount * 2 < size) return;
    this.#sleeping.retain(({ isGone }) => !isGone);
    this.#goneSleeperCount = 0;
  }

  #tryStart(entry: Entry): void {
    const { slots, appId, kind, throttle } = entry.item;
    if (!entry.isGone && callsApp(kind) && this.#parked.has(appId)) this.#parked.add(appId, entry);
    else if (!entry.isGone && this.#mayStart(entry)) this.#start(entry);
    this.#admitNext(slots);
    if (throttle) this.#readyNextOf(throttle);
  }

  #placeOf({ state, item }: Entry): ItemPlace {
    if (state === "in-hand") return "in-hand";
    if (state !== "ready") return "later";
    return callsApp(item.kind) && this.#parked.has(item.appId) ? "parked" : "due";
  }

  /** Takes the item's slots if its throttle lets it pass. Else it waits at the one that is full. */
  #mayStart(entry: Entry): boolean {
    const { slots, throttle } = entry.item;
    if (throttle && !this.#throttles.mayPass(throttle, entry)) return this.#limited("throttle");
    return this.#slots.tryTake(slots, entry) || this.#limited("concurrency");
  }

  #limited(limit: "concurrency" | "throttle"): false {
    this.#options.onLimited?.(limit);
    return false;
  }

  #readyNextOf(gate: ThrottleGate): void {
    const next = this.#throttles.takeNext(gate);
    if (next) this.#makeReady(next);
  }

  #start(entry: Entry): void {
    entry.state = "in-hand";
    entry.held = entry.item.slots;
    this.#laneOf(entry).inHandCount += 1;
    this.#options.carryOut(entry.item);
  }

  /** P2: whatever comes after, an item that asked its app is asking no more. */
  #takeBack(itemId: string): Entry | undefined {
    const entry = this.#entries.get(itemId);
    if (entry?.state !== "in-hand") return undefined;
    this.#laneOf(entry).inHandCount -= 1;
    this.#slots.release(entry.held);
    this.#admitNext(entry.held);
    this.#parked.endAsking(entry.item.appId, entry);
    return entry;
  }

  /** Who waited for one of these limits and may try again. */
  #admitNext(slots: readonly ConcurrencySlot[]): void {
    for (const next of this.#slots.takeNext(slots)) this.#makeReady(next);
  }

  #askWith(entry: Entry): Asking {
    if (entry.isGone) return "gone";
    if (this.#calls.inHandCount >= this.#calls.inHandMax) return "busy";
    const { throttle } = entry.item;
    const isStarted = this.#mayStart(entry);
    if (isStarted) this.#start(entry);
    if (throttle) this.#readyNextOf(throttle);
    return isStarted ? "asked" : "elsewhere";
  }

  #wakeSleepers(): void {
    const nowMs = this.#options.clock.nowMs();
    for (let first = this.#sleeping.peek(); first; first = this.#sleeping.peek()) {
      if (!first.isGone && first.item.dueAtMs > nowMs) return;
      this.#sleeping.pop();
      if (first.isGone) this.#goneSleeperCount -= 1;
      else this.#makeReady(first);
    }
  }

  #armWake(): void {
    const first = this.#sleeping.peek();
    const wakeAtMs = first?.item.dueAtMs ?? Number.POSITIVE_INFINITY;
    if (wakeAtMs === this.#wakeAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = wakeAtMs;
    if (wakeAtMs === Number.POSITIVE_INFINITY) return;
    this.#cancelWake = this.#options.clock.wakeAt(wakeAtMs, () => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.tick();
    });
  }
}

function doNothing(): void {}

function isOlder(a: Entry, b: Entry): boolean {
  const rankA = a.item.rank ?? a.item.runId;
  const rankB = b.item.rank ?? b.item.runId;
  if (rankA !== rankB) return rankA < rankB;
  return a.item.dueAtMs < b.item.dueAtMs;
}
