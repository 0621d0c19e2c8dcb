import { decideEntry, type LoadedLoop, LoopsError, loadLoop } from "@system-bus/loops";
import type { LoopDeps } from "./loop-deps.ts";

export interface RoleEntry {
  readonly role: "implement" | "review" | "judge" | "complete" | "retro";
  readonly loopId: string;
  readonly generation: number;
  readonly storyId?: string;
  readonly attempt?: number;
}

export type Entered =
  | { readonly kind: "go"; readonly loop: LoadedLoop }
  /** What this role would do stands in the record: only its event may not have been sent. */
  | { readonly kind: "done"; readonly loop: LoadedLoop }
  | { readonly kind: "left"; readonly reason: string };

/** Reads the loop's record anew and asks whether this role has anything to do: each role's first act. */
export async function enterRole(deps: LoopDeps, entry: RoleEntry): Promise<Entered> {
  const loop = await getLoop(deps, entry.loopId);
  const decided = decideEntry(loop.state, entry);
  switch (decided.kind) {
    case "go":
    case "done":
      return { kind: decided.kind, loop };
    case "stale":
      return { kind: "left", reason: decided.reason };
    case "cancelled":
    case "paused":
      return { kind: "left", reason: `the loop is ${decided.kind}` };
  }
}

export async function getLoop(deps: LoopDeps, loopId: string): Promise<LoadedLoop> {
  const loop = await loadLoop(deps.loopsFolder, loopId, deps.nowMs());
  if (loop !== null) return loop;
  throw new LoopsError(
    "LOOP_UNKNOWN",
    `No loop ${loopId} is known here: \`igs loop list\` shows those that are`,
  );
}
