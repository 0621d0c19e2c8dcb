// The client of the campaign: sends events all the time and remembers what was acknowledged.

import { Inngest } from "inngest";
import pino from "pino";
import type { BenchEvent, BusUnderTest } from "../../processes/bus-under-test.ts";
import type { WorkerMessage } from "../../processes/messages.ts";
import type { Random } from "../random.ts";
import { DEBOUNCE_MS } from "./functions.ts";
import { WaitTeller } from "./wait-teller.ts";
import type { KillEventData } from "./witness.ts";

/** One POST of events. It is stored as a whole or not at all. */
export interface SentRequest {
  readonly id: string;
  readonly numbers: readonly number[];
  /** The events' ids; null as long as nobody has acknowledged them. */
  ids: readonly string[] | null;
}

interface Draft {
  readonly name: string;
  readonly data?: Omit<KillEventData, "n" | "request"> & { readonly target?: number };
  readonly ts?: number;
}

/** How often each is sent, in relation to the others. */
const WEIGHTS = {
  sequence: 20,
  list: 4,
  parallel: 12,
  sleeper: 8,
  waiter: 8,
  parent: 8,
  sender: 8,
  flaky: 6,
  failing: 2,
  large: 2,
  huge: 0.1,
  debounced: 2,
  batched: 8,
  throttled: 6,
  skipping: 4,
  replacing: 4,
  cancellable: 6,
} as const;

type Kind = keyof typeof WEIGHTS;

const LIST_SIZE_MAX = 8;
const LARGE_BYTES = [40_000, 400_000] as const;
/** Three of them are more than the 4 MB up to which the state goes with the call. */
const HUGE_BYTES = 1_500_000;
const SINGLETON_KEYS = ["a", "b", "c"] as const;
/** A client that is slower than the engine waits for it: so many requests at once. */
const OPEN_REQUESTS_MAX = 200;
const STOP_AFTER_MS_MAX = 2_000;
/** Half of the requests go through the SDK, which sends again what was not acknowledged, under one seed. */
const SDK_SHARE = 0.5;

export interface LoadOptions {
  readonly bus: BusUnderTest;
  readonly random: Random;
  readonly eventsPerSecond: number;
}

export class Load {
  readonly requests: SentRequest[] = [];
  readonly #options: LoadOptions;
  readonly #client: Inngest;
  readonly #waits: WaitTeller;
  readonly #open = new Set<Promise<void>>();
  #numberCount = 0;
  #isStopped = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: LoadOptions) {
    this.#options = options;
    const baseUrl = options.bus.engineUrl;
    const logger = pino({ level: "silent" });
    this.#client = new Inngest({ id: "kills-client", isDev: true, baseUrl, logger });
    this.#waits = new WaitTeller((target) =>
      this.#post([{ name: "kills/told", data: { target } }]),
    );
  }

  get acknowledgedCount(): number {
    return this.requests.reduce((count, { ids }) => count + (ids?.length ?? 0), 0);
  }

  get sentCount(): number {
    return this.#numberCount;
  }

  start(): void {
    this.#sending = this.#send();
    this.#waits.start();
  }

  /** Resolves when the last request has come to its end. Waiting runs go on being told. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#sending;
    await Promise.all(this.#open);
  }

  stopTelling(): void {
    this.#waits.stop();
  }

  onWitnessed(message: WorkerMessage): void {
    this.#waits.onWitnessed(message);
  }

  /** So many at once, now. */
  burst(count: number): void {
    for (let index = 0; index < count; index += 1) this.#sendOne("sequence");
  }

  async #send(): Promise<void> {
    const { random, eventsPerSecond } = this.#options;
    while (!this.#isStopped) {
      if (this.#open.size < OPEN_REQUESTS_MAX) this.#sendOne(random.pickWeighted(WEIGHTS));
      await Bun.sleep(random.between(0, 2_000 / eventsPerSecond));
    }
  }

  #sendOne(kind: Kind): void {
    const { random } = this.#options;
    switch (kind) {
      case "list":
        return this.#sendList(random.integer(2, LIST_SIZE_MAX));
      case "large":
        return this.#sendLarge(random.integer(...LARGE_BYTES));
      case "huge":
        return this.#sendLarge(HUGE_BYTES);
      case "debounced":
        return this.#track(this.#sendBurst());
      case "skipping":
      case "replacing":
        return this.#track(
          this.#post([{ name: `kills/${kind}`, data: { key: random.pick(SINGLETON_KEYS) } }]),
        );
      case "cancellable":
        return this.#track(this.#sendCancellable());
      case "waiter":
        return this.#track(
          this.#post([{ name: "kills/waiter" }]).then(([n = 0]) => this.#waits.add(n)),
        );
      default:
        return this.#track(this.#post([{ name: `kills/${kind}` }]));
    }
  }

  #sendList(size: number): void {
    const { random } = this.#options;
    const names = ["sequence", "batched", "throttled", "parallel"] as const;
    const draft = () => ({ name: `kills/${random.pick(names)}` });
    this.#track(this.#post(Array.from({ length: size }, draft)));
  }

  #sendLarge(sizeBytes: number): void {
    this.#track(this.#post([{ name: "kills/large", data: { sizeBytes } }]));
  }

  /** Some of its pauses are shorter than the debounce's period, and some are longer. */
  async #sendBurst(): Promise<void> {
    const { random } = this.#options;
    const key = `burst-${this.#numberCount}`;
    const count = random.integer(2, 5);
    for (let index = 0; index < count && !this.#isStopped; index += 1) {
      await this.#post([{ name: "kills/debounced", data: { key }, ts: Date.now() }]);
      await Bun.sleep(random.between(0, random.isTrue(0.2) ? DEBOUNCE_MS * 4 : DEBOUNCE_MS * 0.8));
    }
  }

  /** Every second one is stopped, early or too late. */
  async #sendCancellable(): Promise<void> {
    const { random } = this.#options;
    const [target = 0] = await this.#post([{ name: "kills/cancellable" }]);
    if (random.isTrue(0.5)) return;
    await Bun.sleep(random.between(0, STOP_AFTER_MS_MAX));
    await this.#post([{ name: "kills/stop", data: { target } }]);
  }

  #track(work: Promise<unknown>): void {
    const open = work.then(() => void this.#open.delete(open));
    this.#open.add(open);
  }

  /** Resolves with the events' numbers, acknowledged or not. */
  async #post(drafts: readonly Draft[]): Promise<readonly number[]> {
    const id = `request-${this.requests.length}`;
    const events = drafts.map(({ name, data = {}, ts }) => {
      this.#numberCount += 1;
      return { name, data: { ...data, n: this.#numberCount, request: id }, ...(ts && { ts }) };
    });
    const numbers = events.map(({ data }) => data.n);
    const request: SentRequest = { id, numbers, ids: null };
    this.requests.push(request);
    // Refused or broken off: it may have been stored or not.
    request.ids = await this.#sendEvents(events).catch(() => null);
    return numbers;
  }

  async #sendEvents(events: readonly BenchEvent[]): Promise<readonly string[]> {
    const { bus, random } = this.#options;
    if (!random.isTrue(SDK_SHARE)) return bus.send(events);
    const { ids } = await this.#client.send(events.map((event) => ({ ...event })));
    return ids;
  }
}
