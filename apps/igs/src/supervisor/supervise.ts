// Keeps the parts alive, and stops them in order.
//
// Invariants:
//   S1. Parts start in the order given, each when the one before it is ready.
//   S2. A part that ends by itself is started again after a growing delay (restart-policy.ts). One
//       that never gets ready ends everything.
//   S3. At the stop the parts end in the opposite order, each within its bound, before the next.
//   S4. Programs of the worker are none of our children: they go on.

import type { Clock } from "../clock.ts";
import type { PartSpec } from "./part.ts";
import type { PartName } from "./part-name.ts";
import type { PartExit, PartProcess, StartPart } from "./part-process.ts";
import { decideRestart, type RestartPolicy } from "./restart-policy.ts";

export type SupervisorChange =
  | { readonly type: "line"; readonly part: PartName; readonly text: string }
  | { readonly type: "part-ready"; readonly part: PartName; readonly pid: number }
  | ({
      readonly type: "part-ended";
      readonly part: PartName;
      readonly restartInMs: number;
    } & PartExit)
  | { readonly type: "part-stopped"; readonly part: PartName };

export interface SuperviseOptions {
  readonly specs: readonly PartSpec[];
  readonly startPart: StartPart;
  readonly clock: Clock;
  readonly restartPolicy: RestartPolicy;
  /** Aborts when all is to stop. */
  readonly signal: AbortSignal;
  readonly tell: (change: SupervisorChange) => void;
  /** Called once, when every part is ready. */
  readonly onAllReady: () => void;
}

/** A part that could not be started: what it said last is the reason. */
export interface PartFailure extends PartExit {
  readonly part: PartName;
  readonly reason: string;
}

const LAST_LINES_MAX = 20;

/** Returns when all parts have stopped: null after the signal, else what could not be started. */
export async function supervise(options: SuperviseOptions): Promise<PartFailure | null> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  const keepers: Keeper[] = [];
  let failure: PartFailure | null = null;
  for (const spec of options.specs) {
    if (signal.aborted) break;
    const keeper = keepPart(spec, { ...options, signal });
    keepers.push(keeper);
    void keeper.failed.then((failed) => {
      failure ??= failed;
      giveUp.abort();
    });
    await Promise.race([keeper.firstReady, whenAborted(signal)]);
  }
  if (!signal.aborted) options.onAllReady();
  await whenAborted(signal);
  for (const { stop } of keepers.toReversed()) await stop();
  return failure;
}

interface Keeper {
  readonly firstReady: Promise<void>;
  /** Resolves only when the part is given up. */
  readonly failed: Promise<PartFailure>;
  readonly stop: () => Promise<void>;
}

function keepPart(spec: PartSpec, options: SuperviseOptions): Keeper {
  const firstReady = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<PartFailure>();
  const lastLines: string[] = [];
  let living: PartProcess | null = null;

  const tellLine = (text: string) => {
    lastLines.push(text);
    if (lastLines.length > LAST_LINES_MAX) lastLines.shift();
    options.tell({ type: "line", part: spec.name, text });
  };

  const keep = async () => {
    let crashCount = 0;
    let wasEverReady = false;
    while (!options.signal.aborted) {
      const startedAtMs = options.clock.nowMs();
      const part = options.startPart(spec, tellLine);
      living = part;
      const trouble = await waitUntilReady(part);
      if (trouble === null) {
        wasEverReady = true;
        options.tell({ type: "part-ready", part: spec.name, pid: part.pid });
        firstReady.resolve();
      }
      const exit = await part.exited;
      living = null;
      if (options.signal.aborted) return;
      const livedMs = options.clock.nowMs() - startedAtMs;
      const crash = { priorCount: crashCount, livedMs, wasEverReady };
      const decision = decideRestart(crash, options.restartPolicy);
      if (decision.kind === "give-up") {
        const reason = trouble ?? lastLines.join("\n");
        return failed.resolve({ part: spec.name, reason, ...exit });
      }
      crashCount = decision.crashCount;
      options.tell({ type: "part-ended", part: spec.name, restartInMs: decision.delayMs, ...exit });
      await options.clock.sleepMs(decision.delayMs, options.signal);
    }
  };

  const kept = keep();
  const stop = async () => {
    await living?.stop();
    await kept;
    options.tell({ type: "part-stopped", part: spec.name });
  };
  return { firstReady: firstReady.promise, failed: failed.promise, stop };
}

/** Null when ready, else why not. A part that ended before it was ready has no better reason. */
async function waitUntilReady(part: PartProcess): Promise<string | null> {
  try {
    await part.ready;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
