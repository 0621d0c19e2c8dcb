// igs loop as processes: against the embedded engine, a repository of the test's own, and a planner that is
// played.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  commitAttempt,
  loopPlaces,
  makeClone,
  publish,
  readClaim,
  takeClaim,
} from "@system-bus/loops";
import { loopStart } from "../src/actions/loop-start.ts";
import { loopStatus } from "../src/actions/loop-status.ts";
import { fact, LOOP_ID, makeLoop } from "../src/testing/some-loop.ts";
import { git, LoopBench, PRD } from "./loop-bench.ts";

const TIME_MAX_MS = 60_000;

let bench: LoopBench;
beforeEach(async () => {
  bench = await LoopBench.create();
});
afterEach(() => bench.end());

const resultOf = ({ envelope }: { envelope: Record<string, unknown> }) =>
  envelope["result"] as Record<string, unknown>;

describe("igs loop start", () => {
  test(
    "sends the PRD's content, follows to the end, and leaves the repository as it was",
    async () => {
      await bench.startBus();
      const before = await git(bench.project, "status", "--porcelain=v2", "--branch");
      const args = ["start", "--project", bench.project, "--prd", await bench.writePrd()];
      const done = await bench.igs(...args, "--cost-max", "5", "--hours-max", "2", "--pr");
      expect(done.envelope).toMatchObject({ ok: false, error: { code: "refused" } });
      expect(done.stdout).toContain("--pr needs gh");

      const { exitCode, lines, envelope } = await bench.igs(...args, "--cost-max", "5");
      expect(exitCode).toBe(0);
      expect(envelope).toMatchObject({
        ok: true,
        command: "loop start",
        result: { status: "ended", outcome: "completed", stories: [{ status: "passed" }] },
      });
      const kinds = lines.flatMap(({ type, fact }) =>
        type === "fact" ? [(fact as { kind: string }).kind] : [],
      );
      expect(kinds).toEqual([
        "begun",
        "planned",
        "implemented",
        "judged",
        "published",
        "ended",
        "retro",
      ]);
      expect(await git(bench.project, "status", "--porcelain=v2", "--branch")).toBe(before);

      const events = await bench.processes.igs(["events", "--name", "agent/loop.start"]);
      const { loopId } = resultOf({ envelope });
      expect(events.envelope.result).toMatchObject({
        events: [
          {
            id: `loop:${loopId}:start:1`,
            data: {
              loopId,
              project: bench.project,
              generation: 1,
              prd: PRD,
              caps: { costMaxUsd: 5 },
            },
          },
        ],
      });
    },
    TIME_MAX_MS,
  );

  test(
    "says everything that is wrong at once, and sends nothing",
    async () => {
      await bench.startBus();
      await writeFile(join(bench.project, "dirt.txt"), "dirt");
      await git(bench.project, "checkout", "--quiet", "--detach");
      const at = new Date().toISOString();
      await takeClaim(bench.loopsFolder, { project: bench.project, loopId: "other-1", at });
      const [story] = PRD.stories;
      const stories = [{ ...story, depends_on: ["US-9"], prio: 1 }];
      const prd = await bench.writePrd({ stories });
      const args = ["start", "--project", bench.project, "--prd", prd, "--tools", "claude"];
      const { exitCode, envelope } = await bench.igs(...args);
      expect(exitCode).toBe(2);
      const { message } = envelope["error"] as { message: string };
      for (const words of [
        ...["stories[0].depends_on[0]", "prio", "HEAD is detached", "dirt.txt"],
        ...["loop other-1 works on", "none of the agents runs here"],
      ]) {
        expect(message).toContain(words);
      }
      const events = await bench.processes.igs(["events"]);
      expect(events.envelope.result).toEqual({ events: [] });
    },
    TIME_MAX_MS,
  );

  test(
    "tells what the planner's preflight has found, which has no record",
    async () => {
      await bench.startBus();
      const prd = await bench.writePrd({ title: "Refused" });
      const { exitCode, envelope } = await bench.igs(
        "start",
        "--project",
        bench.project,
        "--prd",
        prd,
      );
      expect(exitCode).toBe(2);
      expect(envelope).toMatchObject({
        error: {
          code: "refused",
          message: expect.stringContaining("dependencies can't be fetched"),
        },
      });
    },
    TIME_MAX_MS,
  );

  test(
    "refuses where nothing listens, and where no engine answers",
    async () => {
      const args = ["start", "--project", bench.project, "--prd", await bench.writePrd()];
      bench.env["INNGEST_BASE_URL"] = "http://127.0.0.1:9";
      expect((await bench.igs(...args)).exitCode).toBe(3);
      bench.env["INNGEST_BASE_URL"] = await bench.processes.startEngine();
      expect((await bench.igs(...args)).envelope).toMatchObject({
        error: { code: "unavailable", message: expect.stringContaining("agent-loop-plan would") },
      });
    },
    TIME_MAX_MS,
  );

  test(
    "asks once for LOOP_PROJECTS, and stores it; a program gets no such yes",
    async () => {
      await bench.startBus();
      delete bench.env["LOOP_PROJECTS"];
      const prd = await bench.writePrd();
      const program = await bench.igs("start", "--project", bench.project, "--prd", prd, "--yes");
      expect(program.envelope).toMatchObject({
        error: { code: "refused", message: expect.stringContaining("LOOP_PROJECTS is not set") },
      });

      const { context, questions, text } = bench.atTerminal([true]);
      await loopStart.call(context, { prd, detach: true });
      expect(text()).toContain("is on its way");
      expect(questions).toEqual([
        expect.stringContaining(`Allow repositories under ${join(bench.project, "..")}?`),
      ]);
      const config = await bench.processes.igs(["config"]);
      expect(config.stdout).toContain(`"LOOP_PROJECTS","value":"${join(bench.project, "..")}"`);
    },
    TIME_MAX_MS,
  );
});

