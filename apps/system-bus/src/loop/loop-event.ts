// What the roles send. Each id is made of what the event is about, never of when or by which run it is
// sent (rule L1 of `packages/events/src/loop-events.ts`): a step that runs twice sends nothing twice.

import type { BusEvent, EventFields, EventName } from "@system-bus/events";

export type LoopEventName = Extract<EventName, `agent/loop.${string}`>;

/** Names one event among those of its name; numbers and ids only. */
export type IdParts = readonly (string | number)[];

export function loopEvent<Name extends LoopEventName>(
  name: Name,
  data: EventFields<Name> & { readonly loopId: string },
  parts: IdParts,
): BusEvent {
  const id = ["loop", data.loopId, name.slice("agent/loop.".length), ...parts].join(":");
  // The name and its own fields, which the compiler has held together above.
  return { name, id, data } as unknown as BusEvent;
}

interface OfLoop {
  readonly loopId: string;
  readonly project: string;
  readonly generation: number;
}

export interface OfStory extends OfLoop {
  readonly storyId: string;
  readonly attempt: number;
}

/** The next role for this attempt at a story. */
export function storyEvent(
  name: "agent/loop.review" | "agent/loop.judge",
  { loopId, project, generation, storyId, attempt }: OfStory,
): BusEvent {
  const data = { loopId, project, generation, storyId, attempt };
  return loopEvent(name, data, [generation, storyId, attempt]);
}

export function implementEvent(
  { loopId, project, generation, storyId, attempt }: OfStory,
  tool: EventFields<"agent/loop.implement">["tool"],
): BusEvent {
  const data = { loopId, project, generation, storyId, attempt, tool };
  return loopEvent("agent/loop.implement", data, [generation, storyId, attempt]);
}

export function planEvent({ loopId, project, generation }: OfLoop, iteration: number): BusEvent {
  return loopEvent("agent/loop.plan", { loopId, project, generation, iteration }, [
    generation,
    iteration,
  ]);
}
