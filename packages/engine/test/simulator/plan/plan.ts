// What a function does, as a tree that three parties read: the fake SDK carries it out, the official SDK
// does for comparison, and the model says from it what has to come out.

/** What a failing attempt says about the next one. */
export type Failing =
  | { readonly kind: "plain" }
  | { readonly kind: "retry-after"; readonly seconds: number }
  | { readonly kind: "no-retry" };

export type Action =
  /** A step that fails on the first `failures` attempts and then succeeds. */
  | {
      readonly kind: "run";
      readonly id: string;
      readonly failures: number;
      readonly failing: Failing;
      /** The function goes on when the step has failed for good. */
      readonly isCaught: boolean;
      readonly durationMs: number;
      /** Size of what it returns, beside the little that the model looks at. */
      readonly padBytes: number;
    }
  /** A step that sends events: each execution sends them anew. */
  | { readonly kind: "send"; readonly id: string; readonly eventNames: readonly string[] }
  | { readonly kind: "sleep"; readonly id: string; readonly seconds: number }
  | {
      readonly kind: "wait";
      readonly id: string;
      readonly eventName: string;
      readonly match: WaitMatchKind;
      readonly timeoutSeconds: number;
    }
  /** Waits for the signal that has its own id as the name. */
  | {
      readonly kind: "signal";
      readonly id: string;
      /** Takes the place of another run that waits for it; else it fails then. */
      readonly replaces: boolean;
      readonly timeoutSeconds: number;
    }
  | {
      readonly kind: "invoke";
      readonly id: string;
      /** The function's id inside the app. */
      readonly functionId: string;
      readonly timeoutSeconds: number | null;
      readonly isCaught: boolean;
    }
  | { readonly kind: "parallel"; readonly mode: "all" | "race"; readonly branches: readonly Plan[] }
  /** The function itself fails, outside any step, on the first `failures` attempts of a call. */
  | {
      readonly kind: "throw";
      readonly id: string;
      readonly failures: number;
      readonly failing: Failing;
    };

export type Plan = readonly Action[];

export type StepAction = Exclude<Action, { kind: "parallel" | "throw" }>;

/** How a wait chooses its event: any, one with the run's key, or one whose number is large. */
export type WaitMatchKind = "any" | "key" | "large";

/** What every event of a simulation carries. */
export interface EventData {
  /** The group that keys of flow control are made from; events of the engine have none. */
  readonly k?: string;
  readonly n: number;
  /** Seconds of priority. */
  readonly p: number;
}

export const LARGE_MIN = 6;

export function waitExpression(match: WaitMatchKind): string | undefined {
  if (match === "any") return undefined;
  return match === "key" ? "event.data.k == async.data.k" : `async.data.n >= ${LARGE_MIN}`;
}

/** Steps of a plan, however deep, without those of the functions that it invokes. */
export function stepsOf(plan: Plan): StepAction[] {
  return plan.flatMap((action): StepAction[] => {
    if (action.kind === "parallel") return action.branches.flatMap(stepsOf);
    return action.kind === "throw" ? [] : [action];
  });
}

const hashes = new Map<string, string>();

/** How the SDK names a step on the wire. */
export function hashStepId(id: string): string {
  const known = hashes.get(id);
  if (known !== undefined) return known;
  const hash = new Bun.CryptoHasher("sha1").update(id).digest("hex");
  hashes.set(id, hash);
  return hash;
}
