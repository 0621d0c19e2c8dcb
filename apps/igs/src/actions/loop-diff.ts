import { stat } from "node:fs/promises";
import { join } from "node:path";
import { branchHead, type Change, diffStat, diffText, type LoadedLoop } from "@system-bus/loops";
import { type CommonFlags, createAction } from "../action.ts";
import { getLoop, getLoopId } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { getStory } from "../loop/story-of.ts";
import type { NextAction } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";

export interface LoopDiffFlags extends CommonFlags {
  readonly attempt?: number;
  readonly stat?: boolean;
}

export const loopDiff = createAction<LoopDiffFlags, [string, string?]>(
  "loop diff",
  async ({ io, context }, flags, given, storyId) => {
    const named = await getLoopId(listLoopFolders(context), given);
    const loop = await getLoop(named, Date.now());
    const range = await readRange(loop, storyId, flags.attempt);
    const change = { ...range, ...(await placeOf(loop)) };
    const stat = await diffStat(change);
    const diff = flags.stat ? null : await diffText(change);
    return {
      result: { loopId: named.loopId, storyId: storyId ?? null, ...range, stat, diff },
      text: diff === null ? stat || "No change." : paintDiff(diff, io.paint) || "No change.",
      nextActions: nextActionsFor(loop, storyId),
    };
  },
);

type Range = Pick<Change, "from" | "to">;

/** Of the whole loop what has passed; of a story its last attempt, or the one that is meant. */
async function readRange(
  loop: LoadedLoop,
  storyId: string | undefined,
  attempt: number | undefined,
): Promise<Range> {
  const { begun, head } = loop.state;
  if (storyId === undefined) {
    if (attempt === undefined) return { from: begun.baseCommit, to: head };
    throw new CliError({
      code: "usage",
      message: "An attempt is made at a story: which?",
      fix: "Name the story, or leave out --attempt.",
    });
  }
  const { story } = getStory(loop, storyId);
  const facts = await loop.record.facts();
  const number = attempt ?? story.lastAttempt;
  const ofAttempt = (fact: { readonly storyId: string; readonly attempt: number }) =>
    fact.storyId === storyId && fact.attempt === number;
  const planned = facts.find((fact) => fact.kind === "planned" && ofAttempt(fact));
  const made = facts.find((fact) => fact.kind === "implemented" && ofAttempt(fact));
  if (planned?.kind === "planned" && made?.kind === "implemented" && made.commit !== null) {
    return { from: planned.baseCommit, to: made.commit };
  }
  const why =
    made?.kind === "implemented" && made.problem !== null
      ? made.problem
      : number === 0
        ? "no attempt was made yet"
        : "there is no commit of it";
  throw new CliError({
    code: "not-found",
    message: `${storyId}${number === 0 ? "" : `, attempt ${number}`}: ${why}.`,
    fix: `\`igs loop show ${loop.state.loopId} ${storyId}\` tells what was tried.`,
  });
}

/** Behind the clone lie all commits; after `clean` those that have passed are still in the project. */
async function placeOf({ places, state }: LoadedLoop): Promise<Pick<Change, "folder" | "gitDir">> {
  const behindClone = await stat(`${places.clone}.git`).catch(() => null);
  if (behindClone !== null) return { folder: places.clone };
  const { project, branch } = state.begun;
  if ((await branchHead(project, branch)) !== null) {
    return { folder: project, gitDir: join(project, ".git") };
  }
  throw new CliError({
    code: "not-found",
    message: `The clone of loop ${state.loopId} is not there, and ${branch} is not in ${project}.`,
    fix: "What has not passed goes with the clone when a loop is cleaned.",
  });
}

function paintDiff(diff: string, paint: Paint): string {
  return plainText(diff)
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (/^(diff |index |--- |\+\+\+ )/.test(line)) return paint.strong(line);
      if (line.startsWith("+")) return paint.good(line);
      if (line.startsWith("-")) return paint.bad(line);
      return line.startsWith("@@") ? paint.faint(line) : line;
    })
    .join("\n");
}

function nextActionsFor({ state }: LoadedLoop, storyId: string | undefined): readonly NextAction[] {
  const { loopId, begun } = state;
  const story = state.stories.find(({ id }) => id === storyId);
  if (story?.status === "needs-human") {
    return [
      { command: `igs loop approve ${loopId} ${story.id}`, description: "Pass it as it is" },
      {
        command: `igs loop reject ${loopId} ${story.id} --reason "…"`,
        description: "Fail it, and say why",
      },
    ];
  }
  return [{ command: `git -C ${begun.project} log ${begun.branch}`, description: "Its commits" }];
}
