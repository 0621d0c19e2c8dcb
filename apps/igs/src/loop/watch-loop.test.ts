import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopRecord, loadLoop } from "@system-bus/loops";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { agentLine, BEGUN_MS, fact, LOOP_ID, makeLoop } from "../testing/some-loop.ts";
import type { LoopActivity } from "./loop-programs.ts";
import { type WatchOptions, watchLoop } from "./watch-loop.ts";

let folder: string;
let record: LoopRecord;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watch-loop-"));
  record = await makeLoop(folder, { facts: [fact("planned", {}, 1)] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Watches while `happen` does something after each look, by the look's number. */
async function watch(
  happen: (look: number, stop: AbortController) => Promise<unknown>,
  options: Partial<WatchOptions> = {},
) {
  const told: string[] = [];
  const stop = new AbortController();
  const clock = new LeapingClock(BEGUN_MS + 10_000);
  const sleepMs = clock.sleepMs.bind(clock);
  let look = 0;
  clock.sleepMs = async (durationMs) => {
    await happen(++look, stop);
    if (look > 200) throw new Error("the watch does not end");
    await sleepMs(durationMs);
  };
  const seen = await watchLoop({
    load: async (nowMs) => {
      const loop = await loadLoop(folder, LOOP_ID, nowMs);
      if (loop === null) throw new Error("the loop has not begun");
      return loop;
    },
    lookAtActivity: async () => ({ runs: [], programs: [], strays: [] }),
    clock,
    signal: stop.signal,
    tellsPast: false,
    onFact: ({ kind }) => told.push(kind),
    onAgentRun: ({ end }) => told.push(`agent ${end}`),
    onUtterance: ({ text }) => told.push(`says ${text}`),
    onLook: () => {},
    ...options,
  });
  return { told, seen, clock };
}

test("W1: each fact and each end of a run is told once, in its order, and the past only where asked for", async () => {
  const happen = async (look: number) => {
    if (look === 1) await record.appendAttempt(agentLine());
    if (look === 2) await record.append(fact("implemented", {}, 90));
    if (look === 3) await record.append(fact("paused", {}, 100));
  };
  expect((await watch(happen)).told).toEqual(["agent ok", "implemented", "paused"]);
  const again = await watch(async () => {}, { tellsPast: true });
  expect(again.told).toEqual(["begun", "planned", "agent ok", "implemented", "paused"]);
});

test("W3: it ends when a person is needed, and at once where one is needed already", async () => {
  await record.append(fact("paused"));
  const { seen, clock } = await watch(async () => {});
  expect(seen.loop.state.status).toBe("paused");
  expect(clock.sleptMs).toEqual([]);
});

test("W3: a provider's limit doesn't end it: the loop goes on by itself", async () => {
  const until = new Date(BEGUN_MS + 3_600_000).toISOString();
  await record.append(fact("paused", { cause: "rate-limit", until }));
  const { seen } = await watch(async (look) => {
    if (look === 5) await record.append(fact("cancelled"));
    if (look === 6) await record.append(fact("ended", { outcome: "cancelled" }, 14));
    if (look === 7) await record.append(fact("retro"));
  });
  expect(seen.loop.state.retro).not.toBeNull();
});

test("W3: after the end it waits for the retrospective, half a minute at most", async () => {
  const { seen, clock } = await watch(async (look) => {
    if (look === 1) await record.append(fact("ended", { outcome: "failed" }, 10));
  });
  expect(seen.loop.state.ended?.outcome).toBe("failed");
  expect(clock.nowMs()).toBe(BEGUN_MS + 40_000);
});

test("W3: Ctrl-C ends it, after one last look", async () => {
  const { seen } = await watch(async (look, stop) => {
    if (look === 2) stop.abort();
  });
  expect(seen.loop.state.status).toBe("running");
});

test("what the running agent prints is told line by line, and a line that isn't whole is waited for", async () => {
  const stdoutPath = join(folder, "stdout.log");
  await writeFile(stdoutPath, "first\nsec");
  const program = { key: "k", runId: "r", stepId: "implement", state: "running", stdoutPath };
  const activity: LoopActivity = { runs: [], programs: [program], strays: [] };
  const { told, seen } = await watch(
    async (look, stop) => {
      if (look === 1) await appendFile(stdoutPath, "ond\n");
      if (look === 2) stop.abort();
    },
    { lookAtActivity: async () => activity },
  );
  expect(told).toEqual(["says first", "says second"]);
  expect(seen.lastWords).toBe("second");
});

test("the last words of a program that has ended are told, before what the record says of it", async () => {
  const stdoutPath = join(folder, "stdout.log");
  await writeFile(stdoutPath, "first\n");
  const program = { key: "k", runId: "r", stepId: "implement", state: "running", stdoutPath };
  let isRunning = true;
  const { told } = await watch(
    async (look, stop) => {
      if (look === 1) {
        await appendFile(stdoutPath, "last\n");
        await record.appendAttempt(agentLine());
        isRunning = false;
      }
      if (look === 6) stop.abort();
    },
    {
      lookAtActivity: async () => ({ runs: [], programs: isRunning ? [program] : [], strays: [] }),
    },
  );
  expect(told).toEqual(["says first", "says last", "agent ok"]);
});
