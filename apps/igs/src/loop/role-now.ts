import { type LoopState, nextRole, type StoryState } from "@system-bus/loops";

export interface RoleNow {
  readonly role: "plan" | "implement" | "review" | "judge";
  /** Null while the next story is chosen. */
  readonly storyId: string | null;
  readonly attempt: number | null;
  /** Who implements, or has implemented. */
  readonly tool: string | null;
  /** When its turn came, ISO 8601. */
  readonly since: string;
}

/** Whose turn it is, by the record alone; null when the loop stands still or is over. */
export function findRoleNow(state: LoopState): RoleNow | null {
  if (state.status !== "running" && state.status !== "waiting") return null;
  const active = state.stories.find(({ status }) => status === "active");
  const owed = active === undefined ? null : roleOfStory(active);
  return owed ?? planning(state);
}

function roleOfStory(story: StoryState): RoleNow | null {
  const { id: storyId, planned, implemented, reviewed } = story;
  const role = nextRole(story);
  if (planned === null || role === null) return null;
  const { attempt, tool } = planned;
  const before = { implement: planned, review: implemented, judge: reviewed ?? implemented };
  return { role, storyId, attempt, tool, since: (before[role] ?? planned).at };
}

function planning({ begun, stories }: LoopState): RoleNow {
  const since = stories
    .flatMap(({ verdicts }) => verdicts.map(({ at }) => at))
    .toSorted()
    .at(-1);
  return { role: "plan", storyId: null, attempt: null, tool: null, since: since ?? begun.at };
}
