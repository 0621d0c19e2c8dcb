// The person of a loop: looks at it when it stands still, and decides by chance, but not for ever.

import type { BusEvent, EventFields } from "@system-bus/events";
import type { LoopState } from "@system-bus/loops";
import { loopEvent } from "../../src/loop/loop-event.ts";
import type { Random } from "./random.ts";

type Decision = NonNullable<EventFields<"agent/loop.plan">["decision"]>;

/** After so many decisions they have had enough. */
const ACTS_MAX = 14;

/** What is sent to a loop that stands still; null: it is left as it is. */
export function decide(state: LoopState, actCount: number, random: Random): BusEvent | null {
  if (state.ended !== null) return reviseEnd(state, actCount, random);
  if (actCount >= ACTS_MAX || random.chance(0.06)) return cancel(state.loopId, actCount, random);
  if (state.pause === null) return null;
  return resumeWith(state, actCount, choose(state, random));
}

export function cancel(loopId: string, actCount: number, random: Random): BusEvent {
  const data = { loopId, reason: "Enough", ...(random.chance(0.3) ? { removeClone: true } : {}) };
  return loopEvent("agent/loop.cancel", data, [actCount]);
}

function reviseEnd(state: LoopState, actCount: number, random: Random): BusEvent | null {
  const failed = state.stories.find(({ status }) => status === "failed");
  const mayRetry = failed !== undefined && state.cancelled === null && actCount < ACTS_MAX / 2;
  if (!mayRetry || !random.chance(0.3)) return null;
  return resumeWith(state, actCount, { kind: "retry", storyId: failed.id });
}

function choose({ pause, stories, caps, iteration }: LoopState, random: Random): Decision {
  const asked = stories.find(({ status }) => status === "needs-human");
  if (pause?.cause === "needs-human" && asked !== undefined) {
    const storyId = asked.id;
    const kind = random.weighted({ approve: 45, reject: 30, retry: 25 });
    if (kind === "reject") return { kind, storyId, reason: "Not like this" };
    return { kind, storyId };
  }
  return {
    kind: "resume",
    caps: {
      iterationsMax: iteration + random.between(1, 20),
      wallClockMaxMs: caps.wallClockMaxMs + random.between(1, 24) * 3_600_000,
      ...(caps.costMaxUsd === null ? {} : { costMaxUsd: caps.costMaxUsd + random.between(1, 10) }),
      ...(caps.tokensMax === null ? {} : { tokensMax: caps.tokensMax * 2 }),
    },
  };
}

function resumeWith(state: LoopState, actCount: number, decision: Decision): BusEvent {
  const { loopId, begun, iteration } = state;
  const generation = state.generation + 1;
  return loopEvent(
    "agent/loop.plan",
    { loopId, project: begun.project, generation, iteration: iteration + 1, decision },
    [generation, `decided-${actCount}`],
  );
}
