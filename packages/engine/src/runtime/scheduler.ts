// Decides what is carried out next. The tables say what is due; this file holds the same in memory and
// is woken by exact timers.
//
// Invariants:
//   S1. At most `callsMax` items are in hand, and never more than a concurrency limit allows.
//   S2. Of what is due, the oldest run goes first. An item that waits for a limit or for its app blocks
//       nobody else.
//   S3. An item in hand is never started a second time before `finish` or `putBack` is called for it.
//   S4. After `stop` nothing is started.
//   S5. The app of a refused call is asked again by one item at a time, with growing pauses.

import type { ConcurrencySlot } from "../core/concurrency.ts";
import { Heap } from "../core/heap.ts";
import type { QueueItem } from "../core/queue-item.ts";
import type { Clock } from "./clock.ts";
import { Slots } from "./slots.ts";

/** A queue item with what scheduling it depends on. */
export interface ScheduledItem {
  readonly id: string;
  readonly runId: string;
  readonly appId: string;
  readonly kind: QueueItem["kind"];
  readonly dueAtMs: number;
  /** Empty for timers: only what calls someone counts against limits. */
  readonly slots: readonly ConcurrencySlot[];
}

interface Entry {
  item: ScheduledItem;
  state: "sleeping" | "ready" | "in-hand";
  /** Replaced, removed or done: heaps may still hold it and skip it. */
  isGone: boolean;
}

interface ParkedApp {
  readonly entries: Entry[];
  pauseMs: number;
  cancelProbe: () => void;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly callsMax: number;
  readonly carryOut: (item: ScheduledItem) => void;
}