describe("igs loop start --goal", () => {
  test(
    "has an agent write the PRD, mends it once, shows it, and stores it where asked",
    async () => {
      await bench.startBus();
      await bench.answer(1, '{"title":"Slugs","stories":[]}');
      await bench.answer(2, `Here it is:\n\`\`\`json\n${JSON.stringify(PRD)}\n\`\`\``);
      const { context, questions, text } = bench.atTerminal([true]);
      const out = join(bench.processes.home, "out.json");
      await loopStart.call(context, { goal: "Readable addresses", out, detach: true });
      expect(text()).toContain("An empty title throws");
      expect(questions).toEqual(["Start a loop with this PRD?"]);
      expect(await Bun.file(out).json()).toEqual(PRD);
      expect(context.exit.code).toBe(0);
      expect(await Bun.file(join(bench.project, "by-agent.txt")).exists()).toBe(false);
      const left = await Array.fromAsync(
        new Bun.Glob(".prd-*").scan({ cwd: bench.loopsFolder, dot: true }),
      );
      expect(left).toEqual([]);
    },
    TIME_MAX_MS,
  );

  test(
    "starts nothing on a no, or when the PRD is wrong twice",
    async () => {
      await bench.startBus();
      await bench.answer(1, JSON.stringify(PRD));
      const refused = bench.atTerminal([false]);
      await loopStart.call(refused.context, { goal: "Readable addresses", detach: true });
      expect(refused.text()).toContain("Nothing was started.");
      await bench.answer(2, "I can't");
      await bench.answer(3, '{"title":"x"}');
      const args = ["start", "--project", bench.project, "--goal", "x"];
      expect((await bench.igs(...args)).envelope).toMatchObject({
        fix: expect.stringContaining("--yes"),
      });
      expect((await bench.igs(...args, "--yes")).envelope).toMatchObject({
        error: { code: "refused", message: expect.stringContaining("twice") },
      });
      const events = await bench.processes.igs(["events"]);
      expect(events.envelope.result).toEqual({ events: [] });
    },
    TIME_MAX_MS,
  );
});

describe("a person's word", () => {
  test(
    "on an undecided story is checked against the record, and taken by the planner",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Asks");
      const status = await bench.igs("status", loopId);
      expect(status.exitCode).toBe(1);
      expect(status.envelope).toMatchObject({
        error: { code: "loop-paused" },
        result: { stories: [{ status: "needs-human" }] },
        next_actions: expect.arrayContaining([
          expect.objectContaining({ command: `igs loop approve ${loopId} US-001` }),
        ]),
      });
      const resumed = await bench.igs("resume", loopId);
      expect(resumed.exitCode).toBe(2);
      expect(resumed.envelope).toMatchObject({ error: { code: "refused" } });

      const approved = await bench.igs("approve", loopId, "US-001");
      expect(approved.envelope).toMatchObject({
        ok: true,
        result: { isTaken: true, generation: 2 },
      });
      const after = await bench.igs("status", loopId.slice(0, 6));
      expect(after.envelope).toMatchObject({ ok: true, result: { outcome: "completed" } });
      const again = await bench.igs("approve", loopId, "US-001");
      expect(again.envelope).toMatchObject({ error: { message: "US-001 is passed." } });
    },
    TIME_MAX_MS,
  );
});

