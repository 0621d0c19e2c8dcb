import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EventFields } from "@system-bus/events";
import {
  type ByChecks,
  type Decided,
  decideAlone,
  decideByChecks,
  diffStat,
  diffText,
  judgePrompt,
  type LoadedLoop,
  type LockedTests,
  pickJudge,
  readTestErrors,
  renderFeedback,
  type StoryState,
} from "@system-bus/loops";
import { enterRole } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { readReviewed } from "./prepare-reviewing.ts";
import type { RoleAgent } from "./run-role-agent.ts";
import { writeMaterial } from "./write-material.ts";

type JudgeRequest = EventFields<"agent/loop.judge">;

export type PreparedJudging =
  | { readonly kind: "decided"; readonly decided: Decided }
  | {
      readonly kind: "ask";
      readonly decided: ByChecks;
      readonly agent: RoleAgent;
      readonly storyIds: readonly string[];
    }
  | { readonly kind: "done" }
  | { readonly kind: "left"; readonly reason: string };

export async function judgeByChecks(
  deps: LoopDeps,
  request: JudgeRequest,
): Promise<PreparedJudging> {
  const entered = await enterRole(deps, { ...request, role: "judge" });
  if (entered.kind !== "go") return entered.kind === "done" ? { kind: "done" } : entered;
  const { loop } = entered;
  const { story } = getStory(loop, request.storyId);
  // A PASS that was decided and not published yet: go on where it was.
  if (story.verdicts.some(({ attempt }) => attempt === request.attempt)) return { kind: "done" };
  const decided = decideByChecks(story, loop.state.baseline ?? []);
  if (loop.state.begun.judge === "checks") {
    return { kind: "decided", decided: decideAlone(decided, story) };
  }
  if (!decided.isAsked) return { kind: "decided", decided };
  // Stories that could come first: those that have passed are there.
  const storyIds = loop.state.stories
    .filter(({ id, status }) => id !== story.id && status !== "passed")
    .map(({ id }) => id);
  return { kind: "ask", decided, storyIds, agent: await prepareJudge(loop, request, story) };
}

async function prepareJudge(
  loop: LoadedLoop,
  request: JudgeRequest,
  story: StoryState,
): Promise<RoleAgent> {
  const { places, state, prd } = loop;
  const { asked, planned, commit } = readReviewed(loop, story.id);
  const { reviewed, locked } = story;
  const { prompt, material } = judgePrompt({
    ...{ prd, story: asked },
    diff: await diffText({
      folder: places.clone,
      from: planned.baseCommit,
      to: commit,
    }),
    checks: reviewed?.checks ?? [],
    failingLockedTests: reviewed?.failingLockedTests ?? null,
    weakened: reviewed?.weakened ?? [],
    testErrors: await readErrors(loop, story),
    testSources: await readTestSources(loop, story.id, locked),
  });
  const name = `judge.${story.id}.${request.attempt}.md`;
  return {
    ...{ role: "judge", about: request, storyKind: planned.storyKind },
    tool: pickJudge({ tools: state.begun.tools, implementor: planned.tool }),
    ...{ prompt, materialPath: await writeMaterial(loop, name, material) },
    ...{ permissions: "answer", folder: places.clone },
  };
}

async function readTestSources(
  { places }: LoadedLoop,
  storyId: string,
  locked: LockedTests | null,
): Promise<{ readonly path: string; readonly content: string }[]> {
  if (locked === null) return [];
  const folder = join(places.scratch, "locked", storyId, String(locked.round));
  return Promise.all(
    locked.files.map(async ({ path }) => ({
      path,
      content: await readFile(join(folder, path), "utf8"),
    })),
  );
}

/** Where the locked tests have left their output; null where they were not run. */
function outputFolder(
  { places }: LoadedLoop,
  { id, planned, reviewed }: StoryState,
): string | null {
  if (planned === null || reviewed?.failingLockedTests == null) return null;
  return join(places.scratch, "checks", `${id}-${planned.attempt}-tests`);
}

async function readErrors(loop: LoadedLoop, story: StoryState): Promise<readonly string[]> {
  const folder = outputFolder(loop, story);
  const areGood = story.reviewed?.failingLockedTests?.length === 0;
  return folder === null || areGood ? [] : readTestErrors(folder);
}

/** What the next attempt is told of this one. */
export async function renderVerdictFeedback(
  loop: LoadedLoop,
  { story, decided }: { readonly story: StoryState; readonly decided: Omit<Decided, "by"> },
): Promise<string> {
  const { places, state } = loop;
  const { planned, implemented, reviewed } = story;
  if (planned === null) throw new Error(`broken promise: ${story.id} was planned`);
  const { attempt, baseCommit } = planned;
  const change = implemented?.commit ?? null;
  return renderFeedback({
    ...{ attempt, decided, checks: reviewed?.checks ?? [], scratchPath: places.scratch },
    baseline: state.baseline ?? [],
    testErrors: await readErrors(loop, story),
    testOutputPath: outputFolder(loop, story),
    diffStat:
      change === null
        ? null
        : await diffStat({ folder: places.clone, from: baseCommit, to: change }),
  });
}
