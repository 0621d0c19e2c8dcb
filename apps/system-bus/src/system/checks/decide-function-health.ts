// Which functions are not well. Pure.
//
//   F1. A function with a schedule is well when it has completed a run since the last but one of the times
//       at which it was due: within twice its period, however uneven the period is.
//   F2. Only times count at which the bus was on and knew the function as it is now: not those before it
//       was installed, while it was paused, or in the night.
//   F3. A function only fails when its last three runs have failed; the oldest of them not longer than a day ago,
//       unless it stands already. One completed run makes it well.
//   F4. A function that is gone is no alarm. Nor is a check that fails: it tells so itself.

import { BUS_APP_ID } from "@system-bus/events";
import type { Finding } from "../alerts/decide-alerts.ts";
import { selfTellingChecks } from "../alerts/self-telling.ts";
import { extendAwake, type Span } from "./awake-spans.ts";
import { findMissedTimes } from "./missed-times.ts";

/** Of one function, as the engine tells it. */
export interface FunctionSeen {
  readonly appId: string;
  readonly id: string;
  readonly crons: readonly string[];
  readonly isPaused: boolean;
  /** Why the engine never starts it. */
  readonly problem: string | null;
  /** The end of its last completed run; null where none is known, or none was asked for. */
  readonly completedAtMs: number | null;
  /** Its last ended runs, newest first, where it fails at all. */
  readonly lastRuns: readonly { readonly isFailed: boolean; readonly endedAtMs: number }[];
}

/** What is remembered of a function with a schedule. */
export interface FunctionMemory {
  readonly crons: string;
  /** Due times count from here on (F2). */
  readonly countFromMs: number;
  readonly completedAtMs: number | null;
}

export interface HealthMemory {
  readonly awake: readonly Span[];
  readonly functions: Readonly<Record<string, FunctionMemory>>;
}

export const NO_MEMORY: HealthMemory = { awake: [], functions: {} };

export interface HealthQuestion {
  readonly seen: readonly FunctionSeen[];
  readonly memory: HealthMemory;
  readonly nowMs: number;
  readonly standing: (alert: string) => boolean;
}

export interface HealthDecision {
  readonly findings: readonly Finding[];
  readonly memory: HealthMemory;
}

const MISSED_MAX = 2;
/** A run that was due may still be on its way: with a jitter it starts up to five minutes late. */
const LATE_MS = 6 * 60_000;
export const FAILED_RUNS = 3;
export const FAILED_WITHIN_MS = 24 * 3_600_000;

export const FUNCTION_HEALTH = "function-health";

export function decideFunctionHealth(question: HealthQuestion): HealthDecision {
  const { seen, memory, nowMs, standing } = question;
  const awake = extendAwake(memory.awake, nowMs);
  const functions: Record<string, FunctionMemory> = {};
  const findings: Finding[] = [];
  for (const fn of seen) {
    const known = remember(fn, memory.functions[nameOf(fn)], nowMs);
    if (fn.crons.length > 0) functions[nameOf(fn)] = known;
    findings.push(
      ...unstartable(fn),
      ...missed(fn, { known, awake, nowMs }),
      ...failing(fn, { nowMs, isStanding: standing(alertOf(fn, "fails")) }),
    );
  }
  return { findings, memory: { awake, functions } };
}

export function alertOf(fn: Pick<FunctionSeen, "appId" | "id">, what: string): string {
  return `${FUNCTION_HEALTH}/${nameOf(fn)}/${what}`;
}

function nameOf({ appId, id }: Pick<FunctionSeen, "appId" | "id">): string {
  return `${appId}/${id}`;
}

function remember(
  fn: FunctionSeen,
  before: FunctionMemory | undefined,
  nowMs: number,
): FunctionMemory {
  const crons = fn.crons.join("\n");
  const isKnown = before !== undefined && before.crons === crons && !fn.isPaused;
  const completed = [fn.completedAtMs, before?.completedAtMs ?? null].filter((ms) => ms !== null);
  return {
    crons,
    countFromMs: isKnown ? Math.min(before.countFromMs, nowMs) : nowMs,
    completedAtMs: completed.length === 0 ? null : Math.max(...completed),
  };
}

function unstartable(fn: FunctionSeen): Finding[] {
  if (fn.problem === null) return [];
  return [
    {
      alert: alertOf(fn, "unstartable"),
      title: `${fn.id} of ${fn.appId} is never started`,
      detail: `The engine says why: ${fn.problem}`,
      wellAgain: `Over: ${fn.id} of ${fn.appId} was never started`,
    },
  ];
}

interface ScheduleView {
  readonly known: FunctionMemory;
  readonly awake: readonly Span[];
  readonly nowMs: number;
}

function missed(fn: FunctionSeen, { known, awake, nowMs }: ScheduleView): Finding[] {
  if (fn.crons.length === 0 || fn.isPaused || fn.problem !== null) return [];
  const times = findMissedTimes({
    crons: fn.crons,
    afterMs: Math.max(known.countFromMs, known.completedAtMs ?? 0),
    untilMs: nowMs - LATE_MS,
    awake,
    countMax: MISSED_MAX,
  });
  if (times.length < MISSED_MAX) return [];
  const { completedAtMs } = known;
  const last =
    completedAtMs === null
      ? "No completed run is known"
      : `Its last completed run was at ${new Date(completedAtMs).toISOString()}`;
  return [
    {
      alert: alertOf(fn, "missed"),
      title: `${fn.id} of ${fn.appId} has not completed a run within twice its period`,
      detail: `${last}; its schedule is ${fn.crons.join(", ")}. \`igs runs --function ${fn.id}\` shows what became of its runs.`,
      wellAgain: `Over: ${fn.id} of ${fn.appId} had missed its schedule`,
    },
  ];
}

function failing(
  fn: FunctionSeen,
  { nowMs, isStanding }: { readonly nowMs: number; readonly isStanding: boolean },
): Finding[] {
  if (fn.appId === BUS_APP_ID && selfTellingChecks.includes(fn.id)) return [];
  const last = fn.lastRuns.slice(0, FAILED_RUNS);
  const [newest] = last;
  const oldest = last.at(-1);
  if (!newest || !oldest || last.some(({ isFailed }) => !isFailed)) return [];
  const isRecent = last.length === FAILED_RUNS && nowMs - oldest.endedAtMs <= FAILED_WITHIN_MS;
  if (!isRecent && !isStanding) return [];
  return [
    {
      alert: alertOf(fn, "fails"),
      title: `${fn.id} of ${fn.appId} only fails`,
      detail: `Its last ${FAILED_RUNS} runs have failed: \`igs runs --function ${fn.id} --status failed\` lists them.`,
      wellAgain: `Over: ${fn.id} of ${fn.appId} only failed`,
    },
  ];
}
