// Kills engine and worker at moments that chance picks, and starts them again.

import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BusUnderTest } from "../../processes/bus-under-test.ts";
import type { WorkerMessage } from "../../processes/messages.ts";
import type { Random } from "../random.ts";
import type { Load } from "./load.ts";
import { TornCopy } from "./torn-copy.ts";
import { readWalShape } from "./wal.ts";

/** How often each is chosen, in relation to the others. */
const MOMENTS = {
  /** Whatever the engine does then. */
  anytime: 4,
  /** Requests with events have just been sent. */
  ingest: 3,
  /** The write-ahead log has just been written to. */
  commit: 4,
  /** A call has just reached a function. */
  call: 3,
  /** A step has just begun: its checkpoint or its answer is next. */
  step: 4,
  /** Schedules are due. */
  minute: 1,
} as const;

type Moment = keyof typeof MOMENTS;

const TARGETS = { engine: 14, "engine and worker": 3, "worker, then engine": 3 } as const;

const AGAIN_SHARE = 0.2;
/** From before the engine is ready to a little after. */
const AGAIN_AFTER_MS_MAX = 250;
const TORN_SHARE = 0.06;
const SOON_MS_MAX = 4;
const BURST_MAX = 20;
const MOMENT_MS_MAX = 2_000;
const WRITE_MS_MAX = 100;
const MINUTE_MS = 60_000;
const MINUTE_WAIT_MS_MAX = 8_000;

export interface KillerOptions {
  readonly bus: BusUnderTest;
  readonly load: Load;
  readonly random: Random;
  /** The longest that the engine is left alone between two kills. */
  readonly pauseMsMax: number;
}

export class Killer {
  /** Problems of the copies of the database. */
  readonly problems: string[] = [];
  readonly counts = { engine: 0, worker: 0, atStart: 0, inTransaction: 0, copies: 0 };
  readonly momentCounts = new Map<string, number>();
  readonly #options: KillerOptions;
  #onWitnessed: (message: WorkerMessage) => void = () => {};

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  onWitnessed(message: WorkerMessage): void {
    this.#onWitnessed(message);
  }

  /** One kill or, when the engine is killed again while it starts, two. Ends with both processes running. */
  async round(): Promise<void> {
    const { bus, load, random, pauseMsMax } = this.#options;
    await Bun.sleep(random.between(0, pauseMsMax));
    const target = random.pickWeighted(TARGETS);
    if (target === "worker, then engine") {
      await this.#killWorker();
      await Bun.sleep(random.between(0, 300));
    }
    await this.#wait(random.pickWeighted(MOMENTS));
    const kills = [this.#killEngine()];
    if (target === "engine and worker") kills.push(this.#killWorker());
    await Promise.all(kills);

    const copy = random.isTrue(TORN_SHARE) ? TornCopy.make(bus.directory, random) : null;
    const acknowledgedIds = load.requests.flatMap(({ ids }) => ids ?? []);
    await this.#restart(target !== "engine");
    if (!copy) return;
    this.counts.copies += 1;
    this.problems.push(...(await copy.check(acknowledgedIds)));
  }

  async #restart(isWorkerDown: boolean): Promise<void> {
    const { bus, random } = this.#options;
    const isWorkerFirst = isWorkerDown && random.isTrue(0.5);
    if (isWorkerFirst) await bus.startWorker();
    if (random.isTrue(AGAIN_SHARE)) await this.#killAtStart();
    await bus.startEngine();
    if (!isWorkerDown || isWorkerFirst) return;
    await bus.startWorker();
    // Otherwise the engine asks it by itself.
    if (random.isTrue(0.5)) await bus.registerWorker();
  }

  async #killAtStart(): Promise<void> {
    const { bus, random } = this.#options;
    const starting = bus.startEngine().catch(() => {});
    await Bun.sleep(random.between(0, AGAIN_AFTER_MS_MAX));
    this.counts.atStart += 1;
    await this.#killEngine();
    await starting;
  }

  async #killEngine(): Promise<void> {
    const { bus } = this.#options;
    this.counts.engine += 1;
    await bus.killEngine();
    const wal = await readFile(logOf(bus)).catch(() => Buffer.alloc(0));
    if (readWalShape(wal).unfinishedFrames > 0) this.counts.inTransaction += 1;
  }

  async #killWorker(): Promise<void> {
    this.counts.worker += 1;
    await this.#options.bus.killWorker();
  }

  /** Until the moment is there, or doesn't come. */
  async #wait(moment: Moment): Promise<void> {
    const { load, random } = this.#options;
    this.momentCounts.set(moment, (this.momentCounts.get(moment) ?? 0) + 1);
    switch (moment) {
      case "anytime":
        return;
      case "ingest":
        load.burst(random.integer(1, BURST_MAX));
        return Bun.sleep(random.between(0, SOON_MS_MAX));
      case "commit":
        load.burst(random.integer(1, BURST_MAX));
        await Bun.sleep(0);
        return spinUntilWritten(logOf(this.#options.bus));
      case "call":
      case "step":
        await this.#witnessed(moment === "call" ? "called" : "stepped");
        return Bun.sleep(random.between(0, SOON_MS_MAX));
      case "minute":
        return this.#waitForMinute();
    }
  }

  async #witnessed(kind: WorkerMessage["kind"]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onWitnessed = (message) => message.kind === kind && resolve();
    await Promise.race([promise, Bun.sleep(MOMENT_MS_MAX)]);
    this.#onWitnessed = () => {};
  }

  async #waitForMinute(): Promise<void> {
    const untilMs = MINUTE_MS - (Date.now() % MINUTE_MS);
    if (untilMs > MINUTE_WAIT_MS_MAX) return;
    await Bun.sleep(untilMs + this.#options.random.between(0, SOON_MS_MAX * 5));
  }
}

function logOf({ directory }: BusUnderTest): string {
  return join(directory, "engine.db-wal");
}

/** Looks without a pause: a commit takes a fifth of a millisecond, and its second half is what is wanted. */
function spinUntilWritten(file: string): void {
  const giveUpAtMs = performance.now() + WRITE_MS_MAX;
  const writtenAtMs = () => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const beforeMs = writtenAtMs();
  while (writtenAtMs() === beforeMs && performance.now() < giveUpAtMs);
}