describe("igs loop cancel", () => {
  test(
    "waits until the record says so, and a cancelled loop is never taken up again",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Stands still");
      const { exitCode, envelope } = await bench.igs("cancel", loopId, "--reason", "wrong PRD");
      expect(exitCode).toBe(0);
      expect(envelope.result).toMatchObject({ loopId, outcome: "cancelled" });
      const shown = await bench.igs("logs", loopId);
      expect(shown.stdout).toContain("wrong PRD");
      expect((await bench.igs("resume", loopId)).envelope).toMatchObject({
        error: { message: expect.stringContaining("was cancelled") },
      });
    },
    TIME_MAX_MS,
  );

  test(
    "reaches a loop whose record lies elsewhere",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Stands still");
      const elsewhere = { ...bench.env, BUS_HOME: join(bench.processes.home, "other") };
      const { envelope } = await bench.processes.igs(["loop", "cancel", loopId], elsewhere);
      expect(envelope.result).toMatchObject({ loopId, outcome: "taken" });
      expect((await bench.igs("status", loopId)).envelope.result).toMatchObject({
        outcome: "cancelled",
      });
    },
    TIME_MAX_MS,
  );
});

describe("igs loop clean", () => {
  test(
    "removes clone and scratch of a loop that is over, keeps its record, and asks first",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Done");
      const places = ["clone", "clone.git", "scratch"].map((name) =>
        join(bench.loopsFolder, loopId, name),
      );
      for (const place of places) await mkdir(place, { recursive: true });
      const at = new Date().toISOString();
      await takeClaim(bench.loopsFolder, { project: bench.project, loopId, at });

      const asked = await bench.igs("clean");
      expect(asked.exitCode).toBe(2);
      expect(asked.stdout).toContain("This would remove");
      const { envelope } = await bench.igs("clean", "--yes");
      expect(envelope.result).toMatchObject({ cleaned: [{ loopId, freedProject: bench.project }] });
      for (const place of places) expect(await stat(place).catch(() => null)).toBeNull();
      expect(await readClaim(bench.loopsFolder, bench.project)).toBeNull();
      expect((await bench.igs("attempts", loopId)).exitCode).toBe(0);
    },
    TIME_MAX_MS,
  );

  test(
    "keeps a loop that is not over, and everything while the bus is down",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Asks");
      expect((await bench.igs("clean", loopId, "--yes")).envelope).toMatchObject({
        error: { code: "refused", message: expect.stringContaining("it is not over") },
      });
      await bench.igs("cancel", loopId);
      bench.env["INNGEST_BASE_URL"] = "http://127.0.0.1:9";
      expect((await bench.igs("clean", "--yes")).envelope.result).toMatchObject({
        cleaned: [],
        kept: [{ loopId, reason: expect.stringContaining("no engine answers") }],
      });
    },
    TIME_MAX_MS,
  );
});

test(
  "diff shows an attempt from the clone, and what has passed when the clone is gone, too",
  async () => {
    bench.env["INNGEST_BASE_URL"] = "http://127.0.0.1:9";
    const { project, loopsFolder } = bench;
    const base = await git(project, "rev-parse", "HEAD");
    const branch = `agent-loop/${LOOP_ID}`;
    const { clone: folder, scratch } = loopPlaces(loopsFolder, LOOP_ID);
    await makeClone({ project, folder, branch, commit: base });
    await writeFile(join(folder, "a.txt"), "a\nb\n");
    const trailers = { loop: LOOP_ID, story: "US-001", attempt: 1 };
    const made = await commitAttempt({
      ...{ folder, branch, base, trailers, title: "US-001: b", body: "", leaveOut: [] },
    });
    if (made.kind !== "committed") throw new Error(`it is ${made.kind}`);
    const { commit } = made;
    const record = await makeLoop(loopsFolder, {
      facts: [
        fact("begun", { project, branch, baseCommit: base }),
        fact("planned", { baseCommit: base }),
        fact("implemented", { commit, files: ["a.txt"] }),
      ],
    });
    const ofStory = await bench.igs("diff", LOOP_ID, "US-001");
    expect(ofStory.envelope["result"]).toMatchObject({ diff: expect.stringContaining("\n+b\n") });
    const ofLoop = await bench.igs("diff", LOOP_ID);
    expect(ofLoop.envelope["result"]).toMatchObject({ diff: "" });
    expect((await bench.igs("diff", LOOP_ID, "US-002")).envelope).toMatchObject({
      error: { code: "not-found", message: "US-002: no attempt was made yet." },
    });

    await record.append(fact("reviewed"));
    await record.append(fact("judged"));
    await publish({ project, folder, branch, commit, expected: null });
    await record.append(fact("published", { commit }));
    await rm(`${folder}.git`, { recursive: true });
    await rm(scratch, { recursive: true, force: true });
    const passed = await bench.igs("diff", LOOP_ID, "--stat");
    expect(passed.envelope["result"]).toMatchObject({
      ...{ from: base, to: commit, diff: null },
      stat: expect.stringContaining("a.txt"),
    });
  },
  TIME_MAX_MS,
);

