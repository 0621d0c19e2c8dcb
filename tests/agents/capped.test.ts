// The real codex, claude and pi at their caps: each under the watcher of `packages/agents`, that under a
// real supervisor. The model answers at once and never stops asking for tools, so an agent that is not
// ended goes on for ever; what it was asked is counted at the model.

import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { type AgentName, costOf } from "@system-bus/agents";
import { AgentBench } from "../harness/agent-bench.ts";
import { READ, SHELL } from "../harness/agent-tools.ts";
import { AGENT_KEY, agentCommands } from "../harness/agents.ts";
import { isAlive, listCommandLines, sendSignal } from "../harness/processes.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { waitFor } from "../harness/wait-for.ts";

const names: readonly AgentName[] = ["codex", "claude", "pi"];
const installed = names.filter((name) => agentCommands[name] !== null);

/** The calls after which their tokens reach this: 120 each. */
const CALLS_MAX = 6;
const TOKENS_MAX = 120 * CALLS_MAX - 10;

const PRICES = {
  asOf: "2026-11-24",
  models: { scripted: { inputUsd: 3, cachedUsd: 0.3, outputUsd: 15 } },
};
const CALL = { inputTokens: 100, cachedTokens: 40, outputTokens: 20 };
const CALL_USD = costOf(CALL, "scripted", PRICES) ?? Number.NaN;

const usageOf = (calls: number) => ({
  ...{ inputTokens: CALL.inputTokens * calls, cachedTokens: CALL.cachedTokens * calls },
});

