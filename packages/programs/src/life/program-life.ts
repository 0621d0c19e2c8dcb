// What state a program is in, from the facts in its folder.
//
//   absent ─ requested ─ waiting ─ running ─ ended ─ (collected)
//                           └─ orphaned ┘ └────┘
//
// Invariants:
//   L1. At most one supervisor ever has the claim of a key, so at most one program lives for it.
//   L2. A program's identity is on disk before its first instruction: no claim without a launch
//       record hides a living program.
//   L3. `ended` is written when nothing of the program lives any more; it frees the slot.
//   L4. Whoever finds a claim whose supervisor is dead, and no end, may bury the program: kill what
//       is left of it, then write the end. Two may do so at once; the first to write wins.

import type { ClaimRecord, EndedRecord, LaunchRecord } from "../folder/records.ts";

export interface ProgramFacts {
  readonly claim: ClaimRecord | null;
  /** The supervisor's very process lives, in this boot. */
  readonly isSupervisorAlive: boolean;
  readonly launch: LaunchRecord | null;
  readonly ended: EndedRecord | null;
  readonly isCollected: boolean;
}

export type ProgramLife =
  | { readonly state: "absent" }
  | { readonly state: "requested" }
  | { readonly state: "waiting" }
  | { readonly state: "running"; readonly launch: LaunchRecord }
  | { readonly state: "orphaned" }
  | {
      readonly state: "ended";
      readonly ended: EndedRecord;
      readonly isCollected: boolean;
      readonly isSupervisorAlive: boolean;
    };

/** `facts` is null when there is no folder. */
export function decideLife(facts: ProgramFacts | null): ProgramLife {
  if (facts === null) return { state: "absent" };
  const { claim, isSupervisorAlive, launch, ended, isCollected } = facts;
  if (ended !== null) return { state: "ended", ended, isCollected, isSupervisorAlive };
  if (claim === null) return { state: "requested" };
  if (!isSupervisorAlive) return { state: "orphaned" };
  return launch === null ? { state: "waiting" } : { state: "running", launch };
}
