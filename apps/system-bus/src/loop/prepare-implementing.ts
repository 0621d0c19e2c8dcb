import { join } from "node:path";
import type { EventFields } from "@system-bus/events";
import {
  type FactOf,
  implementPrompt,
  type LoadedLoop,
  layTests,
  makeClone,
  projectPlaces,
  readProgress,
  type StoryState,
} from "@system-bus/loops";
import { readFileIfAny } from "../files/atomic-write.ts";
import { enterRole } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import type { LoopDeps } from "./loop-deps.ts";
import type { RoleAgent } from "./run-role-agent.ts";
import { writeMaterial } from "./write-material.ts";

export type PreparedImplementing =
  | { readonly kind: "go"; readonly agent: RoleAgent }
  | { readonly kind: "done" }
  | { readonly kind: "left"; readonly reason: string };

/** The clone as the attempt begins, and what its agent is told. */
export async function prepareImplementing(
  deps: LoopDeps,
  request: EventFields<"agent/loop.implement">,
): Promise<PreparedImplementing> {
  const entered = await enterRole(deps, { ...request, role: "implement" });
  if (entered.kind !== "go") return entered.kind === "done" ? { kind: "done" } : entered;
  const { loop } = entered;
  const { places, state, prd } = loop;
  const { asked, story } = getStory(loop, request.storyId);
  const { planned, locked } = story;
  if (planned === null) throw new Error(`broken promise: story ${request.storyId} is planned`);
  const { branch, project } = state.begun;
  const commit = (await findStartingPoint(loop, planned)) ?? planned.baseCommit;
  await makeClone({ project, folder: places.clone, branch, commit });
  if (locked !== null) {
    const place = { scratch: places.scratch, storyId: story.id, round: locked.round };
    await layTests({ folder: places.clone, files: locked.files, place });
  }
  const { prompt, material } = implementPrompt({
    ...{ prd, story: asked, lockedTests: locked?.files.map(({ path }) => path) ?? [] },
    feedback: await readFeedback(loop, story),
    patterns: (await readProgress(projectPlaces(deps.loopsFolder, project).progress)).patterns,
    agentsFile: await readFileIfAny(join(places.clone, "AGENTS.md")),
  });
  const materialPath = await writeMaterial(
    loop,
    `implement.${story.id}.${request.attempt}.md`,
    material,
  );
  return {
    kind: "go",
    agent: {
      ...{ role: "implement", about: request, storyKind: planned.storyKind, tool: request.tool },
      ...{ prompt, materialPath, permissions: "edit", folder: places.clone },
    },
  };
}

/**
 * What the last attempt had made: the next one mends it. Null where it made nothing, or began at another
 * commit: its files, laid over this one, would take back what other stories have brought since.
 */
async function findStartingPoint(
  { record }: LoadedLoop,
  planned: FactOf<"planned">,
): Promise<string | null> {
  const facts = await record.facts();
  const before = facts.findLast(
    (fact): fact is FactOf<"planned"> =>
      fact.kind === "planned" && fact.storyId === planned.storyId && fact.attempt < planned.attempt,
  );
  if (before === undefined || before.baseCommit !== planned.baseCommit) return null;
  const made = facts.find(
    (fact): fact is FactOf<"implemented"> =>
      fact.kind === "implemented" &&
      fact.storyId === before.storyId &&
      fact.attempt === before.attempt,
  );
  return made?.commit ?? null;
}

/** What was said of the last attempt, whole. */
async function readFeedback({ places }: LoadedLoop, story: StoryState): Promise<string | null> {
  const file = story.verdicts.findLast(({ feedbackFile }) => feedbackFile !== null)?.feedbackFile;
  return file == null ? null : readFileIfAny(join(places.scratch, file));
}
