import type { ProgramLife } from "./program-life.ts";

export interface CareLimits {
  /** How long a program stays whose result was read. */
  readonly retainMs: number;
  /** How long one stays whose result nobody ever asked for: its engine may be down for long. */
  readonly uncollectedMaxMs: number;
  /** How long a folder stays in which no supervisor ever began. */
  readonly requestedMaxMs: number;
}

export interface CareInput {
  readonly life: ProgramLife;
  /** Since its end; without one, since it was requested. */
  readonly ageMs: number;
  readonly isRunStopped: boolean;
  /** The first look after this worker started. */
  readonly isFirstLook: boolean;
}

export type Care = "nothing" | "feel-pulse" | "bury" | "announce" | "collect" | "retire";

/** What a worker owes to a program that it finds on disk. */
export function decideCare(input: CareInput, limits: CareLimits): Care {
  const { life, ageMs, isRunStopped, isFirstLook } = input;
  switch (life.state) {
    case "absent":
      return "nothing";
    case "requested":
      return ageMs > limits.requestedMaxMs ? "retire" : "nothing";
    case "waiting":
    case "running":
      return "feel-pulse";
    case "orphaned":
      return "bury";
    case "ended":
      if (life.isCollected) return ageMs > limits.retainMs ? "retire" : "nothing";
      if (isRunStopped) return "collect";
      if (ageMs > limits.uncollectedMaxMs) return "retire";
      // A living supervisor announces the end itself, but its gaps may have grown while we were away.
      return life.isSupervisorAlive && !isFirstLook ? "nothing" : "announce";
  }
}
