// What comes of attempts: bad code, tests that are touched, nothing done.

import { expect, test } from "bun:test";
import { agentCommands } from "../harness/agents.ts";
import { LOOP_ID, LoopScene } from "../harness/loop-scene.ts";
import {
  BAD_SLUGIFY,
  GOOD_SLUGIFY,
  opinion,
  passingScript,
  SLUG_PRD,
  SLUG_TESTS,
  TEST_FILE,
  writes,
} from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const hasBoth = agentCommands.pi !== null && agentCommands.codex !== null;
const hasPi = agentCommands.pi !== null;

test.skipIf(!hasBoth)(
  "a story that fails with the first agent passes with the second, which is told what was wrong and keeps the tests",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["codex", "pi"] }));
    scene.script({
      implement: [
        writes("codex", { "src/slugify.ts": BAD_SLUGIFY }),
        writes("pi", { "src/slugify.ts": GOOD_SLUGIFY }),
      ],
      review: [writes("pi", { [TEST_FILE]: SLUG_TESTS })],
      judge: [opinion("fail", "It gives the title back as it is."), opinion("pass")],
    });
    await scene.start(SLUG_PRD);
    const { state, attempts } = await scene.waitForEnd();
    expect(state.ended?.outcome).toBe("completed");
    expect(
      attempts.flatMap((line) => (line.type === "verdict" ? [[line.tool, line.verdict]] : [])),
    ).toEqual([
      ["codex", "FAIL"],
      ["pi", "PASS"],
    ]);
    expect(scene.runs).toMatchObject({ implement: 2, review: 1 });
    const second = scene.model.calls.filter(({ asked }) => /Implement story/.test(asked)).at(-2);
    expect(second?.asked).toContain("1: a title becomes a slug");
    expect(second?.asked).toContain(TEST_FILE);
    // One commit, on top of main; the tests are not part of it.
    expect(await scene.git("diff", "--name-only", "main", `agent-loop/${LOOP_ID}`)).toBe(
      "src/slugify.ts",
    );
    const message = await scene.git("log", "-1", "--format=%B", `agent-loop/${LOOP_ID}`);
    expect(message).toContain(`Loop: ${LOOP_ID}\nStory: US-001\nAttempt: 2`);
  },
);

test.skipIf(!hasPi)(
  "an attempt that changes the tests that are locked is refused whole, whatever else it does",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    const emptyTest = 'import { test } from "bun:test";\ntest("1: nothing", () => {});\n';
    scene.script({
      ...passingScript("pi"),
      implement: [
        writes("pi", { "src/slugify.ts": BAD_SLUGIFY }),
        writes("pi", { "src/slugify.ts": GOOD_SLUGIFY, [TEST_FILE]: emptyTest }),
        writes("pi", { "src/slugify.ts": GOOD_SLUGIFY }),
      ],
      judge: [opinion("fail", "It gives the title back as it is."), opinion("pass")],
    });
    await scene.start(SLUG_PRD);
    const { state, record } = await scene.waitForEnd();
    const facts = await record.facts();
    const implemented = facts.filter((fact) => fact.kind === "implemented");
    expect(implemented.map(({ problem }) => problem)).toEqual([
      null,
      expect.stringContaining(TEST_FILE),
      null,
    ]);
    expect(state.stories[0]).toMatchObject({ status: "passed", lastAttempt: 3 });
    expect(state.stories[0]?.verdicts.map(({ verdict }) => verdict)).toEqual([
      "FAIL",
      "FAIL",
      "PASS",
    ]);
  },
);

test.skipIf(!hasPi)(
  "a story at which nothing is changed fails after its attempts, and no branch is made",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), implement: [[{ text: "All is done already." }]] });
    await scene.start(SLUG_PRD, { caps: { attemptsMax: 2 } });
    const { state } = await scene.waitForEnd();
    expect(state.ended?.outcome).toBe("failed");
    expect(state.stories[0]).toMatchObject({ status: "failed", lastAttempt: 2 });
    expect(scene.runs).toEqual({ implement: 2, review: 0, judge: 0 });
    expect(await scene.git("branch", "--list", "agent-loop/*")).toBe("");
    const log = scene.bus.scratch.path("vault", "system", "system-log.jsonl");
    await scene.bus.waitFor("the log to tell of it", async () =>
      (
        await Bun.file(log)
          .text()
          .catch(() => "")
      ).includes("US-001 Make slugs of titles"),
    );
  },
);

test.skipIf(!hasPi)(
  "tests that pass without an implementation are refused, and the reviewer is told why",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    const hollow =
      'import { expect, test } from "bun:test";\ntest("1: true", () => expect(1).toBe(1));\n';
    scene.script({
      ...passingScript("pi"),
      review: [writes("pi", { [TEST_FILE]: hollow }), writes("pi", { [TEST_FILE]: SLUG_TESTS })],
    });
    await scene.start(SLUG_PRD);
    const { state } = await scene.waitForEnd();
    expect(state.ended?.outcome).toBe("completed");
    expect(scene.runs).toEqual({ implement: 1, review: 2, judge: 1 });
    const reviews = scene.model.calls.filter(({ asked }) =>
      /Write the tests that decide/.test(asked),
    );
    expect(reviews.at(-1)?.asked).toContain("no test fails without an implementation");
    // It has never seen how the story was implemented.
    for (const { asked } of reviews) expect(asked).not.toContain("toLowerCase()");
    for (const { asked } of reviews) expect(asked).toContain("slugify(title: string): string");
  },
);

test.skipIf(!hasPi)(
  "what nobody can decide waits for its person, whose word ends the loop",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), judge: [[{ text: "Looks fine to me!" }]] });
    await scene.start(SLUG_PRD);
    const { state } = await scene.waitForLoop("a pause", (loop) => loop.state.status === "paused");
    expect(state.pause).toMatchObject({ cause: "needs-human" });
    expect(state.stories[0]?.status).toBe("needs-human");
    expect(scene.runs.judge).toBe(2);
    await scene.decide({ kind: "approve", storyId: "US-001" });
    const { state: ended } = await scene.waitForEnd();
    expect(ended.ended?.outcome).toBe("completed");
    expect(await scene.git("rev-list", "--count", `main..agent-loop/${LOOP_ID}`)).toBe("1");
  },
);
