// Functions made by chance: a plan says what a run does, the real SDK carries it out, and a plain model
// says what has to come out, whatever happens on the way.

import { type Context, type Inngest, type InngestFunction, referenceFunction } from "inngest";

export type Action =
  /** Fails so often, then succeeds; takes so many turns of the event loop each time. */
  | {
      readonly kind: "run";
      readonly id: string;
      readonly failureCount: number;
      readonly turns: number;
    }
  /** Never succeeds; the function catches it after the last attempt. */
  | { readonly kind: "broken"; readonly id: string }
  | { readonly kind: "sleep"; readonly id: string; readonly seconds: number }
  /** Waits for an event with its id, which is sent again and again, or never. */
  | { readonly kind: "wait"; readonly id: string; readonly isSent: boolean }
  | { readonly kind: "invoke"; readonly id: string; readonly plan: Plan }
  | { readonly kind: "parallel"; readonly branches: readonly Plan[] };

export type Plan = readonly Action[];

export const RETRIES = 2;
export const WAKE_EVENT = "random/wake";
export const GO_EVENT = "random/go";

const DEPTH_MAX = 3;
const UNSENT_TIMEOUT = "45s";
const SENT_TIMEOUT = "360d";

/** Draws numbers from 0 up to 1; the same seed gives the same numbers. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `path` makes the ids of all steps of a test different, also of those in invoked runs. */
export function createPlan(random: () => number, path: string, depth = 0): Plan {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, (_, index) =>
    createAction(random, `${path}.${index}`, depth),
  );
}

function createAction(random: () => number, id: string, depth: number): Action {
  const draw = random();
  const turns = Math.floor(random() ** 2 * 40);
  if (draw < 0.4) return { kind: "run", id, turns, failureCount: Math.floor(random() ** 2 * 3) };
  if (draw < 0.45) return { kind: "broken", id };
  if (draw < 0.6) return { kind: "sleep", id, seconds: 1 + Math.floor(random() * 100) };
  if (draw < 0.75) return { kind: "wait", id, isSent: random() < 0.7 };
  if (depth === DEPTH_MAX) return { kind: "run", id, turns, failureCount: 0 };
  if (draw < 0.85) return { kind: "invoke", id, plan: createPlan(random, id, depth + 1) };
  const branchCount = 2 + Math.floor(random() * 2);
  const branches = Array.from({ length: branchCount }, (_, index) =>
    createPlan(random, `${id}/${index}`, depth + 1),
  );
  return { kind: "parallel", branches };
}

/** What the plan's run returns, when all goes as the engine promises. */
export function expectedResult(plan: Plan): unknown[] {
  return plan.map(expectedValue);
}

function expectedValue(action: Action): unknown {
  switch (action.kind) {
    case "run":
      return `${action.id} done`;
    case "broken":
      return `${action.id} caught`;
    case "sleep":
      return `${action.id} slept`;
    case "wait":
      return action.isSent ? `${action.id} woken` : `${action.id} timed out`;
    case "invoke":
      return expectedResult(action.plan);
    case "parallel":
      return action.branches.map(expectedResult);
  }
}

/** The ids of the waits that somebody has to end. */
export function sentWaits(plan: Plan): string[] {
  return plan.flatMap((action) => {
    if (action.kind === "wait") return action.isSent ? [action.id] : [];
    if (action.kind === "invoke") return sentWaits(action.plan);
    if (action.kind === "parallel") return action.branches.flatMap(sentWaits);
    return [];
  });
}

/**
 * What happened in the app, outside all that is durable. Each time that a step succeeds it returns a new
 * number and the numbers that the function had from the steps before it, so that one can see afterwards
 * which of its results was used.
 */
export class Witness {
  readonly tries = new Map<string, number>();
  readonly successes = new Map<string, number>();
  #nextNumber = 1;

  try(id: string, failureCount: number): number {
    const tryCount = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tryCount);
    if (tryCount <= failureCount) throw new Error(`${id} fails, try ${tryCount}`);
    this.successes.set(id, (this.successes.get(id) ?? 0) + 1);
    return this.#nextNumber++;
  }
}

export interface StepValue {
  readonly id: string;
  readonly number: number;
  readonly seen: readonly number[];
}

/** One function for all plans: the plan comes with the event, and an invoked run has its part of it. */
export function createRandomFunction(
  inngest: Inngest,
  witness: Witness,
  options: { readonly concurrency: number },
): InngestFunction.Any {
  return inngest.createFunction(
    {
      id: "random",
      retries: RETRIES,
      concurrency: { limit: options.concurrency },
      triggers: [{ event: GO_EVENT }],
    },
    async ({ event, step }) => {
      // The driver and `invoke` below put it there.
      const { plan } = event.data as { plan: Plan };
      return carryOut(plan, { step, witness, seen: [] });
    },
  );
}

interface Scene {
  readonly step: Context.Any["step"];
  readonly witness: Witness;
  /** Numbers of the steps before, as the function has them. */
  readonly seen: readonly number[];
}

async function carryOut(plan: Plan, scene: Scene): Promise<unknown[]> {
  const results: unknown[] = [];
  const seen = [...scene.seen];
  for (const action of plan) {
    if (action.kind !== "run") results.push(await carryOutOther(action, { ...scene, seen }));
    else {
      const value: StepValue = await scene.step.run(action.id, async () => {
        for (let turn = 0; turn < action.turns; turn += 1) await new Promise(setImmediate);
        const number = scene.witness.try(action.id, action.failureCount);
        return { id: action.id, number, seen: [...seen] };
      });
      seen.push(value.number);
      results.push(`${value.id} done`);
    }
  }
  return results;
}

async function carryOutOther(
  action: Exclude<Action, { kind: "run" }>,
  scene: Scene,
): Promise<unknown> {
  const { step, witness } = scene;
  switch (action.kind) {
    case "broken":
      return step
        .run(action.id, () => witness.try(action.id, Number.POSITIVE_INFINITY))
        .catch(() => `${action.id} caught`);
    case "sleep":
      await step.sleep(action.id, action.seconds * 1_000);
      return `${action.id} slept`;
    case "wait": {
      const woken = await step.waitForEvent(action.id, {
        event: WAKE_EVENT,
        timeout: action.isSent ? SENT_TIMEOUT : UNSENT_TIMEOUT,
        if: `async.data.id == "${action.id}"`,
      });
      return woken ? `${woken.data["id"]} woken` : `${action.id} timed out`;
    }
    case "invoke":
      return step.invoke(action.id, {
        function: referenceFunction({ appId: "app", functionId: "random" }),
        data: { plan: action.plan },
      });
    case "parallel":
      return Promise.all(action.branches.map((branch) => carryOut(branch, scene)));
  }
}
