// Worker, engine, or everything is killed while a role is at work: the loop goes on where it was, and no
// role that was finished is done twice.

import { describe, expect, test } from "bun:test";
import { agentCommands } from "../harness/agents.ts";
import { LOOP_ID, LoopScene, type ScriptedRole } from "../harness/loop-scene.ts";
import { findProcessesOf, sendSignal } from "../harness/processes.ts";
import { passingScript, SLUG_PRD } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const roles: readonly ScriptedRole[] = ["implement", "review", "judge"];
const ONCE = { implement: 1, review: 1, judge: 1 };

async function openAt(role: ScriptedRole): Promise<LoopScene> {
  const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
  scene.script(passingScript("pi"));
  scene.holdAt(role);
  await scene.start(SLUG_PRD);
  await scene.bus.waitFor(`${role} to be at work`, () => scene.runs[role] > 0, { maxMs: 60_000 });
  return scene;
}

async function expectToPass(
  scene: LoopScene,
  runs: Readonly<Record<ScriptedRole, number>>,
): Promise<void> {
  const { state, record } = await scene.waitForEnd();
  expect(state.ended?.outcome).toBe("completed");
  expect(scene.runs).toEqual(runs);
  const kinds = (await record.facts()).map(({ kind }) => kind);
  expect(kinds).toEqual([
    ...["baseline", "begun", "planned", "implemented", "reviewed", "judged", "published"],
    ...["ended", "finished", "retro"],
  ] as typeof kinds);
  const log = await scene.git("log", "--format=%s", `main..agent-loop/${LOOP_ID}`);
  expect(log).toBe("Make slugs of titles");
}

describe.skipIf(agentCommands.pi === null)("killed with SIGKILL", () => {
  test.each(roles)("the worker, while its agent of %s runs: the agent goes on", async (role) => {
    const scene = await openAt(role);
    await scene.bus.worker.kill();
    scene.letGo();
    await scene.bus.startWorker();
    await expectToPass(scene, ONCE);
  });

  test.each(roles)("the engine, while its agent of %s runs: the agent goes on", async (role) => {
    const scene = await openAt(role);
    await scene.bus.engine.kill();
    scene.letGo();
    await scene.bus.startEngine();
    await expectToPass(scene, ONCE);
  });

  test.each(roles)(
    "everything, agents and supervisors too, while %s is at work: it is done again, and no other",
    async (role) => {
      const scene = await openAt(role);
      await scene.bus.killBoth();
      for (const { pid } of await findProcessesOf(scene.bus.scratch.root))
        sendSignal(pid, "SIGKILL");
      scene.letGo();
      await scene.bus.startEngine();
      await scene.bus.startWorker();
      await expectToPass(scene, { ...ONCE, [role]: 2 });
      const { attempts } = (await scene.load()) ?? {};
      expect(attempts?.filter((line) => line.type === "agent" && line.end === "lost")).toHaveLength(
        1,
      );
    },
  );
});
