// A verdict and what follows from it at once, in an order that a crash may cut at any line: the fact,
// the line for the retrospective, and for a PASS the commit in the person's repository. Everything here
// may run twice.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BusEvent } from "@system-bus/events";
import {
  type FactOf,
  type LoadedLoop,
  LoopsError,
  publish,
  replayCommit,
  type StoryState,
  type Verdict,
} from "@system-bus/loops";
import { writeFileAtomic } from "../files/atomic-write.ts";
import { appendFact } from "./append-fact.ts";
import { commitTests } from "./commit-tests.ts";
import { getLoop } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { loopEvent } from "./loop-event.ts";

export interface SettledVerdict {
  readonly story: StoryState;
  readonly planned: FactOf<"planned">;
  readonly implemented: FactOf<"implemented">;
  readonly verdict: Verdict;
  readonly by: FactOf<"judged">["by"];
  readonly reasons: readonly string[];
  readonly failingTests: readonly string[];
  /** What the next attempt is told; null on PASS. */
  readonly feedback: string | null;
}

/** Returns what there is to tell of it. */
export async function settleVerdict(
  deps: LoopDeps,
  loop: LoadedLoop,
  settled: SettledVerdict,
): Promise<readonly BusEvent[]> {
  const { state } = loop;
  const { planned } = settled;
  const storyId = planned.storyId;
  await writeVerdict(deps, loop, settled);
  // Published already, its commit is the head: laid upon itself it would become an empty one.
  const isPublished = settled.story.published !== null;
  if (settled.verdict === "PASS" && !isPublished) await publishStory(deps, loop, settled);
  const { asked, story } = getStory(await getLoop(deps, state.loopId), storyId);
  const told = {
    ...{ loopId: state.loopId, project: state.begun.project, generation: state.generation },
    ...{ storyId, attempt: planned.attempt, tool: planned.tool },
    title: asked.title,
  };
  const place = [state.generation, storyId, planned.attempt];
  const reason = settled.reasons.join(" ").slice(0, 2_000) || "No reason was given";
  switch (story.status) {
    case "passed": {
      const commit = story.published?.commit ?? "";
      return [loopEvent("agent/loop.story.passed", { ...told, commit }, place)];
    }
    case "failed":
      return [loopEvent("agent/loop.story.failed", { ...told, reason }, place)];
    case "needs-human":
      // The planner tells its person when nothing else is left to do.
      return [];
    default:
      return [loopEvent("agent/loop.story.retried", { ...told, reason }, place)];
  }
}

async function writeVerdict(
  deps: LoopDeps,
  { state, places, record }: LoadedLoop,
  settled: SettledVerdict,
): Promise<void> {
  const { planned, verdict, by, feedback } = settled;
  const { storyId, attempt, tool, storyKind } = planned;
  const reasons = [...settled.reasons];
  const failingTests = [...settled.failingTests];
  const at = new Date(deps.nowMs()).toISOString();
  const feedbackFile =
    feedback === null ? null : join("feedback", `${storyId}.${attempt}.${by}.md`);
  if (feedback !== null && feedbackFile !== null) {
    await mkdir(join(places.scratch, "feedback"), { recursive: true });
    await writeFileAtomic(join(places.scratch, feedbackFile), feedback, 0o600);
  }
  const { generation } = state;
  await appendFact(
    deps,
    { record },
    {
      ...{ kind: "judged", generation, storyId, attempt, tool, verdict },
      ...{ reasons, failingTests, feedbackFile, by },
    },
  );
  await record.appendAttempt({
    key: `verdict:${storyId}:${attempt}${by === "person" ? ":person" : ""}`,
    ...{ type: "verdict", at, generation, storyId, attempt, storyKind, tool },
    ...{ verdict, failingTests, reasons },
  });
}

/** A person may approve what was made before other stories passed: none of those may get lost. */
async function standOnHead(
  { state, places }: LoadedLoop,
  { baseCommit, storyId, at }: FactOf<"planned">,
  commit: string,
): Promise<string> {
  if (baseCommit === state.head) return commit;
  const made = await replayCommit({ folder: places.clone, commit, onto: state.head, at });
  if (made !== null) return made;
  throw new LoopsError(
    "CHANGE_REFUSED",
    `${storyId} changes what other stories have changed since: \`igs loop retry ${state.loopId} ${storyId}\` has it made anew`,
  );
}

/** Fenced: where the branch is not what this loop left, nothing is moved (`BRANCH_MOVED`). */
async function publishStory(
  deps: LoopDeps,
  loop: LoadedLoop,
  { story, planned, implemented }: SettledVerdict,
): Promise<void> {
  const { state, places, record, prd } = loop;
  if (implemented.commit === null) throw new Error("broken promise: what passes has a commit");
  const { branch, project } = state.begun;
  const lastPublished = state.stories.some(({ published }) => published !== null);
  const commit =
    prd.keep_tests === true && story.locked !== null
      ? await commitTests(loop, { story, locked: story.locked, commit: implemented.commit })
      : await standOnHead(loop, planned, implemented.commit);
  const replaced = lastPublished ? state.head : null;
  await publish({ project, folder: places.clone, branch, commit, expected: replaced });
  await appendFact(
    deps,
    { record },
    {
      ...{ kind: "published" },
      ...{ storyId: planned.storyId, attempt: planned.attempt, commit, replaced },
    },
  );
}
