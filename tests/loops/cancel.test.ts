import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { agentCommands } from "../harness/agents.ts";
import { LOOP_ID, LoopScene, runCommand } from "../harness/loop-scene.ts";
import { findProcessesOf } from "../harness/processes.ts";
import { passingScript, SLUG_PRD } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { waitFor } from "../harness/wait-for.ts";

const GONE_MAX_MS = 2_000;

test.skipIf(agentCommands.pi === null)(
  "a cancelled loop's agent and its tools are gone within two seconds, its project is free, and a retrospective is written of what there was",
  async () => {
    const scene = untilTestEnds(await LoopScene.open({ agents: ["pi"] }));
    const forEver = "tail -f /dev/null";
    const hanging = runCommand.pi(`setsid ${forEver} & ${forEver} & touch begun; ${forEver}`);
    scene.script({ ...passingScript("pi"), implement: [[hanging]] });
    await scene.start(SLUG_PRD);
    await scene.waitForAgent("implement");
    const folder = scene.bus.scratch.path("bus", "dev", "loops", LOOP_ID, "clone");
    await waitFor("the tool to run", () => existsSync(`${folder}/begun`));
    const cancelled = scene.bus.igs(
      ...[
        "send",
        "agent/loop.cancel",
        "--data",
        JSON.stringify({ loopId: LOOP_ID, removeClone: true }),
      ],
    );
    await cancelled;
    await waitFor(
      "the agent and its tools to be gone",
      async () => (await findProcessesOf(folder)).length === 0,
      { maxMs: GONE_MAX_MS },
    );
    const { state } = await scene.waitForEnd();
    expect(state).toMatchObject({ status: "cancelled", ended: { outcome: "cancelled" } });
    expect(existsSync(folder)).toBe(false);
    expect(await scene.git("status", "--porcelain")).toBe("");
    const note = scene.bus.scratch.path("vault", "system", "retrospectives", `${LOOP_ID}.md`);
    expect(await Bun.file(note).text()).toContain("US-001");
    scene.script(passingScript("pi"));
    await scene.start(SLUG_PRD, { loopId: "again" });
    await scene.waitForLoopOf("again", ({ state: again }) => again.retro !== null);
  },
);
