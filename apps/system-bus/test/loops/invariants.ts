// What must hold of a loop, whatever happens to it:
//
//   H1. No cap is exceeded beyond one call of a model, by what was really used up.
//   H2. A role whose fact is there starts no agent for that attempt.
//   H3. A story is published once; the branch holds the published commits, each upon the one before.
//   H4. The person's repository stays as it was, but for the loop's ref and new objects.
//   H5. No life of a story has more attempts than its cap; new tests for the same code are none.
//   H6. At its end the loop has its retrospective, and its project is free.

import { type Fact, type FactOf, type LoadedLoop, readClaim } from "@system-bus/loops";
import type { SampleWorld } from "./sample-world.ts";
import { git, snapshot } from "./sample-world.ts";
import { CALL_MAX, type Spending } from "./scripted-agent.ts";
import type { PlayedAgent } from "./scripted-programs.ts";

export function must(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule);
}

/** H1 and H2, as each agent ends. `spent`: all that agents have used up, this one included. */
export function checkAgent(loop: LoadedLoop, agent: PlayedAgent, spent: Spending): void {
  const { caps, stories } = loop.state;
  const { costMaxUsd, tokensMax } = caps;
  if (costMaxUsd !== null) {
    must(spent.costUsd <= costMaxUsd + CALL_MAX.costUsd, `H1: ${spent.costUsd} of ${costMaxUsd} $`);
  }
  if (tokensMax !== null) {
    must(spent.tokens <= tokensMax + CALL_MAX.tokens, `H1: ${spent.tokens} of ${tokensMax} tokens`);
  }
  const story = stories.find(({ id }) => id === agent.storyId);
  if (story?.planned?.attempt !== agent.attempt) return;
  const isDone = {
    implement: story.implemented !== null,
    review: story.reviewed !== null,
    judge: story.verdicts.some(({ attempt }) => attempt === agent.attempt),
  }[agent.role];
  must(!isDone, `H2: ${agent.role} of ${agent.storyId}, attempt ${agent.attempt}, ran again`);
}

/** H3 and H4, at any moment; `before` is the snapshot of the beginning. */
export async function checkRepository(
  { project, base }: SampleWorld,
  before: string,
  loop: LoadedLoop | null,
): Promise<void> {
  must(snapshot(project) === before, "H4: the person's repository has changed");
  if (loop === null) return;
  const facts = await loop.record.facts();
  const published = facts.filter((fact): fact is FactOf<"published"> => fact.kind === "published");
  const storyIds = published.map(({ storyId }) => storyId);
  must(new Set(storyIds).size === storyIds.length, "H3: a story was published twice");
  const head = published.at(-1)?.commit;
  if (head === undefined) return;
  const { branch } = loop.state.begun;
  const ref = git(project, "rev-parse", `refs/heads/${branch}`);
  const onBranch = git(project, "rev-list", "--reverse", "--first-parent", `${base}..${ref}`);
  const commits = onBranch.split("\n");
  const at = published.map(({ commit }) => commits.indexOf(commit));
  must(
    at.every((place, index) => place >= 0 && place >= (at[index - 1] ?? -1)),
    `H3: a published commit is lost: ${at.join(", ")} of ${commits.length}`,
  );
  // Tests that are kept are a commit of their own before the one that is published.
  const each = loop.prd.keep_tests === true ? 2 : 1;
  const waiting = loop.state.stories.some(({ status }) => status === "active") ? 1 : 0;
  must(
    commits.length <= (published.length + waiting) * each,
    `H3: the branch has ${commits.length} commits of ${published.length} stories: ${onBranch}`,
  );
  must(waiting === 1 || ref === head, "H3: the branch stands elsewhere than its last story");
}

/** H5 and H6. */
export async function checkEnd(world: SampleWorld, loop: LoadedLoop): Promise<void> {
  const { state, record } = loop;
  must(state.ended !== null && state.finished !== null, "H6: it has not ended");
  must(state.retro !== null, "H6: it has no retrospective");
  must((await readClaim(world.loopsFolder, world.project)) === null, "H6: its project is held");
  const facts = await record.facts();
  for (const { id } of state.stories) checkAttempts(id, facts, state.begun.caps.attemptsMax);
}

function checkAttempts(storyId: string, facts: readonly Fact[], cap: number): void {
  let [attempts, attemptsMax, hasNewTests] = [0, cap, false];
  for (const fact of facts) {
    if (fact.kind === "resumed") attemptsMax = Math.max(attemptsMax, fact.caps?.attemptsMax ?? 0);
    if (!("storyId" in fact) || fact.storyId !== storyId) continue;
    if (fact.kind === "reopened") attempts = 0;
    if (fact.kind === "judged") hasNewTests = fact.verdict === "NEW_TESTS";
    if (fact.kind === "planned" && !hasNewTests) attempts += 1;
    must(attempts <= attemptsMax, `H5: ${storyId} had ${attempts} attempts of ${attemptsMax}`);
  }
}
