import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainPaint } from "../output/paint.ts";
import {
  agentLine,
  BEGUN_MS,
  fact,
  type LoopContent,
  makeLoadedLoop,
  prd,
} from "../testing/some-loop.ts";
import type { LoopActivity } from "./loop-programs.ts";
import { renderLoop } from "./render-loop.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "render-loop-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function render(
  content: LoopContent,
  seen: {
    readonly activity?: LoopActivity;
    readonly nowS?: number;
    readonly lastWords?: string;
    readonly storiesMax?: number;
  } = {},
): Promise<readonly string[]> {
  const { activity = null, nowS = 120, lastWords, storiesMax } = seen;
  const loop = await makeLoadedLoop(folder, content, nowS);
  const nowMs = BEGUN_MS + nowS * 1_000;
  return renderLoop({ loop, activity, nowMs, lastWords }, { paint: plainPaint, storiesMax }).split(
    "\n",
  );
}

const implementing = { facts: [fact("planned", {}, 30)] };

test("a loop at work shows who does what for how long, and what was spent of what", async () => {
  const content = { ...implementing, attempts: [agentLine({ role: "review", storyId: "" })] };
  const lines = await render(content, { lastWords: "Done with the tests.\nNow the code" });
  expect(lines[0]).toBe("slugs-20261124-7f3a  … running  Slugs");
  expect(lines[2]).toBe(
    "spent    2 min 00 s of 12 h 00 min · 1 of 100 iterations · 12.3k tokens · 0.42 USD of 20.00 USD",
  );
  expect(lines.slice(5, 8)).toEqual([
    "STORY   STATUS    ATTEMPT  TOOL   NOW        TIME        TOKENS  COST  TITLE",
    "US-001  … active  1        codex  implement  1 min 30 s                Make slugs of titles",
    "US-002  · open                                                         Use them in links",
  ]);
  expect(lines.slice(9)).toEqual([
    "codex implements US-001, attempt 1, for 1 min 30 s.",
    "  Done with the tests. Now the code",
    "next: igs loop logs slugs-20261124-7f3a -f  What the agent says and does",
  ]);
});

test("time, tokens and money of a story are those of its own agents", async () => {
  const lines = await render({
    facts: [fact("planned"), fact("implemented", {}, 100)],
    attempts: [agentLine(), agentLine({ key: "k2", storyId: "US-002", costUsd: null })],
  });
  expect(lines[6]).toContain("review  1 min 22 s  12.3k   0.42 USD");
  expect(lines[2]).toEndWith("(and 1 run whose price is not known)");
});

test("an agent that stands in line says for what", async () => {
  const waiting = {
    ...{ key: "r1.implement.1", runId: "r1", stepId: "implement", state: "waiting" },
    slot: { name: "loop-agent", aheadCount: 2 },
  };
  const activity = { runs: [], programs: [waiting], strays: [] };
  const lines = await render(implementing, { activity });
  expect(lines[9]).toContain("waits for the loop-agent slot, 2 ahead of it");
});

test("with the bus down it says so, from the record alone", async () => {
  const noEngine = { runs: null, programs: null, strays: [] };
  expect((await render(implementing, { activity: noEngine }))[9]).toBe(
    "No engine answers: nothing moves until it does, and nothing is lost.",
  );
  const noWorker = { runs: [], programs: null, strays: [] };
  expect((await render(implementing, { activity: noWorker }))[9]).toContain("No worker answers");
});

test("a loop whose run was lost is not told as one at work", async () => {
  const activity = { runs: [], programs: [], strays: [] };
  const lines = await render(implementing, { activity, nowS: 300 });
  expect(lines[9]).toContain("stood still for 4 min 30 s");
  expect(lines[10]).toContain("igs loop diagnose");
  const fresh = await render(implementing, { activity, nowS: 40 });
  expect(fresh[9]).toBe("codex implements US-001, attempt 1, for 10.0 s.");
});

test("a paused loop says why, and what to type", async () => {
  const lines = await render({ facts: [fact("paused")] });
  expect(lines[0]).toContain("‖ paused");
  expect(lines.slice(9)).toEqual([
    "20 of 20 US dollars are spent.",
    "next: igs loop resume slugs-20261124-7f3a  Let it go on",
  ]);
});

test("a provider's limit says when it goes on by itself", async () => {
  const until = new Date(BEGUN_MS + 3_720_000).toISOString();
  const facts = [fact("planned"), fact("paused", { cause: "rate-limit", reason: "Limit", until })];
  expect((await render({ facts }))[9]).toBe("Limit. It goes on by itself in 1 h 00 min.");
});

test("a story that needs a person shows how it is looked at first", async () => {
  const facts = [
    ...[fact("planned"), fact("implemented"), fact("reviewed")],
    fact("judged", { verdict: "NEEDS_HUMAN" }),
    fact("paused", { cause: "needs-human", reason: "US-001 needs your word" }),
  ];
  const lines = await render({ facts });
  expect(lines[6]).toContain("? needs human");
  expect(lines[10]).toContain("igs loop show slugs-20261124-7f3a US-001");
});

test("a loop that is over says what has passed and where it is", async () => {
  const facts = [
    ...[fact("planned"), fact("implemented"), fact("reviewed"), fact("judged"), fact("published")],
    fact("ended", { outcome: "partial" }),
  ];
  const lines = await render({ facts });
  expect(lines[0]).toContain("✗ partial");
  expect(lines[9]).toBe(
    "It is over: 1 of 2 stories have passed. Branch agent-loop/slugs-20261124-7f3a is in /home/sam/code/notes.",
  );
});

test("where the screen is low, the stories around the one at work are shown", async () => {
  const [first] = prd.stories;
  if (!first) throw new Error("there is a story");
  const stories = Array.from({ length: 30 }, (_, index) => ({ ...first, id: `S-${index + 1}` }));
  const content = { prd: { ...prd, stories }, facts: [fact("planned", { storyId: "S-20" })] };
  const lines = await render(content, { storiesMax: 5 });
  expect(lines.slice(6, 11).map((line) => line.split(" ")[0])).toEqual([
    ...["S-18", "S-19", "S-20", "S-21", "S-22"],
  ]);
  expect(lines[11]).toBe("… and 25 more stories");
});
