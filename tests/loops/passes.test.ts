import { expect, test } from "bun:test";
import type { AgentName } from "@system-bus/agents";
import { agentCommands } from "../harness/agents.ts";
import { LOOP_ID, LoopScene } from "../harness/loop-scene.ts";
import { passingScript, SLUG_PRD } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const names: readonly AgentName[] = ["pi", "codex", "claude"];

test.each(names.filter((name) => agentCommands[name] !== null))(
  "with %s a story becomes a commit on the loop's branch, a retrospective and a sample of the playbook",
  async (name) => {
    const scene = untilTestEnds(await LoopScene.open({ agents: [name] }));
    scene.script(passingScript(name));
    await scene.start(SLUG_PRD);
    const { state, attempts } = await scene.waitForEnd();
    expect(state.ended?.outcome).toBe("completed");
    expect(scene.runs).toEqual({ implement: 1, review: 1, judge: 1 });
    expect(await scene.git("log", "--format=%s", `main..agent-loop/${LOOP_ID}`)).toBe(
      "Make slugs of titles",
    );
    expect(attempts.map(({ type }) => type)).toEqual(["agent", "agent", "agent", "verdict"]);
  },
);
