import { afterEach, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loopPlaces, readClaim } from "@system-bus/loops";
import { endLoop, startLoop } from "../../src/loop/agent-loop-plan.ts";
import type { LoopDeps, LoopStep } from "../../src/loop/loop-deps.ts";
import { makeWorld, type SampleWorld } from "./sample-world.ts";

const LOOP_ID = "early-1";
const worlds: SampleWorld[] = [];

afterEach(() => {
  for (const { root } of worlds.splice(0)) rmSync(root, { recursive: true, force: true });
});

const noStep = () => Promise.reject(new Error("the loop goes on"));
const step: LoopStep = {
  run: (_id, work) => work(),
  ...{ waitForEvent: noStep, sleepUntil: noStep, sendEvent: noStep },
};
const run = { runId: "01K3ZJ4T1Q0000000000000000", step };
const prd = {
  ...{ title: "Early", description: "A loop that is cancelled early." },
  stories: [
    {
      ...{ id: "one", title: "One", description: "Do it.", priority: 1 },
      acceptance_criteria: ["It is done"],
    },
  ],
};

function enter(nowMs: () => number) {
  const world = makeWorld();
  worlds.push(world);
  const loops = { projects: [world.root], pricesFile: undefined, agentsMax: 1, tools: [] };
  const deps: LoopDeps = {
    ...{ loops, nowMs, home: world.root, env: {} },
    ...{ loopsFolder: world.loopsFolder, vaultFolder: world.vaultFolder },
    programs: { run: () => Promise.reject(new Error("a program was started")) } as never,
    finder: { searchPath: process.env["PATH"] ?? "", find: () => null, get: () => "" },
    readLoopSettings: () => loops,
    agentModels: { codex: undefined, claude: undefined, pi: undefined },
    onMilestone: () => {},
  };
  const begin = () =>
    startLoop(deps, run, { loopId: LOOP_ID, project: world.project, generation: 1, prd });
  const cancel = () => endLoop(deps, run, { loopId: LOOP_ID });
  return { world, begin, cancel };
}

async function expectNothingLeft({ loopsFolder, project }: SampleWorld): Promise<void> {
  expect(await readClaim(loopsFolder, project)).toBeNull();
  expect(existsSync(loopPlaces(loopsFolder, LOOP_ID).folder)).toBe(false);
}

test("a loop that was cancelled before its beginning came to its project does not begin", async () => {
  const { world, begin, cancel } = enter(() => 1);
  await cancel();
  expect(begin()).rejects.toThrow("cancelled before it had begun");
  await expectNothingLeft(world);
});

test("one that is cancelled while it takes its project gives it back", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
  let readCount = 0;
  // Read for the second time, the clock tells when the claim is taken.
  const scene = enter(() => {
    readCount += 1;
    if (readCount === 2) resolve(scene.cancel());
    return 1;
  });
  await scene.begin().catch(() => {});
  await cancelled;
  await expectNothingLeft(scene.world);
  expect(existsSync(join(scene.world.loopsFolder, ".cancelled-early", LOOP_ID))).toBe(true);
});
