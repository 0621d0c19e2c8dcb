// What of a loop may go. Pure.
//
//   K1. Only of a loop that is over, and of which no run and no program lives: an agent that is still there
//       would work on in a folder that is gone.
//   K2. Journal, attempts and PRD stay: they say what was done with a person's money.
//   K3. What can't be known counts as living.

import type { LoopActivity } from "./loop-programs.ts";

export interface CleanFacts {
  readonly loopId: string;
  /** Null where nothing has begun: a preflight that never ended may have left its claim. */
  readonly hasEnded: boolean | null;
  readonly activity: LoopActivity;
  /** Folders of the loop that are there. */
  readonly folders: readonly string[];
  /** The project that it still holds. */
  readonly heldProject: string | null;
}

export type CleanDecision =
  | {
      readonly kind: "clean";
      readonly folders: readonly string[];
      readonly heldProject: string | null;
    }
  | { readonly kind: "nothing" }
  | { readonly kind: "keep"; readonly reason: string; readonly fix: string };

export function decideClean(facts: CleanFacts): CleanDecision {
  const { loopId, hasEnded, folders, heldProject, activity } = facts;
  if (hasEnded === false) {
    return keep("it is not over", `End it first: \`igs loop cancel ${loopId}\`.`);
  }
  if (folders.length === 0 && heldProject === null) return { kind: "nothing" };
  const { runs, programs, strays } = activity;
  if (runs === null || programs === null) {
    const who = runs === null ? "engine" : "worker";
    return keep(
      `whether something of it lives can't be told: no ${who} answers`,
      "Run `igs status` to see what is wrong, then try again.",
    );
  }
  if (runs.length > 0) {
    const ids = runs.map(({ id, function: fn }) => `${fn.id} ${id}`).join(", ");
    return keep(`runs of it go on: ${ids}`, "Wait for them, or cancel them: `igs cancel ID`.");
  }
  const living = [...programs, ...strays];
  if (living.length > 0) {
    const keys = living.map(({ key }) => key).join(", ");
    const whose = programs.length > 0 ? "programs of it live" : "an agent lives that may be its";
    return keep(`${whose}: ${keys}`, "Wait until they have ended; `igs status` shows them.");
  }
  return { kind: "clean", folders, heldProject };
}

function keep(reason: string, fix: string): CleanDecision {
  return { kind: "keep", reason, fix };
}
