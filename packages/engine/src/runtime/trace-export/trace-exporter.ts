// Sends the traces of ended runs to an OTLP receiver, from their stored rows.
//
// Invariants:
//   E1. Runs never wait for it: it reads what has been stored, a few runs at a time, and has one request on
//       its way at most.
//   E2. The cursor moves on once a receiver has taken or refused what is behind it. A crash in between
//       sends the same spans again, under the same ids.
//   E3. What cannot be sent is tried again with growing pauses, or when the receiver says. What is refused
//       for good, or is more than `BACKLOG_MAX` runs behind, is dropped, counted and said.
//   E4. Without a cursor it begins with the present: switching it on exports no history.
//
// Runs are ordered by the moment of their end. Should the computer's clock be set back by more than
// `LAG_MS`, runs that end until it has caught up are passed over.

import type { EndedRun, ExportCursor } from "../../core/export-cursor.ts";
import type { TraceResource } from "../../protocol/otlp/otlp-request.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import {
  batchJson,
  type ExportableRun,
  type ExportReads,
  readExportableRun,
} from "./export-batch.ts";
import {
  type OtlpReceiver,
  type OtlpSenderDeps,
  type SendOutcome,
  sendTraces,
} from "./otlp-sender.ts";

export interface TraceExportOptions extends OtlpReceiver {
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** Whether inputs and outputs of steps go out, too. */
  readonly withPayloads: boolean;
}

export interface TraceExporterDeps extends Pick<OtlpSenderDeps, "fetch"> {
  readonly store: Pick<Store, "write" | "traceExport">;
  readonly reads: ExportReads;
  readonly clock: Clock;
  /** 0 … 1, for the jitter of retries. */
  readonly random: () => number;
  readonly log: Log;
  readonly options: TraceExportOptions;
  readonly version: string;
}

/** From a run's end to its export: time for others to end, and to be in one request with it. */
const DELAY_MS = 5_000;
/** Runs that have ended within it may still be joined by one that sorts before them. */
const LAG_MS = 2_000;
const RUNS_PER_BATCH_MAX = 100;
const BATCH_BYTES_MAX = 2 * 1_024 * 1_024;
const BACKLOG_MAX = 50_000;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
/** A receiver that refuses everything is said so often, and not with each request. */
const DROPPED_GAP_MS = 60_000;

export class TraceExporter {
  readonly #deps: TraceExporterDeps;
  readonly #resource: TraceResource;
  readonly #stopping = new AbortController();
  #cursor: ExportCursor;
  #cancelTimer: (() => void) | null = null;
  #work: Promise<void> | null = null;
  #failureCount = 0;
  /** Dropped, and not said yet. */
  #droppedCount = 0;
  #sayDroppedAtMs = 0;
  /** Before the first pass, and while a receiver is away. Looking costs a walk over the newest runs. */
  #mayBeFarBehind = true;

  constructor(deps: TraceExporterDeps) {
    this.#deps = deps;
    const { serviceName, resourceAttributes } = deps.options;
    this.#resource = { serviceName, attributes: resourceAttributes, version: deps.version };
    const begin = { endedAtMs: deps.clock.nowMs(), runId: "" };
    this.#cursor = deps.store.traceExport.findCursor() ?? begin;
  }

  /** Exports what has ended since the last run that was exported, before this start. */
  start(): void {
    this.#keepCursor(this.#cursor).catch((error: unknown) => this.#say("could not begin", error));
    this.wake();
  }

