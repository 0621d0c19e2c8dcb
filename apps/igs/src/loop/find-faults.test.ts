import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BASE,
  BEGUN_MS,
  COMMIT,
  fact,
  LOOP_ID,
  type LoopContent,
  makeLoadedLoop,
} from "../testing/some-loop.ts";
import { runOf } from "../testing/trace.ts";
import { findFaults, type LoopFindings } from "./find-faults.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOW_MS = BEGUN_MS + 600_000;
const program = { key: "r1.implement.1", runId: "r1", stepId: "implement", state: "running" };

async function problemsOf(
  content: LoopContent | null,
  change: Partial<LoopFindings> = {},
): Promise<readonly string[]> {
  const loop = content === null ? null : await makeLoadedLoop(folder, content);
  const findings: LoopFindings = {
    ...{ loopId: LOOP_ID, mode: "dev", folder, loop, recordProblem: null },
    engine: { kind: "embedded", version: "0.1.0", isDev: true, latencyMs: 1 },
    engineUrl: "http://127.0.0.1:8288",
    activity: { runs: [runOf({ id: "r1" })], programs: [program], strays: [] },
    ...{ failedRun: null, holder: LOOP_ID, heldProject: null, projectProblem: null },
    ...{ branchHead: null, hasClone: true, isProjectAllowed: true },
    ...change,
  };
  return findFaults(findings, NOW_MS).map(({ problem, fix }) => `${problem} → ${fix}`);
}

const running = { facts: [fact("planned")] };
const QUIET = { runs: [], programs: [], strays: [] };
const over = {
  facts: [
    ...[fact("planned"), fact("implemented"), fact("reviewed"), fact("judged"), fact("published")],
    ...[fact("ended", { outcome: "partial" }), fact("retro")],
  ],
};
const ended = { activity: QUIET, holder: null, branchHead: COMMIT };

test("a loop at work with everything in its place has no fault", async () => {
  expect(await problemsOf(running)).toEqual([]);
});

test("a loop that is over has none either, with the bus down, too", async () => {
  expect(await problemsOf(over, ended)).toEqual([]);
  const down = { runs: null, programs: null, strays: [] };
  expect(await problemsOf(over, { ...ended, activity: down })).toEqual([]);
});

test("a damaged record is named, and hides what would only follow from it", async () => {
  const recordProblem = "/x/journal.jsonl, line 3 cannot be read";
  const [first, ...others] = await problemsOf(null, { recordProblem });
  expect(first).toContain("Its record is damaged: /x/journal.jsonl, line 3");
  expect(others).toEqual([]);
});

test("a loop that stands still is told with its failed run and how to go on", async () => {
  const run = runOf({ id: "r9", status: "FAILED", function: { id: "agent-loop-judge", name: "" } });
  const failedRun = { run, error: "disk full" };
  const [told] = await problemsOf(running, { activity: QUIET, failedRun });
  expect(told).toContain("no run of it goes on, for 10 min 00 s: it stands still.");
  expect(told).toContain("agent-loop-judge, failed: disk full");
  expect(told).toContain("igs loop resume slugs-20261124-7f3a");
});

test("a bus of the other mode is told as what it is", async () => {
  const engine = { kind: "embedded", version: null, isDev: false, latencyMs: 1 } as const;
  const [told] = await problemsOf(running, { engine, activity: QUIET });
  expect(told).toContain("was started with `igs start`: it knows nothing of this loop");
});

test("an engine or a worker that doesn't answer is told once", async () => {
  const noEngine = { runs: null, programs: null, strays: [] };
  const noEngineProblems = await problemsOf(running, { activity: noEngine });
  expect(noEngineProblems).toHaveLength(1);
  expect(noEngineProblems[0]).toContain("No engine answers");
  const noWorker = { runs: [], programs: null, strays: [] };
  expect(await problemsOf(running, { activity: noWorker })).toEqual([
    expect.stringContaining("No worker answers"),
  ]);
});

test("a branch that somebody has moved is told with the commit that the loop had left", async () => {
  const content = { facts: over.facts.slice(0, 5) };
  const [told] = await problemsOf(content, { branchHead: BASE });
  expect(told).toContain(`was moved to ${BASE.slice(0, 10)}`);
  expect(told).toContain(`branch -f agent-loop/slugs-20261124-7f3a ${COMMIT}`);
  expect(await problemsOf(content, { branchHead: COMMIT })).toEqual([]);
});

test("a claim that is another's, nobody's, or left behind is told", async () => {
  expect((await problemsOf(running, { holder: "other-1" }))[0]).toContain("Loop other-1 holds");
  expect((await problemsOf(running, { holder: null }))[0]).toContain("no longer holds");
  expect((await problemsOf(over, { ...ended, holder: LOOP_ID }))[0]).toContain("igs loop clean");
});

test("an agent that lives after the end, or without a run, is told", async () => {
  const living = { runs: [], programs: [program], strays: [] };
  expect((await problemsOf(over, { ...ended, activity: living }))[0]).toContain("r1.implement.1");
  const stray = { runs: [runOf({ id: "r1" })], programs: [program], strays: [program] };
  expect((await problemsOf(running, { activity: stray }))[0]).toContain("it may be this loop's");
});

test("a project that is gone, and one that is no longer allowed, are told", async () => {
  const gone = await problemsOf(running, { projectProblem: "/home/sam/code/notes can't be read" });
  expect(gone).toEqual([expect.stringContaining("can't be read")]);
  const refused = await problemsOf(running, { isProjectAllowed: false });
  expect(refused[0]).toContain("LOOP_PROJECTS");
});

test("a loop whose preflight failed says why, and one that holds a project how to free it", async () => {
  const run = runOf({ id: "r9", status: "FAILED", function: { id: "agent-loop-plan", name: "" } });
  const failedRun = { run, error: "it is a shallow clone" };
  expect((await problemsOf(null, { failedRun }))[0]).toContain("it is a shallow clone");
  const held = await problemsOf(null, { heldProject: "/home/sam/code/notes", activity: QUIET });
  expect(held[0]).toContain("igs loop clean slugs-20261124-7f3a");
});
