import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EventFields } from "@system-bus/events";
import {
  changedFiles,
  type FactOf,
  type FoundChecks,
  findChecks,
  type InterfaceFile,
  isTestFile,
  type LoadedLoop,
  makeClone,
  makeDeclarations,
  pickReviewer,
  resetClone,
  reviewPrompt,
  type Story,
  type StoryState,
} from "@system-bus/loops";
import { readFileIfAny, writeFileAtomic } from "../files/atomic-write.ts";
import { enterRole } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import type { LoopDeps } from "./loop-deps.ts";
import type { RoleAgent } from "./run-role-agent.ts";
import { writeMaterial } from "./write-material.ts";

type ReviewRequest = EventFields<"agent/loop.review">;

/** A story whose attempt is reviewed, with what is known to be there. */
export interface ReviewedStory {
  readonly loop: LoadedLoop;
  readonly story: StoryState;
  readonly asked: Story;
  readonly planned: FactOf<"planned">;
  readonly commit: string;
}

export type PreparedReviewing =
  /** The tests of an earlier attempt hold. */
  | { readonly kind: "kept" }
  | {
      readonly kind: "write";
      readonly found: FoundChecks;
      readonly round: number;
      /** What the implementation offers: its stub is made of it. False where nobody can tell. */
      readonly hasInterface: boolean;
      /** Of all that it offers. */
      readonly isWhole: boolean;
    }
  | { readonly kind: "done" }
  | { readonly kind: "left"; readonly reason: string };

/** Both checkouts as the review begins: no file of the implementation is in the reviewer's. */
export async function prepareReviewing(
  deps: LoopDeps,
  request: ReviewRequest,
): Promise<PreparedReviewing> {
  const entered = await enterRole(deps, { ...request, role: "review" });
  if (entered.kind !== "go") return entered.kind === "done" ? { kind: "done" } : entered;
  const { loop, story, planned, commit } = readReviewed(entered.loop, request.storyId);
  const { places, state, prd } = loop;
  const { branch, project } = state.begun;
  await makeClone({ project, folder: places.clone, branch, commit });
  if (story.locked !== null) return { kind: "kept" };
  await makeClone({ project, folder: places.review, branch, commit: planned.baseCommit });
  const found = await findChecks(places.review, prd);
  const { runner } = found;
  const changes = await changedFiles({
    folder: places.clone,
    from: planned.baseCommit,
    to: commit,
  });
  const { files, isWhole } = await makeDeclarations({
    folder: places.clone,
    files: changes.filter(({ kind }) => kind !== "deleted").map(({ path }) => path),
    isTest: (path) => runner !== null && isTestFile(runner, path),
    scratch: join(places.scratch, "declarations", `${story.id}.${request.attempt}`),
  });
  await writeFileAtomic(await interfacePath(loop, request), JSON.stringify(files), 0o600);
  const round = story.testRounds + 1;
  return { kind: "write", found, round, hasInterface: files.length > 0, isWhole };
}

export function readReviewed(loop: LoadedLoop, storyId: string): ReviewedStory {
  const { asked, story } = getStory(loop, storyId);
  const { planned, implemented } = story;
  if (planned === null || implemented?.commit == null) {
    throw new Error(`broken promise: ${storyId} has a commit that can be reviewed`);
  }
  return { loop, story, asked, planned, commit: implemented.commit };
}

/** What the reviewer is told. `problem`: why its tests of before can't be used. */
export async function prepareReviewer(
  loop: LoadedLoop,
  request: ReviewRequest,
  { found, problem }: { readonly found: FoundChecks; readonly problem: string | null },
): Promise<RoleAgent> {
  const { story, asked, planned } = readReviewed(loop, request.storyId);
  const { places, state, prd } = loop;
  const { branch } = state.begun;
  await resetClone({ folder: places.review, branch, commit: planned.baseCommit });
  const { prompt, material } = reviewPrompt({
    ...{ prd, story: asked, problem },
    runner: found.runner ?? "none",
    testFolderHint: found.testFiles,
    declarations: await readInterface(loop, request),
  });
  const name = `review.${story.id}.${request.attempt}.md`;
  return {
    ...{ role: "review", about: request, storyKind: planned.storyKind },
    tool: pickReviewer({ tools: state.begun.tools, implementor: planned.tool }),
    ...{ prompt, materialPath: await writeMaterial(loop, name, material) },
    ...{ permissions: "edit", folder: places.review },
  };
}

export async function readInterface(
  loop: LoadedLoop,
  request: ReviewRequest,
): Promise<readonly InterfaceFile[]> {
  const text = await readFileIfAny(await interfacePath(loop, request));
  // Written by `prepareReviewing` of this very attempt.
  return text === null ? [] : (JSON.parse(text) as readonly InterfaceFile[]);
}

async function interfacePath(
  { places }: LoadedLoop,
  { storyId, attempt }: ReviewRequest,
): Promise<string> {
  const folder = join(places.scratch, "interface");
  await mkdir(folder, { recursive: true });
  return join(folder, `${storyId}.${attempt}.json`);
}
