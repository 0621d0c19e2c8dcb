import { LoopsError } from "../loops-error.ts";
import type { Prd } from "../prd/read-prd.ts";
import type { AttemptLine } from "./attempt-line.ts";
import { foldLoop } from "./fold-loop.ts";
import { type LoopPlaces, loopPlaces } from "./loop-places.ts";
import { type LoopRecord, openLoopRecord } from "./loop-record.ts";
import type { LoopState, Spent } from "./loop-state.ts";
import { sumSpent } from "./spent.ts";

export interface LoadedLoop {
  readonly places: LoopPlaces;
  readonly record: LoopRecord;
  readonly prd: Prd;
  readonly state: LoopState;
  readonly attempts: readonly AttemptLine[];
  readonly spent: Spent;
}

/**
 * Null when no such loop has begun.
 * @throws LoopsError `LOOP_UNKNOWN` when nothing can have this id, `RECORD_DAMAGED`
 */
export async function loadLoop(
  loopsFolder: string,
  loopId: string,
  nowMs: number,
): Promise<LoadedLoop | null> {
  const places = loopPlaces(loopsFolder, loopId);
  const record = openLoopRecord(places);
  const facts = await record.facts();
  if (!facts.some(({ kind }) => kind === "begun")) return null;
  const prd = await record.readPrd();
  if (prd === null) {
    throw new LoopsError("RECORD_DAMAGED", `${places.prd} is missing, and its loop has begun`);
  }
  const state = foldLoop(prd, facts, nowMs);
  if (state === null) return null;
  const attempts = await record.attempts();
  return { places, record, prd, state, attempts, spent: sumSpent(attempts) };
}
