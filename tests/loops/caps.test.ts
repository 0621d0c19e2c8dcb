import { expect, test } from "bun:test";
import { agentCommands } from "../harness/agents.ts";
import { LoopScene, runCommand } from "../harness/loop-scene.ts";
import { passingScript, SLUG_PRD } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const hasPi = agentCommands.pi !== null;
/** A model that never ends: each of its calls uses 120 tokens, 0.00026 US dollars by the test's table. */
const endless = Array.from({ length: 200 }, () => runCommand.pi("true"));
const CALL_TOKENS = 120;

test.skipIf(!hasPi).each([
  ["tokens", { tokensMax: 1_000 }, { tokensMax: 100_000 }],
  ["cost", { costMaxUsd: 0.002 }, { costMaxUsd: 1 }],
] as const)(
  "a loop that has used up its %s is paused with everything kept, at most one call beyond, and goes on when there is more",
  async (cause, given, more) => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), implement: [endless] });
    await scene.start(SLUG_PRD, { caps: given });
    const { state, spent } = await scene.waitForLoop(
      "a pause",
      (loop) => loop.state.status === "paused",
    );
    expect(state.pause).toMatchObject({ cause, until: null });
    expect(state.pause?.reason).toContain("igs loop resume slugs");
    const calls = scene.model.calls.length;
    const capCalls = "tokensMax" in given ? Math.ceil(given.tokensMax / CALL_TOKENS) : 8;
    expect(calls).toBeGreaterThanOrEqual(capCalls);
    expect(calls).toBeLessThanOrEqual(capCalls + 1);
    expect(spent.agentRuns).toBe(1);
    scene.script(passingScript("pi"));
    await scene.decide({ kind: "resume", caps: more });
    const { state: ended } = await scene.waitForEnd();
    expect(ended).toMatchObject({ generation: 2, ended: { outcome: "completed" } });
    expect(ended.stories[0]?.lastAttempt).toBe(1);
  },
);

test.skipIf(!hasPi)(
  "a loop whose time is over is paused, also in the middle of an agent's run",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), implement: [[runCommand.pi("tail -f /dev/null")]] });
    await scene.start(SLUG_PRD, { caps: { wallClockMaxMs: 8_000 } });
    const { state } = await scene.waitForLoop("a pause", (loop) => loop.state.status === "paused");
    expect(state.pause).toMatchObject({ cause: "time" });
    expect(state.stories[0]?.status).toBe("active");
  },
);
