import type { Random } from "../world/random.ts";
import { createPlan } from "./create-plan.ts";
import type {
  ConcurrencySpec,
  FunctionOptions,
  FunctionSpec,
  TriggerSpec,
} from "./function-spec.ts";

export const APP_NAME = "sim";
export const WAKE_EVENTS = ["sim/wake.a", "sim/wake.b"] as const;
/** Heard by whoever has the wildcard `wild/*`. */
export const WILD_EVENT = "wild/any";
/** What is invoked under this id does not exist. */
export const NOBODY_ID = "nobody";
const FAILED_EVENT = "inngest/function.failed";
const FINISHED_EVENT = "inngest/function.finished";
const HOUR_S = 3_600;

const FUNCTIONS_MAX = 5;
const VERSIONS = 3;
/** The version without schedules, so that a world can come to rest. */
export const QUIET_VERSION = VERSIONS;

export function goEvent(index: number): string {
  return `sim/go.${index}`;
}

/** All functions of a world, each in a few versions that differ in their options. */
export function createFunctions(random: Random): FunctionSpec[] {
  const count = random.between(2, FUNCTIONS_MAX);
  const hasCrons = random.chance(0.3);
  const hasBigOutputs = random.chance(0.01);
  const specs: FunctionSpec[] = [];
  // From the last to the first: each knows the ones that it may start.
  for (let index = count - 1; index >= 0; index -= 1) {
    const isLast = index === count - 1;
    const attemptsMax = random.between(1, 5);
    const versions = createVersions(random, { index, isLast, hasCrons });
    const later = specs.map(({ id }) => id);
    const plan = createPlan(
      random,
      {
        attemptsMax,
        sendableNames: [...specs.map((spec) => goEvent(spec.index)), ...WAKE_EVENTS],
        waitNames: WAKE_EVENTS,
        invocableIds: random.chance(0.2) ? [...later, NOBODY_ID] : later,
        hasBigOutputs,
      },
      `f${index}`,
    );
    const id = `f${index}`;
    specs.push({
      index,
      id,
      slug: `${APP_NAME}-${id}`,
      plan,
      attemptsMax,
      requestVersion: random.chance(0.75) ? 2 : 1,
      checkpointing: random.chance(0.6)
        ? {
            bufferedSteps: random.chance(0.7) ? 1 : random.between(2, 4),
            maxRuntimeMs: random.chance(0.7) ? 10_000 : random.spread(5, 1_000),
          }
        : null,
      versions,
    });
  }
  return specs.reverse();
}

interface Place {
  readonly index: number;
  readonly isLast: boolean;
  readonly hasCrons: boolean;
}

/** Functions without any flow control are the most common and the hot path: they get their share. */
function createVersions(random: Random, place: Place): FunctionOptions[] {
  const triggers = createTriggers(random, place);
  const first = createOptions(random, triggers, 0);
  const versions = [first];
  for (let version = 1; version < VERSIONS; version += 1) {
    versions.push(createOptions(random, triggers, version));
  }
  const quietTriggers = triggers.filter(({ kind }) => kind !== "cron");
  versions.push({ ...first, version: VERSIONS, triggers: quietTriggers });
  return versions;
}

function createTriggers(random: Random, { index, isLast, hasCrons }: Place): TriggerSpec[] {
  const numberMin = random.chance(0.2) ? { numberMin: random.between(1, 5) } : {};
  const triggers: TriggerSpec[] = [{ kind: "event", name: goEvent(index), ...numberMin }];
  if (random.chance(0.25)) triggers.push({ kind: "event", name: "wild/*" });
  if (isLast && random.chance(0.3)) triggers.push({ kind: "event", name: FAILED_EVENT });
  if (isLast && random.chance(0.1)) triggers.push({ kind: "event", name: FINISHED_EVENT });
  if (hasCrons && random.chance(0.5)) {
    const jitter = random.chance(0.3) ? { jitterSeconds: random.between(1, 120) } : {};
    triggers.push({ kind: "cron", everyMinutes: random.pick([15, 30]), ...jitter });
  }
  return triggers;
}

function createOptions(
  random: Random,
  triggers: readonly TriggerSpec[],
  version: number,
): FunctionOptions {
  const isKeyed = () => random.chance(0.5);
  const rate = () => ({
    limit: random.between(1, 12),
    periodSeconds: random.spread(5, 2 * HOUR_S),
    isKeyed: isKeyed(),
  });
  const isBatch = random.chance(0.1);
  return {
    version,
    triggers,
    concurrency: createConcurrency(random),
    hasIdempotency: random.chance(0.05),
    hasPriority: !isBatch && random.chance(0.15),
    ...(random.chance(0.15) && { throttle: { ...rate(), burst: random.between(0, 3) } }),
    ...(random.chance(0.12) && { rateLimit: rate() }),
    ...(random.chance(0.15) && { timeouts: createTimeouts(random) }),
    ...(isBatch ? { batch: createBatch(random) } : createSingleEventOptions(random)),
  };
}

/** What a batch cannot be combined with. */
function createSingleEventOptions(random: Random): Partial<FunctionOptions> {
  return {
    ...(random.chance(0.15) && {
      singleton: {
        mode: random.pick(["skip", "cancel"] as const),
        isKeyed: random.chance(0.5),
      },
    }),
    ...(random.chance(0.2) && {
      cancelOn: {
        isMatched: random.chance(0.7),
        timeoutSeconds: random.chance(0.4) ? random.spread(10, HOUR_S) : null,
      },
    }),
    ...(random.chance(0.12) && {
      debounce: {
        periodSeconds: random.spread(1, HOUR_S),
        timeoutSeconds: random.chance(0.4) ? random.spread(1, HOUR_S) : null,
        isKeyed: random.chance(0.5),
      },
    }),
  };
}

function createBatch(random: Random): NonNullable<FunctionOptions["batch"]> {
  return {
    maxSize: random.between(2, 4),
    timeoutSeconds: random.spread(1, HOUR_S),
    isKeyed: random.chance(0.5),
    ...(random.chance(0.3) && { numberMin: random.between(1, 5) }),
  };
}

function createConcurrency(random: Random): ConcurrencySpec[] {
  if (random.chance(0.5)) return [];
  const own: ConcurrencySpec = {
    limit: random.between(1, 4),
    scope: "fn",
    isKeyed: random.chance(0.4),
  };
  if (random.chance(0.6)) return [own];
  const scope = random.pick(["env", "account"] as const);
  const shared: ConcurrencySpec = { limit: random.between(1, 4), scope, isKeyed: true };
  return random.chance(0.7) ? [own, shared] : [shared];
}

function createTimeouts(random: Random): NonNullable<FunctionOptions["timeouts"]> {
  const start = { startSeconds: random.spread(1, HOUR_S) };
  const finish = { finishSeconds: random.spread(10, 4 * HOUR_S) };
  const draw = random.next();
  if (draw < 0.35) return start;
  return draw < 0.7 ? finish : { ...start, ...finish };
}
