// A function of a simulated app: what it does, and the flow control that it asks for. Options that change at
// a sync are in `FunctionOptions`; what a run does never changes.

import type { Checkpointing } from "../app/sdk.ts";
import type { EventData, Plan } from "./plan.ts";

export interface FunctionSpec {
  /** Place among the functions: it only starts later ones, so that nothing starts itself. */
  readonly index: number;
  readonly id: string;
  readonly slug: string;
  readonly plan: Plan;
  readonly attemptsMax: number;
  readonly requestVersion: 1 | 2;
  readonly checkpointing: Checkpointing | null;
  /** By version; a sync may register any. */
  readonly versions: readonly FunctionOptions[];
}

export interface FunctionOptions {
  readonly version: number;
  readonly triggers: readonly TriggerSpec[];
  readonly concurrency: readonly ConcurrencySpec[];
  readonly throttle?: RateSpec & { readonly burst: number };
  readonly rateLimit?: RateSpec;
  /** One run for each number in 24 hours. */
  readonly hasIdempotency: boolean;
  readonly singleton?: { readonly mode: "skip" | "cancel"; readonly isKeyed: boolean };
  readonly hasPriority: boolean;
  readonly cancelOn?: { readonly isMatched: boolean; readonly timeoutSeconds: number | null };
  readonly debounce?: {
    readonly periodSeconds: number;
    readonly timeoutSeconds: number | null;
    readonly isKeyed: boolean;
  };
  /** Events with a smaller number than `numberMin` go alone. */
  readonly batch?: {
    readonly maxSize: number;
    readonly timeoutSeconds: number;
    readonly isKeyed: boolean;
    readonly numberMin?: number;
  };
  readonly timeouts?: { readonly startSeconds?: number; readonly finishSeconds?: number };
}

export type TriggerSpec =
  | { readonly kind: "event"; readonly name: string; readonly numberMin?: number }
  | { readonly kind: "cron"; readonly everyMinutes: number; readonly jitterSeconds?: number };

export interface ConcurrencySpec {
  readonly limit: number;
  readonly scope: "fn" | "env" | "account";
  readonly isKeyed: boolean;
}

export interface RateSpec {
  readonly limit: number;
  readonly periodSeconds: number;
  readonly isKeyed: boolean;
}

export const CANCEL_EVENT = "sim/cancel";
const KEY = "event.data.k";

/** The group of an event, or null for the engine's own events, which have none. */
export function keyOf(data: Readonly<Record<string, unknown>>): string | null {
  const { k } = data as Partial<EventData>;
  return k ?? null;
}

export function matchesTrigger(
  trigger: TriggerSpec,
  event: { readonly name: string; readonly data: Readonly<Record<string, unknown>> },
): boolean {
  if (trigger.kind === "cron") return false;
  const { name, numberMin } = trigger;
  const isNamed = name.endsWith("*")
    ? event.name.startsWith(name.slice(0, -1))
    : event.name === name;
  const { n } = event.data as Partial<EventData>;
  return isNamed && (numberMin === undefined || (n !== undefined && n >= numberMin));
}

/** As the SDK would register it: protocol notes, section 1.2. The name tells which version this is. */
export function wireConfig(spec: FunctionSpec, options: FunctionOptions, url: string): object {
  const { concurrency, throttle, rateLimit, singleton, cancelOn, timeouts } = options;
  const { debounce, batch } = options;
  const key = (isKeyed: boolean) => (isKeyed ? { key: KEY } : {});
  return {
    id: spec.slug,
    name: `${options.version}`,
    triggers: options.triggers.map(wireTrigger),
    steps: {
      step: {
        id: "step",
        name: "step",
        runtime: { type: "http", url: `${url}?fnId=${spec.slug}&stepId=step` },
        retries: { attempts: spec.attemptsMax - 1 },
      },
    },
    concurrency: concurrency.map(({ limit, scope, isKeyed }) => ({
      limit,
      scope,
      ...key(isKeyed),
    })),
    ...(throttle && {
      throttle: { ...wireRate(throttle), burst: throttle.burst, ...key(throttle.isKeyed) },
    }),
    ...(rateLimit && { rateLimit: { ...wireRate(rateLimit), ...key(rateLimit.isKeyed) } }),
    ...(options.hasIdempotency && { idempotency: "event.data.n" }),
    ...(singleton && { singleton: { mode: singleton.mode, ...key(singleton.isKeyed) } }),
    ...(debounce && {
      debounce: {
        period: `${debounce.periodSeconds}s`,
        ...(debounce.timeoutSeconds !== null && { timeout: `${debounce.timeoutSeconds}s` }),
        ...key(debounce.isKeyed),
      },
    }),
    ...(batch && {
      batchEvents: {
        maxSize: batch.maxSize,
        timeout: `${batch.timeoutSeconds}s`,
        ...key(batch.isKeyed),
        ...(batch.numberMin !== undefined && { if: `event.data.n >= ${batch.numberMin}` }),
      },
    }),
    ...(options.hasPriority && { priority: { run: "event.data.p" } }),
    ...(cancelOn && {
      cancel: [
        {
          event: CANCEL_EVENT,
          ...(cancelOn.isMatched && { if: `${KEY} == async.data.k` }),
          ...(cancelOn.timeoutSeconds !== null && { timeout: `${cancelOn.timeoutSeconds}s` }),
        },
      ],
    }),
    ...(timeouts && {
      timeouts: {
        ...(timeouts.startSeconds !== undefined && { start: `${timeouts.startSeconds}s` }),
        ...(timeouts.finishSeconds !== undefined && { finish: `${timeouts.finishSeconds}s` }),
      },
    }),
  };
}

function wireTrigger(trigger: TriggerSpec): object {
  if (trigger.kind === "cron") {
    const { everyMinutes, jitterSeconds } = trigger;
    const jitter = jitterSeconds === undefined ? {} : { jitter: `${jitterSeconds}s` };
    return { cron: `*/${everyMinutes} * * * *`, ...jitter };
  }
  const { name, numberMin } = trigger;
  if (numberMin === undefined) return { event: name };
  return { event: name, expression: `event.data.n >= ${numberMin}` };
}

function wireRate({ limit, periodSeconds }: RateSpec): object {
  return { limit, period: `${periodSeconds}s` };
}
