// Agents and providers that misbehave. None of it is taken for work, and none of it hangs a loop.

import { expect, test } from "bun:test";
import { agentCommands } from "../harness/agents.ts";
import { LoopScene, runCommand } from "../harness/loop-scene.ts";
import { findProcessesOf, sendSignal } from "../harness/processes.ts";
import { GOOD_SLUGIFY, passingScript, SLUG_PRD, writes } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const hasPi = agentCommands.pi !== null;
const good = writes("pi", { "src/slugify.ts": GOOD_SLUGIFY });
const hanging = [runCommand.pi("touch begun; tail -f /dev/null")];

test.skipIf(!hasPi)(
  "an agent that hangs is ended at its time limit, and the next attempt passes",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), implement: [hanging, good] });
    await scene.start(SLUG_PRD, { caps: { agentTimeMaxMs: 20_000 } });
    const { state, attempts } = await scene.waitForEnd();
    expect(state.ended?.outcome).toBe("completed");
    expect(attempts.flatMap((line) => (line.type === "agent" ? [line.end] : []))).toEqual([
      ...["timed-out", "ok", "ok", "ok"],
    ]);
  },
);

test.skipIf(!hasPi)("an agent that floods its output is read to its end", async () => {
  const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
  const flood = Array.from({ length: 3 }, () => runCommand.pi("seq 1 400000"));
  scene.script({ ...passingScript("pi"), implement: [[...flood, ...good]] });
  await scene.start(SLUG_PRD);
  const { state } = await scene.waitForEnd();
  expect(state.ended?.outcome).toBe("completed");
  expect(scene.runs.implement).toBe(1);
});

test.skipIf(!hasPi)("a provider's limit is sat out until it ends, and is no attempt", async () => {
  const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
  scene.script({
    ...passingScript("pi"),
    implement: [[{ status: 429, retryAfterSeconds: 4 }], good],
  });
  await scene.start(SLUG_PRD);
  const held = await scene.waitForLoop("the limit", ({ state }) => state.status === "paused");
  expect(held.state.pause).toMatchObject({ cause: "rate-limit", until: expect.any(String) });
  const { state, attempts } = await scene.waitForEnd();
  expect(state.stories[0]).toMatchObject({ status: "passed", lastAttempt: 1 });
  expect(attempts[0]).toMatchObject({ type: "agent", end: "rate-limited" });
});

test.skipIf(!hasPi)(
  "an agent that is killed from outside is run once more, in the same attempt",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    scene.script({ ...passingScript("pi"), implement: [hanging, good] });
    await scene.start(SLUG_PRD);
    const pid = await scene.waitForAgent("implement");
    sendSignal(pid, "SIGKILL");
    const { state, attempts } = await scene.waitForEnd();
    expect(state.stories[0]).toMatchObject({ status: "passed", lastAttempt: 1 });
    expect(attempts[0]).toMatchObject({ type: "agent", end: "crashed" });
    expect(await findProcessesOf(scene.bus.scratch.path("bus", "dev", "loops"))).toEqual([]);
  },
);
