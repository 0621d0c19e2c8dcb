import { join } from "node:path";
import { z } from "zod";
import { createStateFile } from "./state-file.ts";

/**
 * Knows when the last heartbeat came to its end. A schedule that does not fire runs nothing that could say
 * so; the worker's health check asks here.
 */
export interface BeatWatch {
  beat(): Promise<void>;
  look(): Promise<BeatHealth>;
}

export interface BeatHealth {
  /** Of the last one; null when none is known. */
  readonly lastAt: string | null;
  /** For how long this worker has heard none, the time not counted in which the machine slept. */
  readonly silentMs: number;
}

export interface BeatClock {
  nowMs(): number;
  /** Stands still while the machine sleeps. */
  steadyMs(): number;
}

const BeatSchema = z.object({ lastAt: z.iso.datetime().nullable() });

export function createBeatWatch(folder: string, clock: BeatClock): BeatWatch {
  const file = createStateFile(join(folder, "heartbeat.json"), {
    schema: BeatSchema,
    empty: { lastAt: null },
  });
  let heardAtMs = clock.steadyMs();
  return {
    async beat() {
      heardAtMs = clock.steadyMs();
      const lastAt = new Date(clock.nowMs()).toISOString();
      await file.update(() => ({ next: { lastAt }, answer: null }));
    },
    async look() {
      return { ...(await file.read()), silentMs: clock.steadyMs() - heardAtMs };
    },
  };
}