describe.each(names)("%s at its cap", (name) => {
  describe.skipIf(agentCommands[name] === null)("(installed by bin/test)", () => {
    const open = async (options = {}) => untilTestEnds(await AgentBench.open(name, options));

    /** It goes on for ever, as quickly as this agent can. */
    async function loop(bench: AgentBench): Promise<void> {
      const file = bench.inProject("file.txt");
      await Bun.write(file, "a line\n");
      bench.model.willAnswer(name === "codex" ? SHELL.codex("true") : READ[name](file));
    }

    function expectAtMostOneCallBeyond(bench: AgentBench): void {
      expect(bench.model.calls.length).toBeGreaterThanOrEqual(CALLS_MAX);
      expect(bench.model.calls.length).toBeLessThanOrEqual(CALLS_MAX + 1);
    }

    test("of tokens is ended in the middle of its loop, at most one call of its model later, and nothing of it is left", async () => {
      const bench = await open();
      await loop(bench);
      const result = await bench.runCapped({
        permissions: "edit",
        caps: { tokensMax: TOKENS_MAX, prices: PRICES },
      });
      expect(result).toMatchObject({
        ...{ ok: false, kind: "timed-out", isCapped: true, model: "scripted" },
        reason: expect.stringMatching(/^it has used \d+ tokens of 710$/),
      });
      expectAtMostOneCallBeyond(bench);
      expect(result.usage.inputTokens).toBe(CALL.inputTokens * CALLS_MAX);
      expect(bench.ended).toMatchObject({ endedBy: "exit" });
      expect(await bench.findProcesses()).toEqual([]);
    });

    test("of money is ended as well, by the price table", async () => {
      const bench = await open();
      await loop(bench);
      const costMaxUsd = CALL_USD * (CALLS_MAX - 0.5);
      const result = await bench.runCapped({
        permissions: "edit",
        caps: { costMaxUsd, prices: PRICES },
      });
      expect(result).toMatchObject({ isCapped: true, usage: usageOf(CALLS_MAX) });
      expect(result.costUsd).toBeGreaterThanOrEqual(costMaxUsd);
      expect(result.costUsd).toBeLessThanOrEqual(CALL_USD * CALLS_MAX + 1e-9);
      expectAtMostOneCallBeyond(bench);
    });

    test("is ended though its worker and its supervisor are dead", async () => {
      const bench = await open();
      await loop(bench);
      bench.model.hold(3);
      const run = bench.runCapped({ permissions: "edit", caps: { tokensMax: TOKENS_MAX } });
      await bench.waitForCall(3);
      const watcher = await bench.findPid();
      sendSignal(await bench.findSupervisorPid(), "SIGKILL");
      bench.model.letGo();
      // Nobody looks after it now; the bench's worker does nothing until it resumes.
      await waitFor("the watcher to end", async () => !(await isAlive(watcher)));
      expectAtMostOneCallBeyond(bench);
      await bench.resume();
      expect(await run).toMatchObject({ reason: "it was lost", usage: usageOf(CALLS_MAX) });
      expect(await bench.findProcesses()).toEqual([]);
    });

    test("has used what it has used, though it has flooded its output", async () => {
      const bench = await open({ outputMaxBytes: 200_000 });
      bench.model.willAnswer(SHELL[name]("seq 1 30000"));
      const result = await bench.runCapped({
        permissions: "edit",
        caps: { tokensMax: TOKENS_MAX },
      });
      expect(bench.ended?.outputDroppedBytes).toBeGreaterThan(0);
      expect(result).toMatchObject({ isCapped: true, usage: usageOf(CALLS_MAX) });
      expectAtMostOneCallBeyond(bench);
    });

    test("that it doesn't reach answers as without one, and has its price; no key of its is in a command line", async () => {
      const bench = await open();
      const file = bench.inProject("inside.txt");
      bench.model.willAnswer(SHELL[name](`env >${file}`), { text: "Done." });
      bench.model.hold(2);
      const run = bench.runCapped({
        permissions: "edit",
        caps: { tokensMax: 10_000, costMaxUsd: 1, prices: PRICES },
      });
      await bench.waitForCall(2);
      expect(await listCommandLines()).not.toContain(AGENT_KEY);
      bench.model.letGo();
      const result = await run;
      expect(result).toMatchObject({
        ...{ ok: true, text: "Done.", isCapped: false, model: "scripted" },
        usage: usageOf(2),
      });
      // claude reckons itself, by a price that it guesses.
      if (name === "claude") expect(result.costUsd).toBe(result.usage.costUsd ?? null);
      else expect(result.costUsd).toBeCloseTo(2 * CALL_USD, 9);
    });

    test("ends with its own failure, where it has one", async () => {
      const bench = await open();
      bench.model.willAnswer({ status: 401 });
      const result = await bench.runCapped({ caps: { tokensMax: TOKENS_MAX, prices: PRICES } });
      expect(result).toMatchObject({ ok: false, kind: "not-logged-in", isCapped: false });
      expect(bench.ended?.exitCode).toBe(name === "pi" ? 0 : 1);
    });

    describe("that hangs in a tool, with children of its own,", () => {
      test.each(["SIGKILL", "SIGTERM"] as const)(
        "goes with its watcher that is ended by %s",
        async (signal) => {
          const { bench, run } = await hangInTool(name, 60_000);
          sendSignal(await bench.findPid(), signal);
          expect(await run).toMatchObject({
            ...{ ok: false, kind: "crashed", isCapped: false, reason: `it was ended by ${signal}` },
            usage: usageOf(1),
          });
          expect(await bench.findProcesses()).toEqual([]);
          expect(bench.model.calls).toHaveLength(1);
        },
      );

      test("goes with its run that is cancelled, within two seconds", async () => {
        const { bench, run } = await hangInTool(name, 60_000);
        // Heard from the beginning: on a busy machine it ends while the test looks elsewhere.
        const end = run.then(
          () => "it went on",
          (error: unknown) => String(error),
        );
        const cancelledMs = performance.now();
        await bench.stop();
        expect(performance.now() - cancelledMs).toBeLessThan(2_000);
        expect(await bench.findProcesses()).toEqual([]);
        expect(bench.model.calls).toHaveLength(1);
        expect(await end).toMatch(/stopped/);
      });
    });
  });
});

async function hangInTool(name: AgentName, timeMaxMs: number) {
  const bench = untilTestEnds(await AgentBench.open(name));
  const begun = bench.inProject("begun");
  // No sleep: claude refuses to wait for one.
  const forEver = "tail -f /dev/null";
  const command = `${forEver} & setsid ${forEver} & touch ${begun}; ${forEver}`;
  bench.model.willAnswer(SHELL[name](command));
  const run = bench.runCapped({
    ...{ permissions: "edit", timeMaxMs },
    caps: { tokensMax: TOKENS_MAX },
  });
  await waitFor(`the tool of ${name} to run`, () => existsSync(begun));
  expect((await bench.findProcesses()).length).toBeGreaterThan(4);
  return { bench, run };
}

async function expectToBeEndedAtItsTimeLimit(name: AgentName): Promise<void> {
  const { bench, run } = await hangInTool(name, 9_000);
  expect(await run).toMatchObject({
    ...{ ok: false, kind: "timed-out", isCapped: false, usage: usageOf(1) },
    reason: expect.stringContaining("still at it"),
  });
  expect(await bench.findProcesses()).toEqual([]);
  expect(bench.model.calls).toHaveLength(1);
}

test.skipIf(installed.length === 0)(
  "each of them is ended at its time limit, its watcher with it, and what it has used is known",
  async () => {
    await Promise.all(installed.map(expectToBeEndedAtItsTimeLimit));
  },
);
