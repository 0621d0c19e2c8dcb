import type { BusEvent } from "@system-bus/events";
import type { LoadedLoop, PauseCause, Role } from "@system-bus/loops";
import { appendFact } from "./append-fact.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { type IdParts, loopEvent, type OfStory } from "./loop-event.ts";

interface Obstacle {
  readonly cause: PauseCause;
  /** For a person, with what to do. */
  readonly reason: string;
}

/** The loop stands still until a person takes it up again. Returns the event that tells of it. */
export async function pauseLoop(
  deps: LoopDeps,
  loop: LoadedLoop,
  { cause, reason }: Obstacle,
): Promise<BusEvent> {
  const { generation } = loop.state;
  const fact = { kind: "paused", generation, cause, reason, until: null } as const;
  await appendFact(deps, loop, fact);
  return pausedEvent(loop, { cause, reason }, [generation]);
}

export interface Hold extends Obstacle {
  readonly role: Role;
  readonly about: OfStory;
  readonly turn: number;
  readonly until: string;
}

/** The loop stands still until this moment; then the same run goes on by itself. */
export async function holdLoop(deps: LoopDeps, loop: LoadedLoop, hold: Hold): Promise<BusEvent> {
  const { role, about, turn, cause, reason, until } = hold;
  const { generation, storyId, attempt } = about;
  const place = { generation, role, storyId, attempt, turn };
  await appendFact(deps, loop, { kind: "held", ...place, cause, reason, until });
  return pausedEvent(loop, { cause, reason, until }, [generation, role, storyId, attempt, turn]);
}

export async function releaseLoop(
  deps: LoopDeps,
  loop: LoadedLoop,
  { role, about, turn }: Pick<Hold, "role" | "about" | "turn">,
): Promise<void> {
  const { generation, storyId, attempt } = about;
  await appendFact(deps, loop, { kind: "released", generation, role, storyId, attempt, turn });
}

function pausedEvent(
  { state }: LoadedLoop,
  { cause, reason, until }: Obstacle & { readonly until?: string },
  parts: IdParts,
): BusEvent {
  const { loopId, generation, begun } = state;
  const data = {
    ...{ loopId, project: begun.project, generation, cause, reason: reason.slice(0, 2_000) },
    ...(until === undefined ? {} : { until }),
  };
  return loopEvent("agent/loop.paused", data, parts);
}
