import type { Random } from "../world/random.ts";
import { type Action, type Failing, type Plan, stepsOf, type WaitMatchKind } from "./plan.ts";

export interface PlanContext {
  readonly attemptsMax: number;
  /** Events that this function may send without starting itself again. */
  readonly sendableNames: readonly string[];
  readonly waitNames: readonly string[];
  /** Functions that it may invoke without coming back to itself; one name that nobody has among them. */
  readonly invocableIds: readonly string[];
  readonly hasBigOutputs: boolean;
}

const DEPTH_MAX = 2;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
/** Past what a call may carry: the SDK is told to fetch the state. */
const BIG_BYTES = 2_200_000;

/** `path` makes the ids of all steps of a function different. */
export function createPlan(random: Random, context: PlanContext, path: string, depth = 0): Plan {
  const count = depth === 0 ? random.between(1, 4) : random.between(1, 2);
  return Array.from({ length: count }, (_, index) =>
    createAction(random, context, `${path}.${index}`, depth),
  );
}

function createAction(random: Random, context: PlanContext, id: string, depth: number): Action {
  const kind = random.pickWeighted({
    run: 9,
    send: depth === 0 && context.sendableNames.length > 0 ? 1 : 0,
    sleep: 2,
    wait: 2.5,
    signal: 1,
    invoke: context.invocableIds.length > 0 ? 1.5 : 0,
    parallel: depth < DEPTH_MAX ? 2.5 : 0,
    throw: depth === 0 ? 0.7 : 0,
  });
  switch (kind) {
    case "run":
      return createRun(random, context, id);
    case "send": {
      const eventNames = random.chance(0.3)
        ? [random.pick(context.sendableNames), random.pick(context.sendableNames)]
        : [random.pick(context.sendableNames)];
      return { kind, id, eventNames };
    }
    case "sleep":
      return { kind, id, seconds: random.spread(1, 2 * HOUR_S) };
    case "wait":
      return {
        kind,
        id,
        eventName: random.pick(context.waitNames),
        match: random.pick<WaitMatchKind>(["any", "key", "key", "large"]),
        timeoutSeconds: random.spread(5, 3 * HOUR_S),
      };
    case "signal":
      return {
        kind,
        id,
        replaces: random.chance(0.5),
        timeoutSeconds: random.spread(5, 3 * HOUR_S),
      };
    case "invoke":
      return {
        kind,
        id,
        functionId: random.pick(context.invocableIds),
        timeoutSeconds: random.chance(0.4) ? random.spread(2, HOUR_S) : null,
        isCaught: random.chance(0.7),
      };
    case "parallel":
      return createParallel(random, context, id, depth);
    case "throw":
      return { kind, id, ...createFailures(random, context.attemptsMax, 0.15) };
  }
}

function createParallel(random: Random, context: PlanContext, id: string, depth: number): Action {
  const branches = Array.from({ length: random.between(2, 3) }, (_, index) =>
    createPlan(random, context, `${id}/${index}`, depth + 1),
  );
  return { kind: "parallel", mode: random.chance(0.35) ? "race" : "all", branches };
}

function createRun(random: Random, context: PlanContext, id: string): Action {
  return {
    kind: "run",
    id,
    ...createFailures(random, context.attemptsMax, 0.25),
    isCaught: random.chance(0.6),
    durationMs: random.chance(0.85)
      ? random.between(0, 30)
      : random.spread(100, 20 * MINUTE_S * 1_000),
    padBytes: createPadding(random, context),
  };
}

function createPadding(random: Random, { hasBigOutputs }: PlanContext): number {
  if (hasBigOutputs && random.chance(0.4)) return BIG_BYTES;
  return random.chance(0.1) ? random.spread(100, 20_000) : 0;
}

function createFailures(
  random: Random,
  attemptsMax: number,
  forGood: number,
): { readonly failures: number; readonly failing: Failing } {
  if (random.chance(0.7)) return { failures: 0, failing: { kind: "plain" } };
  const isForGood = random.chance(forGood);
  if (isForGood && random.chance(0.5)) return { failures: 1, failing: { kind: "no-retry" } };
  const failures = isForGood ? attemptsMax : Math.min(random.between(1, 3), attemptsMax - 1);
  const failing: Failing = random.chance(0.3)
    ? { kind: "retry-after", seconds: random.spread(1, HOUR_S) }
    : { kind: "plain" };
  return { failures, failing };
}

export function hasBigOutputs(plan: Plan): boolean {
  return stepsOf(plan).some((action) => action.kind === "run" && action.padBytes >= BIG_BYTES);
}
