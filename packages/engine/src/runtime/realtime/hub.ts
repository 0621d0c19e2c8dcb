// Who listens to what, and how messages reach them. Nothing is kept: who was not there has missed it.
//
// Invariants:
//   H1. `publish` returns at once. Delivery comes after the present turn, and waits for nobody.
//   H2. Who has more bytes waiting than its share is dropped.
//   H3. A receiver gets the messages of its topics in the order in which they were published.
//   H4. To publish where nobody listens is one look-up: no message is made.
//   H5. After `close` nothing is delivered, and nobody is let in.

import { EngineError } from "../../core/errors.ts";
import type { RealtimeTopic } from "../../protocol/realtime/topic.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";

/** A message as JSON text, or bytes that are passed on as they are. */
export type Frame = string | Uint8Array;

export type CloseReason = "too-slow" | "engine-stops";

/** One connection. Nothing of it throws, and nothing of it waits. */
export interface Receiver {
  /** Bytes that were delivered and that the network has not taken yet. */
  readonly waitingBytes: number;
  deliver(frames: readonly Frame[]): void;
  /** Sends something without meaning, so that nothing in between takes the connection for dead. */
  keepAlive(): void;
  /** The last that is asked of it. */
  close(reason: CloseReason): void;
}

export interface RealtimeHubOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Runs a function after the present turn of the event loop. */
  readonly schedule?: (deliver: () => void) => void;
}

const CONNECTIONS_MAX = 500;
const KEEP_ALIVE_MS = 15_000;
const MEBIBYTE = 1024 * 1024;
/** What one may have waiting, and all of them together: many have less each. */
const WAITING_BYTES_MAX = 4 * MEBIBYTE;
const WAITING_BYTES_TOTAL_MAX = 64 * MEBIBYTE;
/** Of one turn. All outboxes hold the same text, so that this is no matter of how many there are. */
const OUTBOX_BYTES_MAX = 16 * MEBIBYTE;

interface Subscriber {
  readonly receiver: Receiver;
  readonly topics: readonly RealtimeTopic[];
  outbox: Frame[];
  outboxBytes: number;
}

export class RealtimeHub {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #schedule: (deliver: () => void) => void;
  readonly #subscribers = new Set<Subscriber>();
  /** By channel, then by topic. Nothing empty stays in it. */
  readonly #channels = new Map<string, Map<string, Set<Subscriber>>>();
  /** Those with something in their outbox. */
  readonly #due = new Set<Subscriber>();
  #cancelKeepAlive: (() => void) | null = null;
  #isClosed = false;

  constructor({ clock, log, schedule = setImmediate }: RealtimeHubOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#schedule = schedule;
  }

  get connectionCount(): number {
    return this.#subscribers.size;
  }

  /** Whether anyone listens to any topic of the channel. */
  hasListeners(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Throws REALTIME_FULL or STOPPING when nobody more is let in. */
  checkRoom(): void {
    if (this.#isClosed) throw new EngineError("STOPPING", "The engine is stopping.");
    if (this.#subscribers.size < CONNECTIONS_MAX) return;
    throw new EngineError(
      "REALTIME_FULL",
      `${CONNECTIONS_MAX} realtime connections are open, and more are not let in. Close some that nobody reads.`,
    );
  }

  /** Returns what ends the subscription; after that, or after a `close`, it does nothing. */
  subscribe(receiver: Receiver, topics: readonly RealtimeTopic[]): () => void {
    this.checkRoom();
    const subscriber = { receiver, topics, outbox: [], outboxBytes: 0 };
    this.#subscribers.add(subscriber);
    for (const topic of topics) this.#listenersOf(topic).add(subscriber);
    if (this.#cancelKeepAlive === null) this.#planKeepAlive();
    return () => this.#remove(subscriber);
  }

  /** `createFrame` is called when someone listens, once. */
  publish({ channel, name }: RealtimeTopic, createFrame: () => Frame): void {
    const listeners = this.#channels.get(channel)?.get(name);
    if (!listeners) return;
    const frame = createFrame();
    const sizeBytes = Buffer.byteLength(frame);
    if (this.#due.size === 0) this.#schedule(() => this.#deliver());
    for (const subscriber of listeners) {
      this.#due.add(subscriber);
      subscriber.outbox.push(frame);
      subscriber.outboxBytes += sizeBytes;
      if (subscriber.outboxBytes > OUTBOX_BYTES_MAX) this.#drop(subscriber);
    }
  }

  /** Everyone is told that the engine stops. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers) {
      this.#remove(subscriber);
      subscriber.receiver.close("engine-stops");
    }
  }

  #deliver(): void {
    const due = [...this.#due];
    this.#due.clear();
    const shareBytes = Math.min(
      WAITING_BYTES_MAX,
      WAITING_BYTES_TOTAL_MAX / this.#subscribers.size,
    );
    for (const subscriber of due) {
      const { receiver, outbox } = subscriber;
      subscriber.outbox = [];
      subscriber.outboxBytes = 0;
      if (receiver.waitingBytes > shareBytes) this.#drop(subscriber);
      else receiver.deliver(outbox);
    }
  }

  #drop(subscriber: Subscriber): void {
    this.#remove(subscriber);
    subscriber.receiver.close("too-slow");
    this.#log({
      level: "warn",
      message: "a realtime subscriber did not keep up and was dropped",
      channels: [...new Set(subscriber.topics.map(({ channel }) => channel))].slice(0, 3),
    });
  }

  #remove(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#due.delete(subscriber);
    for (const { channel, name } of subscriber.topics) {
      const topics = this.#channels.get(channel);
      const listeners = topics?.get(name);
      listeners?.delete(subscriber);
      if (listeners?.size === 0) topics?.delete(name);
      if (topics?.size === 0) this.#channels.delete(channel);
    }
    if (this.#subscribers.size > 0) return;
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = null;
  }

  #planKeepAlive(): void {
    this.#cancelKeepAlive = this.#clock.wakeAfter(KEEP_ALIVE_MS, () => {
      for (const { receiver } of this.#subscribers) receiver.keepAlive();
      this.#planKeepAlive();
    });
  }

  #listenersOf({ channel, name }: RealtimeTopic): Set<Subscriber> {
    const topics = this.#channels.get(channel) ?? new Map<string, Set<Subscriber>>();
    const listeners = topics.get(name) ?? new Set();
    this.#channels.set(channel, topics.set(name, listeners));
    return listeners;
  }
}
