// What has to come of each function, as a plain table: what `functions.ts` does, without an engine.

import { digestOfLarge } from "./functions.ts";
import type { KillEventData } from "./witness.ts";

export interface FunctionModel {
  /** Each is stored once in a completed run. */
  readonly steps: readonly string[];
  readonly endings: readonly ("COMPLETED" | "FAILED" | "CANCELLED" | "SKIPPED")[];
  /** Null: what it returns hangs together with other runs, and has a check of its own. */
  readonly value: ((data: KillEventData) => unknown) | null;
  /** Tries that fail before a step succeeds or gives up. */
  readonly failedAttempts?: number;
}

const COMPLETED = ["COMPLETED"] as const;
const SCHEDULE: FunctionModel = { steps: ["tick"], endings: COMPLETED, value: () => null };
const NOTE: FunctionModel = { steps: ["note"], endings: COMPLETED, value: ({ n }) => n };
const SLEEPER: FunctionModel = {
  steps: ["before", "nap", "after"],
  endings: COMPLETED,
  value: ({ n }) => n * 2,
};

const FUNCTIONS: Readonly<Record<string, FunctionModel>> = {
  sequence: {
    steps: ["one", "two", "three", "four", "five"],
    endings: COMPLETED,
    value: ({ n }) => n * 5,
  },
  audit: NOTE,
  parallel: {
    steps: ["left", "left again", "middle", "right", "join"],
    endings: COMPLETED,
    value: ({ n }) => n * 3,
  },
  sleeper: SLEEPER,
  waiter: { steps: ["before", "told", "after"], endings: COMPLETED, value: ({ n }) => n },
  parent: { steps: ["before", "call", "after"], endings: COMPLETED, value: ({ n }) => n * 2 + 1 },
  child: { steps: ["first", "second"], endings: COMPLETED, value: ({ n }) => n * 2 },
  sender: { steps: ["send", "after"], endings: COMPLETED, value: ({ n }) => n },
  started: NOTE,
  flaky: {
    steps: ["fragile", "after"],
    endings: COMPLETED,
    value: ({ n }) => n,
    failedAttempts: 1,
  },
  failing: { steps: ["broken"], endings: ["FAILED"], value: null, failedAttempts: 1 },
  mourner: { steps: ["mourn"], endings: COMPLETED, value: () => null },
  large: {
    steps: ["first", "second", "third", "digest"],
    endings: COMPLETED,
    value: ({ n, sizeBytes = 0 }) => digestOfLarge(n, sizeBytes),
  },
  debounced: NOTE,
  batched: { steps: ["collect"], endings: COMPLETED, value: null },
  throttled: NOTE,
  skipping: { ...SLEEPER, endings: ["COMPLETED", "SKIPPED"] },
  replacing: { ...SLEEPER, endings: ["COMPLETED", "CANCELLED"] },
  cancellable: { ...SLEEPER, endings: ["COMPLETED", "CANCELLED"] },
};

/** Throws for a function that the campaign doesn't have. */
export function modelOf(functionId: string): FunctionModel {
  const model = functionId.startsWith("schedule-") ? SCHEDULE : FUNCTIONS[functionId];
  if (!model) throw new RangeError(`there is no model of "${functionId}"`);
  return model;
}

export const MODELLED_IDS: readonly string[] = Object.keys(FUNCTIONS);

/** The functions that have one run for each of these events. What others do has checks of its own. */
export const OWED: Readonly<Record<string, readonly string[]>> = {
  "kills/sequence": ["sequence", "audit"],
  "kills/parallel": ["parallel"],
  "kills/sleeper": ["sleeper"],
  "kills/waiter": ["waiter"],
  "kills/parent": ["parent"],
  "kills/sender": ["sender"],
  "kills/flaky": ["flaky"],
  "kills/failing": ["failing"],
  "kills/large": ["large"],
  "kills/throttled": ["throttled"],
  "kills/skipping": ["skipping"],
  "kills/replacing": ["replacing"],
  "kills/cancellable": ["cancellable"],
  "inngest/function.failed": ["mourner"],
};
