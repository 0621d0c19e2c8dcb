import type { Prd } from "../prd/read-prd.ts";
import type { Fact, FactOf } from "./fact.ts";
import { firstOfEachKey } from "./first-of-each-key.ts";
import { foldCaps, foldStory, newStory } from "./fold-story.ts";
import type { LoopState, LoopStatus, StoryState } from "./loop-state.ts";

/**
 * What a loop's facts come to (R2). Null when it hasn't begun. Pure; a fact counts once, whatever
 * comes of its key afterwards (R1).
 *
 *   F1. The generation never goes back. What a generation says that is over (a pause, an end) comes too
 *       late and changes nothing.
 *   F2. A cancelled loop is never taken up again.
 *   F3. Its time runs from its beginning, and from each resume, to a pause or an end. A clock that was
 *       set back takes none of it away.
 *   F4. A hold is a pause that the run which has made it ends, and no other.
 */
export function foldLoop(prd: Prd, facts: readonly Fact[], nowMs: number): LoopState | null {
  const known = firstOfEachKey(facts);
  const begun = known.find((fact) => fact.kind === "begun");
  if (begun === undefined) return null;
  const folded = known.reduce(foldFact, beginning(prd, begun));
  const { clock, hold, ...state } = folded;
  return {
    ...state,
    status: statusOf(folded),
    stories: skipDependents(prd, state.stories),
    elapsedMs: clock.doneMs + sinceMs(clock, nowMs),
  };
}

interface Folded extends Omit<LoopState, "status" | "elapsedMs"> {
  readonly clock: Clock;
  /** Whose hold the pause is; null for a pause that only a resume ends. */
  readonly hold: string | null;
}

interface Clock {
  readonly doneMs: number;
  /** Null while it stands. */
  readonly runsSinceMs: number | null;
}

function beginning(prd: Prd, begun: FactOf<"begun">): Folded {
  return {
    loopId: begun.loopId,
    begun,
    generation: 1,
    iteration: 0,
    caps: begun.caps,
    baseline: null,
    stories: prd.stories.map(({ id }) => newStory(id)),
    head: begun.baseCommit,
    pause: null,
    hold: null,
    cancelled: null,
    ended: null,
    finished: null,
    retro: null,
    clock: { doneMs: 0, runsSinceMs: Date.parse(begun.at) },
  };
}

function foldFact(loop: Folded, fact: Fact): Folded {
  switch (fact.kind) {
    case "begun":
      return loop;
    case "baseline":
      return { ...loop, baseline: fact.checks };
    case "planned":
      // Also of one that changes nothing: its number is used up.
      return { ...foldStories(loop, fact), iteration: Math.max(loop.iteration, fact.iteration) };
    case "implemented":
    case "reviewed":
    case "judged":
    case "reopened":
      return foldStories(loop, fact);
    case "published":
      return publish(loop, fact);
    case "resumed":
      return resume(loop, fact);
    case "cancelled":
      return cancel(loop, fact);
    case "paused":
    case "held":
    case "released":
    case "ended":
    case "finished":
    case "retro":
      return fact.generation === loop.generation ? foldOfGeneration(loop, fact) : loop;
  }
}

function foldStories(loop: Folded, fact: Extract<Fact, { storyId: string }>): Folded {
  const stories = loop.stories.map((story) =>
    story.id === fact.storyId ? foldStory(story, fact, loop.caps) : story,
  );
  return { ...loop, stories };
}

function publish(loop: Folded, fact: FactOf<"published">): Folded {
  const isNew = loop.stories.some(({ id, published }) => id === fact.storyId && published === null);
  return isNew ? { ...foldStories(loop, fact), head: fact.commit } : loop;
}

function resume(loop: Folded, fact: FactOf<"resumed">): Folded {
  if (fact.generation <= loop.generation || loop.cancelled !== null) return loop;
  const caps = fact.caps ?? loop.caps;
  return {
    ...goOn(loop, fact),
    generation: fact.generation,
    caps,
    stories: loop.stories.map((story) => foldCaps(story, caps)),
    ended: null,
    finished: null,
    retro: null,
  };
}

function cancel(loop: Folded, fact: FactOf<"cancelled">): Folded {
  return { ...loop, cancelled: fact, clock: stop(loop.clock, fact) };
}

function foldOfGeneration(
  loop: Folded,
  fact: FactOf<"paused" | "held" | "released" | "ended" | "finished" | "retro">,
): Folded {
  switch (fact.kind) {
    case "paused":
      return pause(loop, fact, null);
    case "held":
      return pause(loop, fact, holdOf(fact));
    case "released":
      return loop.hold === holdOf(fact) ? goOn(loop, fact) : loop;
    case "ended":
      return { ...loop, ended: fact, pause: null, hold: null, clock: stop(loop.clock, fact) };
    case "finished":
      return { ...loop, finished: fact };
    case "retro":
      return { ...loop, retro: fact };
  }
}

/** Of several the first counts, but a hold, which ends by itself, gives way to a pause. */
function pause(loop: Folded, fact: FactOf<"paused" | "held">, hold: string | null): Folded {
  const mayHold = loop.pause === null || (loop.hold !== null && hold === null);
  if (!mayHold || loop.ended !== null || loop.cancelled !== null) return loop;
  const { cause, reason, until } = fact;
  return { ...loop, pause: { cause, reason, until }, hold, clock: stop(loop.clock, fact) };
}

/** Which run holds the loop, and for which time. */
function holdOf({ role, storyId, attempt, turn }: FactOf<"held" | "released">): string {
  return [role, storyId, attempt, turn].join(":");
}

function goOn(loop: Folded, { at }: { readonly at: string }): Folded {
  const clock = { ...loop.clock, runsSinceMs: loop.clock.runsSinceMs ?? Date.parse(at) };
  return { ...loop, pause: null, hold: null, clock };
}

function stop(clock: Clock, { at }: { readonly at: string }): Clock {
  return { doneMs: clock.doneMs + sinceMs(clock, Date.parse(at)), runsSinceMs: null };
}

function sinceMs({ runsSinceMs }: Clock, nowMs: number): number {
  return runsSinceMs === null ? 0 : Math.max(0, nowMs - runsSinceMs);
}

function statusOf({ cancelled, ended, pause, iteration }: Folded): LoopStatus {
  if (ended !== null && ended.outcome !== "cancelled") return "ended";
  if (cancelled !== null) return "cancelled";
  if (ended !== null) return "ended";
  if (pause !== null) return "paused";
  return iteration === 0 ? "waiting" : "running";
}

/** Those that wait for one that failed, and those that wait for these. */
function skipDependents(prd: Prd, stories: readonly StoryState[]): readonly StoryState[] {
  const lost = new Set(stories.filter(({ status }) => status === "failed").map(({ id }) => id));
  const dependsOn = new Map(prd.stories.map(({ id, depends_on }) => [id, depends_on ?? []]));
  const isNewlyLost = ({ id, status }: StoryState) =>
    (status === "open" || status === "later") &&
    !lost.has(id) &&
    (dependsOn.get(id) ?? []).some((other) => lost.has(other));
  // At most one round for each story: every round finds one, or is the last.
  for (
    let found = stories.filter(isNewlyLost);
    found.length > 0;
    found = stories.filter(isNewlyLost)
  ) {
    for (const { id } of found) lost.add(id);
  }
  return stories.map((story) =>
    lost.has(story.id) && story.status !== "failed" ? { ...story, status: "skipped" } : story,
  );
}
