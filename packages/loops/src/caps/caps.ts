import type { Caps, PauseCause } from "../record/fact.ts";
import type { LoopState, Spent } from "../record/loop-state.ts";

/** What a person may say about caps: what they leave out stays as it is. */
export type GivenCaps = { readonly [Name in keyof Caps]?: Caps[Name] | undefined };

const DEFAULT_CAPS: Caps = {
  attemptsMax: 3,
  iterationsMax: 100,
  wallClockMaxMs: 12 * 3_600_000,
  tokensMax: null,
  costMaxUsd: 20,
  agentTimeMaxMs: 15 * 60_000,
};

/** `base`: what holds where nothing is given; when a loop is resumed, its caps until then. */
export function fillCaps(given: GivenCaps | undefined, base: Caps = DEFAULT_CAPS): Caps {
  return {
    attemptsMax: given?.attemptsMax ?? base.attemptsMax,
    iterationsMax: given?.iterationsMax ?? base.iterationsMax,
    wallClockMaxMs: given?.wallClockMaxMs ?? base.wallClockMaxMs,
    tokensMax: given?.tokensMax ?? base.tokensMax,
    costMaxUsd: given?.costMaxUsd ?? base.costMaxUsd,
    agentTimeMaxMs: given?.agentTimeMaxMs ?? base.agentTimeMaxMs,
  };
}

/** What the schema of `agent/loop.start` takes. */
const ITERATIONS_MAX = 10_000;

export interface ReachedCap {
  readonly cause: PauseCause;
  /** For a person, with what to do. */
  readonly reason: string;
}

/**
 * Asked before each run of an agent. The iterations count where a new one would be planned: one that is
 * under way may be finished. Attempts are no matter of the loop: a story that has used them up fails.
 */
export function findReachedCap(state: LoopState, spent: Spent): ReachedCap | null {
  const { caps, elapsedMs, iteration, stories } = state;
  const goOn = (option: string) => `\`igs loop resume ${state.loopId} ${option}\` goes on`;
  if (caps.costMaxUsd !== null && spent.costUsd >= caps.costMaxUsd) {
    const used = `${spent.costUsd.toFixed(2)} of ${caps.costMaxUsd} US dollars are spent`;
    const more = goOn(`--cost-max ${roundUp(caps.costMaxUsd * 2, 2)}`);
    return { cause: "cost", reason: `${used}: ${more}` };
  }
  const tokens = spent.inputTokens + spent.outputTokens;
  if (caps.tokensMax !== null && tokens >= caps.tokensMax) {
    const more = goOn(`--tokens-max ${caps.tokensMax * 2}`);
    return { cause: "tokens", reason: `${tokens} of ${caps.tokensMax} tokens are used: ${more}` };
  }
  if (elapsedMs >= caps.wallClockMaxMs) {
    const used = `${inHours(elapsedMs)} of ${inHours(caps.wallClockMaxMs)} hours are used`;
    const more = goOn(`--hours-max ${inHours(caps.wallClockMaxMs * 2)}`);
    return { cause: "time", reason: `${used}: ${more}` };
  }
  const isUnderWay = stories.some(({ status }) => status === "active");
  if (isUnderWay || iteration < caps.iterationsMax) return null;
  const used = `${iteration} of ${caps.iterationsMax} iterations are used`;
  const more =
    caps.iterationsMax < ITERATIONS_MAX
      ? goOn(`--iterations-max ${Math.min(caps.iterationsMax * 2, ITERATIONS_MAX)}`)
      : "no loop may have more; start another one for what is left";
  return { cause: "iterations", reason: `${used}: ${more}` };
}

/** What the next run of an agent may use up; null is no cap. Never below nothing. */
export function budgetLeft(
  caps: Caps,
  spent: Spent,
): { readonly tokensMax: number | null; readonly costMaxUsd: number | null } {
  const left = (max: number | null, used: number) =>
    max === null ? null : Math.max(0, max - used);
  return {
    tokensMax: left(caps.tokensMax, spent.inputTokens + spent.outputTokens),
    costMaxUsd: left(caps.costMaxUsd, spent.costUsd),
  };
}

function roundUp(amount: number, digits: number): number {
  return Math.ceil(amount * 10 ** digits) / 10 ** digits;
}

function inHours(ms: number): number {
  const hours = ms / 3_600_000;
  return roundUp(hours, hours < 0.1 ? 6 : 2);
}
