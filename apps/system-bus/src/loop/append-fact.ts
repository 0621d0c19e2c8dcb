import { type KeylessFact, type LoadedLoop, withKey } from "@system-bus/loops";
import type { LoopDeps } from "./loop-deps.ts";

type Timeless<Any> = Any extends KeylessFact ? Omit<Any, "at"> : never;

/** With its key and the moment. False when there is one of its key already. */
export function appendFact(
  deps: LoopDeps,
  { record }: Pick<LoadedLoop, "record">,
  fact: Timeless<KeylessFact>,
): Promise<boolean> {
  // One of the facts, without its moment, which comes back here.
  const timed = { ...fact, at: new Date(deps.nowMs()).toISOString() } as KeylessFact;
  return record.append(withKey(timed));
}
