import { callsSomeone } from "./core/queue-item.ts";
import type { EngineCoreOptions } from "./engine-options.ts";
import type { Realtime } from "./http/realtime/realtime.ts";
import { RealtimeTokens } from "./protocol/realtime/token.ts";
import { systemClock } from "./runtime/clock.ts";
import type { EngineCommands } from "./runtime/commands.ts";
import { EngineMetrics } from "./runtime/metrics/engine-metrics.ts";
import { RealtimeHub } from "./runtime/realtime/hub.ts";
import type { EngineUpkeep } from "./runtime/upkeep/upkeep.ts";
import type { EngineStore } from "./store/engine-store.ts";
import { type OpenStore, openStore } from "./store/files/open-store.ts";
import { createReadStore, type SqlReadStore } from "./store/read-store.ts";
import { type EngineParts, wireEngine } from "./wire-engine.ts";

const DRAIN_LOOK_MS = 20;
/** A collector must not hold up a stop. */
const FLUSH_MAX_MS = 2_000;

/** The engine without its HTTP server: store, runtime and commands, from its start to its stop. */
export class EngineCore {
  readonly reads: SqlReadStore;
  readonly realtime: Realtime;
  readonly metrics = new EngineMetrics();
  readonly #opened: OpenStore;
  readonly #parts: EngineParts;

  constructor(options: EngineCoreOptions) {
    const { clock = systemClock, onLog: log = () => {}, signingKeys, sdkUrls = [] } = options;
    const { metrics } = this;
    this.#opened = openStore({
      ...options,
      commitObserver: {
        onCommit: (durationMs, writeCount) => metrics.observeCommit(durationMs, writeCount),
        onRefusal: () => metrics.countRefusedCommit(),
      },
      onCopy: (message) => log({ level: "info", message }),
    });
    const opened = this.#opened;
    const hub = new RealtimeHub({ clock, log });
    this.reads = createReadStore(opened.db);
    this.realtime = { hub, tokens: new RealtimeTokens(signingKeys) };
    this.#parts = wireEngine({ options, opened, reads: this.reads, hub, metrics });
    try {
      this.#parts.apps.load();
      this.#loadQueue();
    } catch (error) {
      opened.close();
      throw opened.describe(error);
    }
    this.#start([...this.#parts.registry.urls, ...sdkUrls]);
  }

  get commands(): EngineCommands {
    return this.#parts.commands;
  }

  get upkeep(): EngineUpkeep {
    return this.#parts.upkeep;
  }

  /** For those who check what it keeps in memory against its tables. */
  get store(): EngineStore {
    return this.#opened.store;
  }

  /** Items that are being carried out at this moment. */
  get callsInHand(): number {
    return this.#parts.scheduler.inHandCount;
  }

  /** Starts no more calls, and waits up to `graceMs` for those in hand. */
  async drain(graceMs: number): Promise<void> {
    this.#stopStarting();
    const giveUpAtMs = Date.now() + graceMs;
    while (this.callsInHand > 0 && Date.now() < giveUpAtMs) await Bun.sleep(DRAIN_LOOK_MS);
    // Last, so that what the calls in hand came to is still told.
    this.realtime.hub.close();
    await this.#flushTraces(giveUpAtMs - Date.now());
  }

  /** Drops what is still in hand, which the next start repeats, and closes the file. */
  close(): void {
    this.#stopStarting();
    this.#parts.executor.stop();
    this.#parts.exporter?.stop();
    this.#opened.store.flush();
    this.realtime.hub.close();
    this.#opened.close();
  }

  #start(appUrls: readonly string[]): void {
    const { background, scheduler, exporter, resync } = this.#parts;
    for (const part of background) part.start();
    scheduler.tick();
    exporter?.start();
    resync.start(appUrls);
  }

  #stopStarting(): void {
    const { background, scheduler, resync, upkeep } = this.#parts;
    scheduler.stop();
    resync.stop();
    for (const part of background) part.stop();
    upkeep.stop();
  }

  /** What is not out by then is exported by the next start, unless all was in memory. */
  async #flushTraces(waitMs: number): Promise<void> {
    const { exporter } = this.#parts;
    if (!exporter || waitMs <= 0) return;
    const patience = Bun.sleep(Math.min(waitMs, FLUSH_MAX_MS));
    await Promise.race([exporter.flush().catch(() => {}), patience]);
  }

  /** What was in flight when the engine stopped is simply due again (docs/decisions/0004). */
  #loadQueue(): void {
    for (const item of this.#opened.store.queue.loadAll()) {
      const { id, runId, appId, kind, dueAtMs, slotsJson, payloadJson, rank } = item;
      const slots = callsSomeone(kind) ? JSON.parse(slotsJson) : [];
      const throttle = payloadJson === null ? {} : { throttle: JSON.parse(payloadJson) };
      this.#parts.scheduler.put({ id, runId, appId, kind, dueAtMs, slots, rank, ...throttle });
    }
  }
}
