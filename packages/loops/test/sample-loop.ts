import type { Prd, Story } from "../src/prd/read-prd.ts";
import type { CheckResult, Fact, Verdict } from "../src/record/fact.ts";
import { type KeylessFact, withKey } from "../src/record/fact-key.ts";
import { foldLoop } from "../src/record/fold-loop.ts";
import type { LoopState, StoryState } from "../src/record/loop-state.ts";

const BASE_COMMIT = "b".repeat(40);
const BEGUN_AT = "2026-11-24T20:00:00.000Z";

export function sampleStory(given: Partial<Story> = {}): Story {
  return {
    id: "US-001",
    title: "Slugs of titles",
    description: "A title becomes a slug for addresses.",
    acceptance_criteria: ["“Hello World” becomes “hello-world”", "A title without letters: “”"],
    priority: 1,
    interface: "src/slug.ts exports slugify(title: string): string",
    ...given,
  };
}

export function samplePrd(
  stories: readonly Partial<Story>[] = [{}],
  given: Partial<Prd> = {},
): Prd {
  return {
    title: "Slugs",
    description: "Addresses that people can read.",
    stories: stories.map((story, index) =>
      sampleStory({ id: `US-00${index + 1}`, priority: index + 1, ...story }),
    ),
    ...given,
  };
}

export function sampleCheck(given: Partial<CheckResult> = {}): CheckResult {
  return {
    command: ["bun", "test"],
    exitCode: 0,
    endedBy: "exit",
    durationMs: 100,
    failingTests: null,
    firstErrors: [],
    outputFile: "checks/0.log",
    ...given,
  };
}

type Tool = "codex" | "claude" | "pi";

/** A loop that is made of its facts, as the real one is. */
export class SampleLoop {
  readonly prd: Prd;
  readonly #facts: Fact[] = [];
  #iteration = 0;
  #minutes = 0;

  constructor(
    prd: Prd = samplePrd(),
    given: { readonly tools?: readonly Tool[]; readonly attemptsMax?: number } = {},
  ) {
    this.prd = prd;
    this.add({
      ...{ kind: "begun", at: BEGUN_AT, loopId: "slugs-20261124-7f3a", project: "/home/ada/slugs" },
      ...{ branch: "agent-loop/slugs-20261124-7f3a", baseBranch: "main", baseCommit: BASE_COMMIT },
      caps: {
        ...{ attemptsMax: given.attemptsMax ?? 3, iterationsMax: 100, wallClockMaxMs: 43_200_000 },
        ...{ tokensMax: null, costMaxUsd: 20, agentTimeMaxMs: 900_000 },
      },
      ...{ tools: [...(given.tools ?? ["codex", "claude", "pi"])], judge: "model", docker: false },
      finish: { merge: false, push: false, pr: false },
    });
    this.add({ kind: "baseline", at: BEGUN_AT, checks: [sampleCheck()] });
  }

  get at(): string {
    return new Date(Date.parse(BEGUN_AT) + this.#minutes * 60_000).toISOString();
  }

  add(fact: KeylessFact): this {
    this.#facts.push(withKey(fact));
    return this;
  }

  state(): LoopState {
    const state = foldLoop(this.prd, this.#facts, Date.parse(this.at));
    if (state === null) throw new Error("broken promise: the loop has begun");
    return state;
  }

  story(storyId = "US-001"): StoryState {
    const story = this.state().stories.find(({ id }) => id === storyId);
    if (story === undefined) throw new Error(`broken promise: ${storyId} is a story`);
    return story;
  }

  plan(storyId = "US-001", tool: Tool = "codex"): this {
    this.#iteration += 1;
    this.#minutes += 1;
    return this.add({
      ...{ kind: "planned", at: this.at, generation: 1, iteration: this.#iteration, storyId, tool },
      ...{ attempt: this.story(storyId).lastAttempt + 1, storyKind: "code", reasons: [] },
      baseCommit: this.state().head,
    });
  }

  implement(storyId = "US-001", problem: string | null = null): this {
    const attempt = this.story(storyId).lastAttempt;
    return this.add({
      ...{ kind: "implemented", at: this.at, generation: 1, storyId, attempt, problem },
      commit: problem === null ? commitOf(attempt) : null,
      files: problem === null ? ["src/slug.ts"] : [],
    });
  }

  /** `failing`: of the two locked tests. */
  review(
    given: {
      readonly storyId?: string;
      readonly failing?: readonly string[] | null;
      readonly checks?: readonly CheckResult[];
      readonly problem?: string;
      readonly weakened?: readonly string[];
    } = {},
  ): this {
    const story = this.story(given.storyId);
    const { failing = [], checks = [sampleCheck()], problem = null } = given;
    const locked = story.locked ?? {
      ...{ round: story.testRounds + 1, tests: ["1: words", "2: nothing"] },
      files: [{ path: "src/story-us-001.test.ts", sha256: "0".repeat(64) }],
    };
    return this.add({
      ...{ kind: "reviewed", at: this.at, generation: 1, storyId: story.id, problem },
      ...{ attempt: story.lastAttempt, locked: problem === null ? locked : null },
      failingLockedTests: failing === null ? null : [...failing],
      checks: [...checks],
      weakened: [...(given.weakened ?? [])],
    });
  }

  judge(
    verdict: Verdict,
    given: { readonly storyId?: string; readonly failingTests?: readonly string[] } = {},
  ): this {
    const { storyId = "US-001", failingTests = [] } = given;
    const { planned } = this.story(storyId);
    if (planned === null) throw new Error(`broken promise: ${storyId} is planned`);
    this.add({
      ...{ kind: "judged", at: this.at, generation: 1, storyId, attempt: planned.attempt, verdict },
      ...{ tool: planned.tool, reasons: [`It is ${verdict}.`], failingTests: [...failingTests] },
      ...{ feedbackFile: verdict === "PASS" ? null : "feedback/1.md", by: "checks" },
    });
    if (verdict !== "PASS") return this;
    const commit = commitOf(planned.attempt);
    return this.add({
      ...{ kind: "published", at: this.at, storyId, attempt: planned.attempt, commit },
      replaced: null,
    });
  }

  /** A whole attempt. */
  attempt(
    verdict: Verdict,
    given: { storyId?: string; tool?: Tool; failing?: readonly string[] } = {},
  ): this {
    const { storyId = "US-001", tool = "codex", failing = [] } = given;
    return this.plan(storyId, tool)
      .implement(storyId)
      .review({ storyId, failing })
      .judge(verdict, { storyId, failingTests: failing });
  }
}

function commitOf(attempt: number): string {
  return String(attempt % 10).repeat(40);
}