describe("with the bus down", () => {
  test(
    "status, list, show, attempts, diff and logs tell what the record holds",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Asks");
      bench.env["INNGEST_BASE_URL"] = "http://127.0.0.1:9";
      expect((await bench.igs("list")).envelope.result).toMatchObject({
        loops: [{ loopId, status: "paused", stories: 1, passed: 0 }],
      });
      expect((await bench.igs("status")).envelope.result).toMatchObject({ loopId });
      expect((await bench.igs("show", loopId, "US-001")).envelope.result).toMatchObject({
        state: { verdicts: [{ verdict: "NEEDS_HUMAN", reasons: ["Who knows?"] }] },
      });
      const logs = await bench.igs("logs", loopId, "-n", "2");
      expect(resultOf(logs)).toMatchObject({
        lines: [{ fact: { kind: "judged" } }, { fact: { kind: "paused" } }],
      });
      const watched = await bench.igs("status", "--watch");
      expect(watched.lines[0]).toMatchObject({ type: "status", status: "paused" });
      expect(watched.exitCode).toBe(1);
    },
    TIME_MAX_MS,
  );

  test(
    "diagnose says what is wrong in plain words",
    async () => {
      await bench.startBus();
      const loopId = await bench.startLoop("Asks");
      const journal = join(bench.loopsFolder, loopId, "journal.jsonl");
      const paused = await bench.igs("diagnose", loopId);
      expect(paused.exitCode).toBe(1);
      expect(paused.envelope.result).toMatchObject({
        faults: [{ problem: expect.stringContaining("It has paused (needs-human)") }],
      });
      const text = await Bun.file(journal).text();
      await writeFile(journal, text.replace('"kind":"planned"', '"kind":"plannd"'));
      const damaged = await bench.igs("diagnose", loopId);
      expect(damaged.envelope).toMatchObject({
        error: { code: "unhealthy", message: expect.stringContaining("line 2") },
      });
      expect((await bench.igs("status", loopId)).envelope).toMatchObject({
        error: { code: "unhealthy" },
      });
      expect((await bench.igs("list")).stdout).toContain("journal.jsonl, line 2");
    },
    TIME_MAX_MS,
  );
});

test(
  "a loop that is not there is named, with those that sound like it",
  async () => {
    bench.env["INNGEST_BASE_URL"] = "http://127.0.0.1:9";
    expect((await bench.igs("status")).envelope).toMatchObject({
      error: { code: "not-found" },
      fix: expect.stringContaining("igs loop start"),
    });
    expect((await bench.igs("show", "slugs-1")).envelope).toMatchObject({
      error: { message: 'No loop "slugs-1" is known on this machine.' },
    });
    expect((await bench.igs("show", "../x")).exitCode).toBe(1);
  },
  TIME_MAX_MS,
);

test(
  "in a terminal the status is drawn, and says at its end what to type",
  async () => {
    await bench.startBus();
    const loopId = await bench.startLoop("Asks");
    const { context, text } = bench.atTerminal([]);
    await loopStatus.call(context, {}, loopId);
    expect(text()).toContain("\u001b[");
    expect(text()).toEndWith(`next: igs loop show ${loopId} US-001  What the judge found\n`);
    expect(context.exit.code).toBe(1);
  },
  TIME_MAX_MS,
);
