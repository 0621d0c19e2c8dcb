import type { Caps, Fact, FactOf } from "./fact.ts";
import type { StoryState, StoryStatus } from "./loop-state.ts";

export function newStory(id: string): StoryState {
  return {
    id,
    status: "open",
    attemptCount: 0,
    lastAttempt: 0,
    planned: null,
    implemented: null,
    reviewed: null,
    verdicts: [],
    locked: null,
    testRounds: 0,
    published: null,
  };
}

/**
 * What a fact makes of the story that it is about.
 *
 *   S1. Passed is passed: a story whose commit is published never becomes anything else.
 *   S2. What belongs to another attempt than the one under way comes too late, and changes nothing.
 *   S3. PASS alone is not passed: until its commit is published, the attempt is under way.
 *   S4. Where a person has decided about an attempt, nothing else decides about it.
 */
export function foldStory(story: StoryState, fact: Fact, caps: Caps): StoryState {
  if (story.status === "passed") return story;
  switch (fact.kind) {
    case "planned":
      return plan(story, fact);
    case "implemented":
      return isUnderWay(story, fact) ? { ...story, implemented: fact } : story;
    case "reviewed":
      return isUnderWay(story, fact) ? review(story, fact) : story;
    case "judged":
      return isUnderWay(story, fact) ? judge(story, fact, caps) : story;
    case "published":
      return { ...story, status: "passed", published: fact };
    case "reopened": {
      const mayReopen = story.status === "failed" || story.status === "needs-human";
      return mayReopen ? { ...story, status: "open", attemptCount: 0 } : story;
    }
    default:
      return story;
  }
}

/** A lower cap holds for the stories that wait for another attempt, too. */
export function foldCaps(story: StoryState, caps: Caps): StoryState {
  const waits = story.status === "open" || story.status === "later";
  const isUsedUp = story.attemptCount >= caps.attemptsMax && !waitsForTests(story);
  return waits && isUsedUp ? { ...story, status: "failed" } : story;
}

/** The verdict on the attempt that was planned last: a person's, where there is one. */
export function lastVerdict(story: StoryState): FactOf<"judged"> | null {
  // By S4 none of anything else comes behind a person's.
  return story.verdicts.findLast(({ attempt }) => attempt === story.planned?.attempt) ?? null;
}

function plan(story: StoryState, fact: FactOf<"planned">): StoryState {
  if (fact.attempt <= story.lastAttempt) return story;
  return {
    ...story,
    status: "active",
    attemptCount: story.attemptCount + (waitsForTests(story) ? 0 : 1),
    lastAttempt: fact.attempt,
    planned: fact,
    implemented: null,
    reviewed: null,
  };
}

function review(story: StoryState, fact: FactOf<"reviewed">): StoryState {
  if (fact.locked === null) return { ...story, reviewed: fact };
  return { ...story, reviewed: fact, locked: fact.locked, testRounds: fact.locked.round };
}

function judge(story: StoryState, fact: FactOf<"judged">, caps: Caps): StoryState {
  if (fact.by !== "person" && lastVerdict(story)?.by === "person") return story;
  return {
    ...story,
    verdicts: [...story.verdicts, fact],
    status: statusAfter(story, fact, caps),
    locked: fact.verdict === "NEW_TESTS" ? null : story.locked,
  };
}

function statusAfter(story: StoryState, { verdict }: FactOf<"judged">, caps: Caps): StoryStatus {
  const mayTryAgain = story.attemptCount < caps.attemptsMax;
  switch (verdict) {
    case "PASS":
      return "active";
    case "FAIL":
      return mayTryAgain ? "open" : "failed";
    case "LATER":
      return mayTryAgain ? "later" : "failed";
    case "NEW_TESTS":
      return "open";
    case "NEEDS_HUMAN":
      return "needs-human";
  }
}

/** Its next attempt holds the same code to new tests: no attempt at the code. */
function waitsForTests(story: StoryState): boolean {
  return lastVerdict(story)?.verdict === "NEW_TESTS";
}

function isUnderWay(story: StoryState, { attempt }: { readonly attempt: number }): boolean {
  return story.planned?.attempt === attempt;
}