  /** A run has ended. Costs next to nothing: the export comes later. */
  wake(): void {
    if (this.#cancelTimer || this.#work || this.#stopping.signal.aborted) return;
    this.#wakeIn(DELAY_MS);
  }

  /** Exports what has ended by now, and gives up at the first request that fails. */
  async flush(): Promise<void> {
    await this.#work;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#stopping.signal.aborted) return;
    this.#work = this.#export(0)
      .then(() => {})
      .finally(() => {
        this.#work = null;
      });
    await this.#work;
  }

  /** A request on its way is broken off; the next start sends it again. */
  stop(): void {
    this.#stopping.abort();
    this.#cancelTimer?.();
    if (this.#droppedCount > 0) this.#logDropped("until the engine stopped");
  }

  #wakeIn(delayMs: number): void {
    const { clock } = this.#deps;
    this.#cancelTimer = clock.wakeAt(clock.nowMs() + delayMs, () => {
      this.#cancelTimer = null;
      this.#work = this.#pass().finally(() => {
        this.#work = null;
      });
    });
  }

  /** Never rejects. */
  async #pass(): Promise<void> {
    let pauseMs: number | null = null;
    try {
      pauseMs = await this.#export(LAG_MS);
      if (pauseMs === null && this.#loadEnded(Number.MAX_SAFE_INTEGER, 1).length > 0) {
        pauseMs = DELAY_MS;
      }
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#say("will be tried again", error);
      pauseMs = PAUSE_MAX_MS;
    }
    if (pauseMs !== null && !this.#stopping.signal.aborted) this.#wakeIn(pauseMs);
  }

  /** Sends all that ended before `lagMs` ago. Resolves to the pause that a failed request asks for. */
  async #export(lagMs: number): Promise<number | null> {
    if (this.#mayBeFarBehind) await this.#dropBacklog();
    this.#mayBeFarBehind = false;
    const { clock } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      const ended = this.#loadEnded(clock.nowMs() - lagMs + 1, RUNS_PER_BATCH_MAX);
      if (ended.length === 0) return null;
      const runs = await this.#readBatch(ended);
      const pauseMs = await this.#sendAll(runs);
      if (pauseMs !== null || this.#stopping.signal.aborted) return pauseMs;
    }
    return null;
  }

  #loadEnded(beforeMs: number, limit: number): readonly EndedRun[] {
    return this.#deps.store.traceExport.loadEnded(this.#cursor, { beforeMs, limit });
  }

  /** As many of them as one request should hold, and at least one; runs get their turn in between (E1). */
  async #readBatch(ended: readonly EndedRun[]): Promise<readonly ExportableRun[]> {
    const { reads, options } = this.#deps;
    const runs: ExportableRun[] = [];
    let bytes = 0;
    for (const one of ended) {
      const run = this.#tryToRead(() => readExportableRun(reads, one, options), one);
      bytes += run.sizeBytes;
      if (runs.length > 0 && bytes > BATCH_BYTES_MAX) break;
      runs.push(run);
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#stopping.signal.aborted) break;
    }
    return runs;
  }

  /** One run that cannot be read must not hold up all that ended after it. */
  #tryToRead(read: () => ExportableRun, run: EndedRun): ExportableRun {
    try {
      return read();
    } catch (error) {
      this.#sayDropped(1, `run ${run.runId} cannot be read: ${reasonOf(error)}`);
      return { ...run, spans: [], sizeBytes: 0 };
    }
  }

  /**
   * Sends the runs and moves the cursor past them. Of a request that is refused its halves are tried, so
   * that one run that a receiver cannot take costs no other. Resolves as `#export` does.
   */
  async #sendAll(runs: readonly ExportableRun[]): Promise<number | null> {
    const last = runs.at(-1);
    if (!last || this.#stopping.signal.aborted) return null;
    const outcome: SendOutcome = runs.every(({ spans }) => spans.length === 0)
      ? { kind: "taken", rejectedCount: 0, message: "" }
      : await this.#send(runs);
    if (this.#stopping.signal.aborted) return null;
    if (outcome.kind === "unavailable") return this.#pauseAfter(outcome);
    this.#sayRecovered();
    if (outcome.kind === "refused" && runs.length > 1 && mayBeOneRun(outcome.status)) {
      const half = Math.ceil(runs.length / 2);
      return (await this.#sendAll(runs.slice(0, half))) ?? this.#sendAll(runs.slice(half));
    }
    if (outcome.kind === "refused") {
      this.#sayDropped(runs.length, `status ${outcome.status}: ${outcome.message}`);
    } else if (outcome.rejectedCount > 0) {
      const { rejectedCount, message } = outcome;
      const { log } = this.#deps;
      log({
        level: "warn",
        message: "the OTLP receiver left out spans",
        rejectedCount,
        reason: message,
      });
    }
    await this.#keepCursor(last);
    return null;
  }

  #send(runs: readonly ExportableRun[]): Promise<SendOutcome> {
    const { options, fetch, clock } = this.#deps;
    const deps = { fetch, nowMs: () => clock.nowMs(), signal: this.#stopping.signal };
    return sendTraces(batchJson(runs, this.#resource), options, deps);
  }

  /** On disk before anything behind it is sent (E2). */
  async #keepCursor({ endedAtMs, runId }: EndedRun): Promise<void> {
    const { store } = this.#deps;
    const cursor = { endedAtMs, runId };
    await store.write(() => store.traceExport.putCursor(cursor));
    this.#cursor = cursor;
  }

  /** A receiver that was away for long gets what is newest (E3). */
  async #dropBacklog(): Promise<void> {
    const { traceExport } = this.#deps.store;
    const oldestKept = traceExport.findNewest(BACKLOG_MAX);
    if (!oldestKept || !isAfter(oldestKept, this.#cursor)) return;
    const count = traceExport.countEnded(this.#cursor, oldestKept);
    await this.#keepCursor(oldestKept);
    this.#sayDropped(count, `more than ${BACKLOG_MAX} runs waited for the receiver`);
  }

  #pauseAfter({ reason, retryAfterMs }: Extract<SendOutcome, { kind: "unavailable" }>): number {
    if (this.#failureCount === 0) this.#say("will be tried again", reason);
    const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(this.#failureCount, 10), PAUSE_MAX_MS);
    this.#failureCount += 1;
    this.#mayBeFarBehind = true;
    return retryAfterMs ?? Math.round(pauseMs * (1 + this.#deps.random() / 2));
  }

  #sayRecovered(): void {
    if (this.#failureCount === 0) return;
    this.#failureCount = 0;
    this.#deps.log({ level: "info", message: "traces are exported again" });
  }

  #sayDropped(runCount: number, reason: string): void {
    this.#droppedCount += runCount;
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#sayDroppedAtMs) return;
    this.#sayDroppedAtMs = nowMs + DROPPED_GAP_MS;
    this.#logDropped(reason);
  }

  #logDropped(reason: string): void {
    const runCount = this.#droppedCount;
    this.#droppedCount = 0;
    this.#deps.log({ level: "warn", message: "traces were dropped", runCount, reason });
  }

  #say(what: string, error: unknown): void {
    const { log, options } = this.#deps;
    const { host } = new URL(options.url);
    const message = `the export of traces to ${host} ${what}`;
    log({ level: "warn", message, reason: reasonOf(error) });
  }
}

/** Too large, or something in it that the receiver cannot read; all else it would say of any request. */
function mayBeOneRun(status: number): boolean {
  return status === 400 || status === 413;
}

function isAfter(run: EndedRun, cursor: ExportCursor): boolean {
  if (run.endedAtMs !== cursor.endedAtMs) return run.endedAtMs > cursor.endedAtMs;
  return run.runId > cursor.runId;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
