import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  agentLine,
  BEGUN_MS,
  fact,
  type LoopContent,
  makeLoadedLoop,
} from "../testing/some-loop.ts";
import { runOf } from "../testing/trace.ts";
import { checkDecision, type Decision } from "./check-decision.ts";
import type { LoopActivity } from "./loop-programs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decision-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const QUIET: LoopActivity = { runs: [], programs: [], strays: [] };
const resume: Decision = { kind: "resume", caps: {} };
const approve: Decision = { kind: "approve", storyId: "US-001" };
const retry: Decision = { kind: "retry", storyId: "US-001" };

async function check(content: LoopContent, decision: Decision, activity: LoopActivity = QUIET) {
  const loop = await makeLoadedLoop(folder, content);
  return checkDecision(loop, decision, { activity, nowMs: BEGUN_MS + 120_000 });
}

const pausedAtCost = { facts: [fact("paused")], attempts: [agentLine({ costUsd: 20 })] };
const undecided = {
  facts: [
    ...[fact("planned"), fact("implemented"), fact("reviewed")],
    fact("judged", { verdict: "NEEDS_HUMAN", reasons: ["The tests contradict each other."] }),
    fact("paused", { cause: "needs-human", reason: "US-001 needs your word" }),
  ],
} satisfies LoopContent;
const failed = {
  facts: [
    fact("planned", { attempt: 1 }),
    fact("implemented"),
    fact("judged", { verdict: "FAIL" }),
    fact("planned", { attempt: 2, iteration: 2 }),
    fact("implemented", { attempt: 2 }),
    fact("judged", { verdict: "FAIL", attempt: 2 }),
    fact("planned", { attempt: 3, iteration: 3 }),
    fact("implemented", { attempt: 3 }),
    fact("judged", { verdict: "FAIL", attempt: 3 }),
    fact("ended", { outcome: "failed" }),
  ],
} satisfies LoopContent;

describe("resume", () => {
  test("of a loop that paused for trouble fits", async () => {
    const content = { facts: [fact("paused", { cause: "trouble", reason: "codex is gone" })] };
    expect(await check(content, resume)).toEqual({ fits: true, note: null });
  });

  test("of one that paused at its money cap needs a higher cap", async () => {
    expect(await check(pausedAtCost, resume)).toMatchObject({
      fits: false,
      message: expect.stringContaining("would pause again at once"),
    });
    const raised: Decision = { kind: "resume", caps: { costMaxUsd: 25 } };
    expect(await check(pausedAtCost, raised)).toMatchObject({ fits: true });
  });

  test("of one that asks for a person's word is refused, with the words to say", async () => {
    expect(await check(undecided, resume)).toMatchObject({
      fits: false,
      message: expect.stringContaining("waits for your word on US-001"),
      fix: expect.stringContaining("igs loop approve slugs-20261124-7f3a US-001"),
    });
  });

  test("of one at work is refused: a role would lose its work", async () => {
    const atWork = { runs: [runOf({ id: "r1" })], programs: [], strays: [] };
    expect(await check({ facts: [fact("planned")] }, resume, atWork)).toMatchObject({
      fits: false,
      message: expect.stringContaining("is at work"),
    });
  });

  test("of one whose run was lost fits, and says so", async () => {
    expect(await check({ facts: [fact("planned")] }, resume)).toMatchObject({
      fits: true,
      note: expect.stringContaining("taken up where its record ends"),
    });
  });

  test("of one that seems to run is refused while nobody can tell whether it does", async () => {
    const unknown = { runs: null, programs: null, strays: [] };
    expect(await check({ facts: [fact("planned")] }, resume, unknown)).toMatchObject({
      fits: false,
      message: expect.stringContaining("can't be told"),
    });
  });

  test("of one that a person has cancelled is refused for good", async () => {
    const content = { facts: [fact("cancelled"), fact("ended", { outcome: "cancelled" })] };
    expect(await check(content, resume)).toMatchObject({
      fits: false,
      message: expect.stringContaining("was cancelled"),
    });
  });

  test("of one that waits for a provider's limit fits, and tells what is cut short", async () => {
    const until = new Date(BEGUN_MS + 600_000).toISOString();
    const content = {
      facts: [fact("planned"), fact("paused", { cause: "rate-limit", reason: "limit", until })],
    };
    expect(await check(content, resume)).toMatchObject({
      fits: true,
      note: expect.stringContaining("by itself in 8 min"),
    });
  });
});

describe("approve and reject", () => {
  test("of an undecided story with a change fit", async () => {
    expect(await check(undecided, approve)).toMatchObject({ fits: true });
    const reject: Decision = { kind: "reject", storyId: "US-001", reason: "no" };
    expect(await check(undecided, reject)).toMatchObject({ fits: true });
  });

  test("of a story that was decided are refused, and say what can be done instead", async () => {
    expect(await check(failed, approve)).toMatchObject({
      fits: false,
      message: "US-001 is failed.",
      fix: expect.stringContaining("igs loop retry"),
    });
  });

  test("of a story without a change are refused", async () => {
    const content = {
      facts: [
        fact("planned"),
        fact("implemented", { commit: null, files: [], problem: "nothing changed" }),
        fact("judged", { verdict: "NEEDS_HUMAN" }),
        fact("paused", { cause: "needs-human" }),
      ],
    };
    expect(await check(content, approve)).toMatchObject({
      fits: false,
      message: expect.stringContaining("no change that could be approved"),
    });
  });
});

describe("retry", () => {
  test("opens a failed story again, also of a loop that is over", async () => {
    expect(await check(failed, retry)).toEqual({ fits: true, note: null });
  });

  test("of a story that waits for a failed one names that one", async () => {
    const fitness = await check(failed, { kind: "retry", storyId: "US-002" });
    expect(fitness).toMatchObject({
      fits: false,
      message: "US-002 is skipped.",
      fix: expect.stringContaining("igs loop retry slugs-20261124-7f3a US-001"),
    });
  });

  test("of a story that there isn't lists those that there are", async () => {
    expect(await check(failed, { kind: "retry", storyId: "US-9" })).toMatchObject({
      fits: false,
      fix: "Its stories are: US-001, US-002.",
    });
  });
});