const PROBE_PAUSE_FIRST_MS = 250;
const PROBE_PAUSE_MAX_MS = 5_000;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #sleeping = new Heap<Entry>((a, b) => a.item.dueAtMs < b.item.dueAtMs);
  readonly #ready = new Heap<Entry>(isOlder);
  readonly #slots = new Slots<Entry>(isOlder);
  readonly #parked = new Map<string, ParkedApp>();
  #inHandCount = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => {};
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  get inHandCount(): number {
    return this.#inHandCount;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Adds an item, or gives a known one new times. One in hand stays so until `finish`. */
  put(item: ScheduledItem): void {
    const known = this.#entries.get(item.id);
    if (known?.state === "in-hand") {
      known.item = item;
      return;
    }
    if (known) known.isGone = true;
    this.#admit({ item, state: "sleeping", isGone: false });
  }

  /** For an item that its run no longer needs. Does nothing to one in hand: its carrier sees for itself. */
  remove(itemId: string): void {
    const entry = this.#entries.get(itemId);
    if (!entry || entry.state === "in-hand") return;
    entry.isGone = true;
    this.#entries.delete(itemId);
  }

  /** An item in hand was carried out and is gone from the tables. */
  finish(itemId: string): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    entry.isGone = true;
    this.#entries.delete(itemId);
  }

  /** An item in hand is due again, at the times that `put` gave it meanwhile or at a moment of its own. */
  putBack(itemId: string, dueAtMs?: number): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    const item = dueAtMs === undefined ? entry.item : { ...entry.item, dueAtMs };
    entry.isGone = true;
    this.#admit({ item, state: "sleeping", isGone: false });
  }

  /** The app of this item in hand did not answer: the item waits until the app is heard of again. */
  park(itemId: string): void {
    const entry = this.#takeBack(itemId);
    if (!entry) return;
    entry.state = "ready";
    const parked = this.#parked.get(entry.item.appId);
    if (parked) {
      parked.entries.push(entry);
      this.#armProbe(entry.item.appId, parked);
      return;
    }
    const created = { entries: [entry], pauseMs: PROBE_PAUSE_FIRST_MS, cancelProbe: () => {} };
    this.#parked.set(entry.item.appId, created);
    this.#armProbe(entry.item.appId, created);
  }

  /** The app has answered or registered: everything that waits for it is due. */
  unpark(appId: string): void {
    const parked = this.#parked.get(appId);
    if (!parked) return;
    parked.cancelProbe();
    this.#parked.delete(appId);
    for (const entry of parked.entries) this.#ready.push(entry);
    this.tick();
  }

  isParked(appId: string): boolean {
    return this.#parked.has(appId);
  }

  /** Starts whatever may start now. Called after each batch of changes and by the timer. */
  tick(): void {
    if (this.#isStopped) return;
    this.#wakeSleepers();
    while (this.#inHandCount < this.#options.callsMax) {
      const entry = this.#ready.pop();
      if (!entry) break;
      this.#tryStart(entry);
    }
    this.#armWake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWake();
    for (const parked of this.#parked.values()) parked.cancelProbe();
  }

  #admit(entry: Entry): void {
    this.#entries.set(entry.item.id, entry);
    if (entry.item.dueAtMs <= this.#options.clock.nowMs()) this.#makeReady(entry);
    else this.#sleeping.push(entry);
  }

  #makeReady(entry: Entry): void {
    entry.state = "ready";
    this.#ready.push(entry);
  }

  #tryStart(entry: Entry): void {
    const { slots, appId } = entry.item;
    const parked = this.#parked.get(appId);
    if (parked && !entry.isGone && callsApp(entry.item)) parked.entries.push(entry);
    else if (!entry.isGone && this.#slots.tryTake(slots, entry)) this.#start(entry);
    for (const next of this.#slots.takeNext(slots)) this.#ready.push(next);
  }

  #start(entry: Entry): void {
    entry.state = "in-hand";
    this.#inHandCount += 1;
    this.#options.carryOut(entry.item);
  }

  #takeBack(itemId: string): Entry | undefined {
    const entry = this.#entries.get(itemId);
    if (entry?.state !== "in-hand") return undefined;
    this.#inHandCount -= 1;
    this.#slots.release(entry.item.slots);
    for (const next of this.#slots.takeNext(entry.item.slots)) this.#ready.push(next);
    return entry;
  }

  #wakeSleepers(): void {
    const nowMs = this.#options.clock.nowMs();
    for (let first = this.#sleeping.peek(); first; first = this.#sleeping.peek()) {
      if (!first.isGone && first.item.dueAtMs > nowMs) return;
      this.#sleeping.pop();
      if (!first.isGone) this.#makeReady(first);
    }
  }

  #armWake(): void {
    const first = this.#sleeping.peek();
    const wakeAtMs = first?.item.dueAtMs ?? Number.POSITIVE_INFINITY;
    if (wakeAtMs === this.#wakeAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = wakeAtMs;
    if (!first) return;
    this.#cancelWake = this.#options.clock.wakeAt(wakeAtMs, () => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.tick();
    });
  }

  #armProbe(appId: string, parked: ParkedApp): void {
    parked.cancelProbe();
    const atMs = this.#options.clock.nowMs() + parked.pauseMs;
    parked.pauseMs = Math.min(parked.pauseMs * 2, PROBE_PAUSE_MAX_MS);
    parked.cancelProbe = this.#options.clock.wakeAt(atMs, () => this.#probe(appId, parked));
  }

  /** Sends the oldest parked item to see whether the app is back; `park` or `unpark` follows. */
  #probe(appId: string, parked: ParkedApp): void {
    if (this.#isStopped) return;
    parked.entries.sort((a, b) => (isOlder(a, b) ? -1 : 1));
    for (let entry = parked.entries.shift(); entry; entry = parked.entries.shift()) {
      if (entry.isGone) continue;
      if (this.#slots.tryTake(entry.item.slots, entry)) this.#start(entry);
      else this.#armProbe(appId, parked);
      return;
    }
    this.#parked.delete(appId);
  }
}

function isOlder(a: Entry, b: Entry): boolean {
  if (a.item.runId !== b.item.runId) return a.item.runId < b.item.runId;
  return a.item.dueAtMs < b.item.dueAtMs;
}

function callsApp({ kind }: ScheduledItem): boolean {
  return kind === "discovery" || kind === "step";
}
