import { join } from "node:path";
import type { LoadedLoop } from "@system-bus/loops";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { plainCopy } from "../output/plain-text.ts";
import { paintLoopStatus, paintStoryStatus } from "./loop-status-text.ts";
import { describeSpent } from "./render-loop.ts";
import type { StoryOfLoop } from "./story-of.ts";

/** What a loop was started with, and where its things lie. */
export function renderDetails(loop: LoadedLoop, paint: Paint): string {
  const { places } = loop;
  const { state, prd } = plainCopy({ state: loop.state, prd: loop.prd });
  const { begun, caps, finished, retro } = state;
  const finish = [
    ...(begun.finish.merge ? [`merge into ${begun.baseBranch}`] : []),
    ...(begun.finish.push ? ["push"] : []),
    ...(begun.finish.pr ? ["pull request"] : []),
  ];
  const stories = state.stories.map(
    (story) =>
      `  ${paintStoryStatus(paint, story.status)}  ${story.id}  ${prd.stories.find(({ id }) => id === story.id)?.title ?? ""}`,
  );
  return [
    `${paint.strong(state.loopId)}  ${paintLoopStatus(paint, state)}  ${prd.title}`,
    prd.description,
    "",
    `project    ${begun.project}`,
    `branch     ${begun.branch}, from ${begun.baseBranch} at ${begun.baseCommit.slice(0, 10)}`,
    `spent      ${describeSpent(loop)}`,
    `caps       ${caps.attemptsMax} attempts a story, ${formatDuration(caps.agentTimeMaxMs)} an agent's run`,
    `agents     ${begun.tools.join(", ")}${begun.docker ? ", in containers" : ", with your rights"}; judged by ${begun.judge === "model" ? "checks and a model" : "checks alone"}`,
    `at the end ${finish.length === 0 ? "the branch is left to you" : finish.join(", ")}`,
    `record     ${places.journal}`,
    `clone      ${places.clone}`,
    `scratch    ${places.scratch}`,
    ...(retro === null
      ? []
      : [`retro      system/retrospectives/${retro.noteSlug}.md in the vault`]),
    ...(finished?.problems ?? []).map((problem) => paint.bad(`✗ ${problem}`)),
    "",
    ...stories,
  ].join("\n");
}

/** One story: what is wanted, how it is tested, and what was found of each attempt. */
export function renderStory(
  { loop, ...told }: StoryOfLoop & { readonly loop: LoadedLoop },
  paint: Paint,
): string {
  const { story, wanted } = plainCopy(told);
  const { planned, implemented, reviewed, locked, published } = story;
  const feedback = story.verdicts.at(-1)?.feedbackFile ?? null;
  return [
    `${paint.strong(story.id)}  ${paintStoryStatus(paint, story.status)}  ${wanted.title}`,
    wanted.description,
    ...wanted.acceptance_criteria.map((criterion) => `  - ${criterion}`),
    "",
    ...(planned === null
      ? ["No attempt was made yet."]
      : [`agent     ${planned.tool}: ${planned.reasons.join(" ")}`]),
    ...(implemented?.commit == null
      ? []
      : [`change    ${implemented.commit.slice(0, 10)}: ${implemented.files.join(", ")}`]),
    ...(implemented?.problem == null ? [] : [paint.bad(`problem   ${implemented.problem}`)]),
    ...(reviewed?.problem == null ? [] : [paint.bad(`review    ${reviewed.problem}`)]),
    ...(locked === null
      ? []
      : [
          `tests     ${locked.files.map(({ path }) => path).join(", ")} (set ${locked.round}, locked)`,
          ...locked.tests.map((name) => `          ${name}`),
        ]),
    ...(published === null
      ? []
      : [paint.good(`passed    ${published.commit} in ${loop.state.begun.branch}`)]),
    ...story.verdicts.flatMap((verdict) => [
      "",
      `attempt ${verdict.attempt}, ${verdict.tool}: ${verdict.verdict} by ${verdict.by}`,
      ...verdict.reasons.map((reason) => `  ${reason}`),
      ...verdict.failingTests.map((name) => paint.bad(`  ✗ ${name}`)),
    ]),
    ...(feedback === null ? [] : ["", `feedback  ${join(loop.places.scratch, feedback)}`]),
  ].join("\n");
}
