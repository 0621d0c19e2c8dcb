import { Heap } from "../../core/heap.ts";
import type { Clock } from "../clock.ts";

/**
 * What came of the attempt to ask an app by one of its items: it is on its way; it is needed no more;
 * it waits for something else first and will come again by itself; or nobody is free to ask now.
 */
export type Asking = "asked" | "gone" | "elsewhere" | "busy";

export interface ParkedAppsOptions<T> {
  readonly clock: Clock;
  readonly isBefore: (a: T, b: T) => boolean;
  readonly ask: (item: T) => Asking;
}

interface ParkedApp<T> {
  readonly waiting: Heap<T>;
  pauseMs: number;
  /** The item that is on its way; undefined while a timer is set for the next. */
  asking: T | undefined;
  cancelTimer: () => void;
}

const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 5_000;

/**
 * The items of apps that do not answer.
 *
 * Invariants:
 *   P1. An app is asked by one item at a time, the oldest, with growing pauses.
 *   P2. While an app is parked, either an item of its is on its way or a timer is set: nothing waits
 *       unseen. However an asking item ends, `endAsking` has to be told.
 */
export class ParkedApps<T> {
  readonly #options: ParkedAppsOptions<T>;
  readonly #apps = new Map<string, ParkedApp<T>>();

  constructor(options: ParkedAppsOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#apps.size;
  }

  has(appId: string): boolean {
    return this.#apps.has(appId);
  }

  /** The item waits until the app is heard of, or until its turn to ask has come. */
  add(appId: string, item: T): void {
    const known = this.#apps.get(appId);
    if (known) return known.waiting.push(item);
    const app: ParkedApp<T> = {
      waiting: new Heap<T>(this.#options.isBefore),
      pauseMs: PAUSE_FIRST_MS,
      asking: undefined,
      cancelTimer: () => {},
    };
    app.waiting.push(item);
    this.#apps.set(appId, app);
    this.#setTimer(appId, app);
  }

  /** The item is not on its way any more. Does nothing when it is not the one that asked. */
  endAsking(appId: string, item: T): void {
    const app = this.#apps.get(appId);
    if (app?.asking !== item) return;
    app.asking = undefined;
    this.#setTimer(appId, app);
  }

  /** The app was heard of: takes out everything that waited for it. */
  release(appId: string): T[] {
    const app = this.#apps.get(appId);
    if (!app) return [];
    app.cancelTimer();
    this.#apps.delete(appId);
    const items: T[] = [];
    for (let item = app.waiting.pop(); item !== undefined; item = app.waiting.pop()) {
      items.push(item);
    }
    return items;
  }

  stop(): void {
    for (const app of this.#apps.values()) app.cancelTimer();
  }

  #setTimer(appId: string, app: ParkedApp<T>): void {
    const { clock } = this.#options;
    app.cancelTimer = clock.wakeAfter(app.pauseMs, () => this.#ask(appId, app));
    app.pauseMs = Math.min(app.pauseMs * 2, PAUSE_MAX_MS);
  }

  #ask(appId: string, app: ParkedApp<T>): void {
    for (let item = app.waiting.pop(); item !== undefined; item = app.waiting.pop()) {
      app.asking = item;
      const asking = this.#options.ask(item);
      if (asking === "asked") return;
      app.asking = undefined;
      if (asking === "gone") continue;
      if (asking === "busy") app.waiting.push(item);
      return this.#setTimer(appId, app);
    }
    this.#apps.delete(appId);
  }
}
