import type { WireEvent } from "../app/wire.ts";
import { type FunctionOptions, keyOf } from "../plan/function-spec.ts";
import type { RunRecord } from "./book.ts";
import type { Scene } from "./check.ts";

/** Events that wait for others, and start one run together or the newest alone. */
interface Held {
  readonly kind: "debounce" | "batch";
  readonly functionId: string;
  readonly options: FunctionOptions;
  readonly firstAtMs: number;
  /** Of a debounce only the newest. */
  eventIds: string[];
  dueAtMs: number;
  newestTsMs: number;
  isFull: boolean;
}

export interface HeldArrival {
  readonly internalId: string;
  readonly event: WireEvent;
  readonly functionId: string;
  readonly options: FunctionOptions;
  /** By the engine's clock. */
  readonly atMs: number;
}

const LATE_MS_MAX = 1_000;

/** The plain model of `debounce` and `batchEvents`. */
export class HeldEvents {
  readonly #scene: Scene;
  readonly #held = new Map<string, Held>();
  readonly #full: Held[] = [];
  /** Debounces whose item is gone in this commit: what comes for their key from now on is another's. */
  readonly #firing = new Map<string, Held>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  isBatched({ event, options: { batch } }: HeldArrival): boolean {
    if (!batch) return false;
    const { n } = event.data as { n?: number };
    return batch.numberMin === undefined || (n !== undefined && n >= batch.numberMin);
  }

  addToBatch(arrival: HeldArrival): void {
    const { batch } = arrival.options;
    if (!batch) return;
    const name = nameOf("batch", arrival, batch);
    const held = this.#held.get(name) ?? this.#open("batch", arrival, batch.timeoutSeconds);
    held.eventIds.push(arrival.internalId);
    this.#held.set(name, held);
    if (held.eventIds.length < batch.maxSize) return;
    held.isFull = true;
    this.#held.delete(name);
    this.#full.push(held);
    this.#scene.world.count("batch full");
  }

  /** False when a newer event is held already. */
  holdNewest(arrival: HeldArrival): boolean {
    const { debounce } = arrival.options;
    if (!debounce) return false;
    const name = nameOf("debounce", arrival, debounce);
    const held = this.#held.get(name) ?? this.#open("debounce", arrival, debounce.periodSeconds);
    if (arrival.event.ts < held.newestTsMs) return false;
    if (held.eventIds.length > 0) this.#scene.world.count("debounced");
    const { timeoutSeconds } = debounce;
    const lastAtMs =
      timeoutSeconds === null ? Number.POSITIVE_INFINITY : held.firstAtMs + timeoutSeconds * 1_000;
    held.eventIds = [arrival.internalId];
    held.newestTsMs = arrival.event.ts;
    held.dueAtMs = Math.min(arrival.atMs + debounce.periodSeconds * 1_000, lastAtMs);
    this.#held.set(name, held);
    return true;
  }

  /** The item of a debounce is gone: its run, if there is one, comes after all that its start brings about. */
  beginFiring(itemId: string): void {
    const [functionId, , expression, key] = JSON.parse(
      itemId.slice("debounce:".length),
    ) as string[];
    // The engine groups what has no key under "false".
    const value = key === "false" ? null : key;
    const isKeyed = expression !== undefined;
    const name = JSON.stringify([functionId, "debounce", isKeyed, isKeyed ? value : ""]);
    const held = this.#held.get(name);
    if (!held) return;
    this.#held.delete(name);
    this.#firing.set(name, held);
  }

  /** The commit is over: what it fired started a run, or is excused for an event whose id had one. */
  endFiring(isExcused: (functionId: string, internalId: string) => boolean): void {
    for (const { functionId, eventIds } of this.#firing.values()) {
      if (eventIds.some((internalId) => isExcused(functionId, internalId))) continue;
      this.#scene.world.fail(`a debounce of ${eventIds.join(", ")} is gone and starts nothing`);
    }
    this.#firing.clear();
  }

  /** The events that the run starts with, when it comes of what was held; else null. */
  takeFor({ functionId, eventInternalId }: RunRecord): readonly string[] | null {
    const isOf = (held: Held) =>
      held.functionId === functionId && held.eventIds[0] === eventInternalId;
    const fullIndex = this.#full.findIndex(isOf);
    if (fullIndex !== -1) return this.#full.splice(fullIndex, 1)[0]?.eventIds ?? null;
    for (const [name, held] of [...this.#firing, ...this.#held]) {
      if (!isOf(held)) continue;
      if (!this.#firing.delete(name)) this.#held.delete(name);
      this.#checkTime(held);
      this.#scene.world.count(`${held.kind} due`);
      return held.eventIds;
    }
    return null;
  }

  checkFull(): void {
    for (const { eventIds } of this.#full) {
      this.#scene.world.fail(`a batch of ${eventIds.length} is full and starts nothing`);
    }
    this.#full.length = 0;
  }

  checkEmpty(): void {
    const { hasClockGoneBack } = this.#scene.disturbances;
    for (const { kind, eventIds, options } of this.#held.values()) {
      // A limit may have refused it: see `isUncertain` of the intake's check.
      if (hasClockGoneBack && (options.rateLimit || options.hasIdempotency)) continue;
      this.#scene.world.fail(`a ${kind} still holds ${eventIds.join(", ")}`);
    }
  }

  #open(kind: Held["kind"], arrival: HeldArrival, seconds: number): Held {
    const { functionId, options, atMs: firstAtMs } = arrival;
    const dueAtMs = firstAtMs + seconds * 1_000;
    const rest = { eventIds: [], newestTsMs: Number.NEGATIVE_INFINITY, isFull: false };
    return { kind, functionId, options, firstAtMs, dueAtMs, ...rest };
  }

  /** A sync that changes the option makes what it held due at once. */
  #checkTime({ kind, functionId, options, dueAtMs }: Held): void {
    const { world, book, disturbances } = this.#scene;
    if (disturbances.hasClockGoneBack) return;
    const wasSynced = book.versionChanges.get(functionId) !== options.version;
    const earlyMs = dueAtMs - world.wallMs;
    world.require(earlyMs <= 0 || wasSynced, () => `a ${kind} starts ${earlyMs} ms early`);
    const lateMs = world.wallMs - Math.max(dueAtMs, disturbances.overSinceMs);
    world.require(lateMs <= LATE_MS_MAX, () => `a ${kind} starts ${lateMs} ms late`);
  }
}

function nameOf(
  kind: Held["kind"],
  { functionId, event }: HeldArrival,
  { isKeyed }: { readonly isKeyed: boolean },
): string {
  return JSON.stringify([functionId, kind, isKeyed, isKeyed ? keyOf(event.data) : ""]);
}
