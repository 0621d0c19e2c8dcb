// The adapters of `packages/agents` and the real codex, claude and pi, each in a clean home, under a real
// supervisor. Only the model is scripted. What a failure is called decides what a caller does next, so
// each kind is provoked here.

import { describe, expect, onTestFinished, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type AgentFailureKind,
  type AgentName,
  examineAgent,
  openUsageMeter,
} from "@system-bus/agents";
import { AgentBench, type AgentRun } from "../harness/agent-bench.ts";
import { READ, SHELL, WRITE } from "../harness/agent-tools.ts";
import { AGENT_KEY, agentCommands, setUpAgent } from "../harness/agents.ts";
import type { ModelAnswer } from "../harness/model-apis/model-answer.ts";
import { sendSignal } from "../harness/processes.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { waitFor } from "../harness/wait-for.ts";

const names: readonly AgentName[] = ["codex", "claude", "pi"];
const installed = names.filter((name) => agentCommands[name] !== null);

/** Less than each of them writes by then; three eighths of it hold pi's last line. */
const OUTPUT_MAX_BYTES = 420_000;
const FLOODS: Readonly<Record<AgentName, number>> = { codex: 3, claude: 8, pi: 3 };

const USAGE = { inputTokens: 100, cachedTokens: 40, outputTokens: 20 };

describe.each(names)("%s", (name) => {
  describe.skipIf(agentCommands[name] === null)("(installed by bin/test)", () => {
    const open = async (options = {}) => untilTestEnds(await AgentBench.open(name, options));

    test("answers, with what it was given whole, its own key, its usage and its model", async () => {
      const bench = await open();
      const materialPath = bench.scratch.path("material.md");
      await Bun.write(materialPath, `${"many words ".repeat(30_000)}and the last one`);
      bench.model.willAnswer({ text: "Hello from the model." });
      const result = await bench.run({ materialPath });
      expect(result).toMatchObject({ ok: true, text: "Hello from the model.", usage: USAGE });
      expect(result.model).toBe("scripted");
      expect(result.durationMs).toBeGreaterThan(100);
      expect(bench.model.calls).toHaveLength(1);
      expect(bench.model.calls[0]?.authorization).toContain(AGENT_KEY);
      expect(bench.model.calls[0]?.asked).toContain("Say hello.");
      expect(bench.model.calls[0]?.asked).toContain("many words and the last one");
    });

    test("says what has failed, whatever its exit code, and when a limit ends where it was told", async () => {
      const troubles: Readonly<Partial<Record<AgentFailureKind, ModelAnswer>>> = {
        "model-failed": { status: 500 },
        "not-logged-in": { status: 401 },
        "rate-limited": { status: 429, retryAfterSeconds: 20 },
        "out-of-context": { status: 413 },
        refused: { refusal: "I can't help with that." },
      };
      const kinds = await Promise.all(
        Object.entries(troubles).map(async ([kind, answer]) => {
          const bench = await open();
          bench.model.willAnswer(answer);
          const result = await bench.run({ keepAs: kind });
          if (result.ok) return [kind, `an answer: ${result.text}`];
          expect(result.reason.length).toBeGreaterThan(10);
          if (result.kind === "rate-limited") {
            const resetAtMs = Date.parse(bench.ended?.endedAt ?? "") + 20_000;
            // Without another try, the other two keep to themselves what the header said.
            const resetAt = name === "pi" ? new Date(resetAtMs).toISOString() : null;
            expect(result.resetAt).toBe(resetAt);
          }
          return [kind, result.kind];
        }),
      );
      expect(Object.fromEntries(kinds)).toEqual(
        Object.fromEntries(Object.keys(troubles).map((kind) => [kind, kind])),
      );
    });

    test("is examined without a call of its model: its version, and whether it is logged in", async () => {
      const bench = await open();
      const examine = (env: Readonly<Record<string, string | undefined>>) =>
        examineAgent(name, {
          command: bench.command,
          env: { ...bench.env, ...env },
          home: bench.scratch.path("home"),
          searchPath: process.env.PATH ?? "",
        });
      const clean = await examine({});
      expect(clean).toMatchObject({ login: name === "pi" ? "unknown" : "no", problem: null });
      expect(clean.version).toMatch(/^\d+\.\d+\.\d+$/);
      const setUp = await setUpAgent(name, bench.scratch, bench.model);
      expect(await examine(setUp)).toMatchObject({ login: "yes" });
      expect(bench.model.calls).toEqual([]);
    });

    test("may only answer: no file is changed, in its folder or elsewhere", async () => {
      const bench = await open();
      const inside = bench.inProject("inside.txt");
      const outside = bench.scratch.path("outside.txt");
      bench.model.willAnswer(...[inside, outside].map((path) => SHELL[name](`echo x >${path}`)), {
        text: "I could not.",
      });
      expect(await bench.run({ permissions: "answer" })).toMatchObject({ ok: true });
      expect(bench.model.calls).toHaveLength(3);
      expect([existsSync(inside), existsSync(outside)]).toEqual([false, false]);
      expect(bench.model.calls[0]?.tools.filter((tool) => /web|write|bash/i.test(tool))).toEqual(
        // Its way to go on with a command that it has begun in its sandbox.
        name === "codex" ? ["write_stdin"] : [],
      );
    });

    test("reads the skill that it is given, wherever that lies", async () => {
      const bench = await open();
      const skillPath = bench.scratch.path("skills", "writing-style");
      const file = join(skillPath, "SKILL.md");
      const skill = "---\nname: writing-style\ndescription: How I write.\n---\nWrite like a heron.";
      await Bun.write(file, skill);
      bench.model.willAnswer(READ[name](file), { text: "Read." });
      expect(await bench.run({ permissions: "research", skillPath })).toMatchObject({ ok: true });
      expect(bench.model.calls[0]?.asked).toContain(file);
      expect(bench.model.calls[1]?.asked).toContain("Write like a heron.");
      const forTheWeb = { codex: "web_search", claude: "WebFetch", pi: "bash" };
      expect(bench.model.calls[0]?.tools).toContain(forTheWeb[name]);
    });

    test("may edit files in its folder, sees no key of the bus, and tells of each model call while it runs", async () => {
      const bench = await open();
      const file = bench.inProject("inside.txt");
      bench.model.willAnswer(SHELL[name](`env >${file}`), { text: "Done." });
      bench.model.hold(2);
      const run = bench.run({ permissions: "edit", keepAs: "answer" });
      const running = await bench.waitForCall(2);

      const seen = await Bun.file(file).text();
      expect(seen).toContain(`HOME=${bench.scratch.path("home")}`);
      expect(seen).not.toMatch(/INNGEST|AWS_SECRET/);
      // pi has its key from its own settings; claude leaves it to the commands that it runs.
      expect(seen.includes(AGENT_KEY)).toBe(name === "claude");

      const meter = openUsageMeter(name, running);
      await waitFor("the first call to be told of", async () => (await meter.look()).outputTokens);
      expect(await meter.look()).toMatchObject(USAGE);
      bench.model.letGo();
      const result = await run;
      expect(result).toMatchObject({ ok: true, text: "Done." });
      expect(result.usage).toMatchObject({ inputTokens: 200, cachedTokens: 80, outputTokens: 40 });
      expect(await meter.look()).toMatchObject({ inputTokens: 200, outputTokens: 40 });
    });

    test("may edit a clone with git, and reaches beyond it as far as docs/operating.md says", async () => {
      const bench = await open();
      const git = (...args: readonly string[]) =>
        Bun.$`git -c user.name=someone -c user.email=someone@example.com ${args}`
          .cwd(bench.inProject("."))
          .env(bench.scratch.env)
          .text();
      await git("init", "--quiet");
      await Bun.write(bench.inProject("old.txt"), "old\n");
      await git("add", ".");
      await git("commit", "--quiet", "--message", "base");
      // Its own temporary folder is open to codex, and a test's scratch lies there.
      const outside = await mkdtemp("/var/tmp/system-bus-agents-");
      onTestFinished(() => rm(outside, { recursive: true }));
      const commit = "git -c user.name=a -c user.email=a@b.c commit --quiet -am mine";
      bench.model.willAnswer(
        WRITE[name](bench.inProject("new.txt")),
        WRITE[name](join(outside, "by-tool.txt")),
        SHELL[name]("echo new >old.txt && git status --short >seen.txt; ls | sort >>seen.txt"),
        SHELL[name](`echo x >${join(outside, "by-command.txt")}`),
        SHELL[name](commit),
        { text: "Done." },
      );
      expect(await bench.run({ permissions: "edit" })).toMatchObject({ ok: true });
      const read = (file: string) => Bun.file(bench.inProject(file)).text();
      expect(await read("new.txt")).toBe("a line\n");
      expect(await read("old.txt")).toBe("new\n");
      expect(await read("seen.txt")).toContain("M old.txt");
      const reaches = {
        files: existsSync(join(outside, "by-tool.txt")),
        commands: existsSync(join(outside, "by-command.txt")),
        commits: (await git("log", "--format=%s")).includes("mine"),
      };
      expect(reaches).toEqual(
        {
          codex: { files: false, commands: false, commits: false },
          claude: { files: false, commands: true, commits: true },
          pi: { files: true, commands: true, commits: true },
        }[name],
      );
    });

    test("that is killed from outside has crashed, and nothing of it is left", async () => {
      const bench = await open();
      const run = bench.run(await hangInTool(bench));
      await hasBegun(bench);
      sendSignal(await bench.findPid(), "SIGKILL");
      expect(await run).toMatchObject({ ok: false, kind: "crashed" });
      expect(await bench.findProcesses()).toEqual([]);
    });

    test("is read rightly when it floods its output, of which the middle is cut out", async () => {
      const bench = await open({ outputMaxBytes: OUTPUT_MAX_BYTES });
      bench.model.willAnswer(
        ...Array.from({ length: FLOODS[name] }, () => SHELL[name]("seq 1 30000")),
        {
          text: `${"Words. ".repeat(8_600)}The end.`,
        },
      );
      const result = await bench.run({ permissions: "edit" });
      expect(bench.ended?.outputDroppedBytes).toBeGreaterThan(0);
      expect((await stat(bench.ended?.stdoutPath ?? "")).size).toBeLessThanOrEqual(
        OUTPUT_MAX_BYTES,
      );
      expect(result).toMatchObject({ ok: true, text: expect.stringMatching(/The end\.$/) });
      expect(result.usage.inputTokens).toBe(100 * (FLOODS[name] + 1));
    });
  });
});

/** A tool that never ends, with children of its own; one leaves its session. */
async function hangInTool(bench: AgentBench): Promise<AgentRun> {
  const begun = bench.inProject("begun");
  // No sleep: claude refuses to wait for one.
  const forEver = "tail -f /dev/null";
  const command = `${forEver} & setsid ${forEver} & touch ${begun}; ${forEver}`;
  bench.model.willAnswer(SHELL[bench.name](command));
  return { permissions: "edit" };
}

async function hasBegun(bench: AgentBench): Promise<void> {
  await waitFor(`the tool of ${bench.name} to run`, () => existsSync(bench.inProject("begun")));
  expect((await bench.findProcesses()).length).toBeGreaterThan(3);
}

const TIME_MAX_MS = 9_000;

async function expectToBeEndedInTool(name: AgentName): Promise<void> {
  const bench = untilTestEnds(await AgentBench.open(name));
  const hanging = { ...(await hangInTool(bench)), keepAs: "timed-out" };
  const run = bench.run({ ...hanging, timeMaxMs: TIME_MAX_MS });
  await hasBegun(bench);
  expect(await run).toMatchObject({ ok: false, kind: "timed-out", usage: USAGE });
  expect(bench.model.calls).toHaveLength(1);
  expect(await bench.findProcesses()).toEqual([]);
}

/** It would wait for ever. */
async function expectCodexToBeEndedInWaiting(): Promise<void> {
  const bench = untilTestEnds(await AgentBench.open("codex"));
  await bench.model[Symbol.asyncDispose]();
  expect(await bench.run({ timeMaxMs: TIME_MAX_MS, keepAs: "unreachable" })).toMatchObject({
    ...{ ok: false, kind: "timed-out" },
    reason: expect.stringMatching(/; its last words: .*waiting for network/),
  });
}

test.skipIf(installed.length === 0)(
  "each of them that hangs in a tool is ended at its time limit, with all that it started, and asks its model no more; so is codex that waits for a server that is away, and says so",
  async () => {
    await Promise.all([
      ...installed.map(expectToBeEndedInTool),
      ...(agentCommands.codex === null ? [] : [expectCodexToBeEndedInWaiting()]),
    ]);
  },
);

describe.skipIf(agentCommands.codex === null)("the end of codex's limit", () => {
  test("is told when it is its plan's", async () => {
    const bench = untilTestEnds(await AgentBench.open("codex"));
    const planResetsAt = Math.floor(Date.now() / 60_000) * 60 + 5_400;
    bench.model.willAnswer({ status: 429, planResetsAt });
    const result = await bench.run();
    // It tells the minute; the limit has ended when that minute has.
    const resetAt = new Date((planResetsAt + 60) * 1_000).toISOString();
    expect(result).toMatchObject({ ok: false, kind: "rate-limited", resetAt });
  });

  test("is told when the limit came in the midst of an answer", async () => {
    const bench = untilTestEnds(await AgentBench.open("codex"));
    bench.model.willAnswer({ status: 429, isInStream: true, retryAfterSeconds: 20 });
    const result = await bench.run();
    const resetAt = new Date(Date.parse(bench.ended?.endedAt ?? "") + 20_000).toISOString();
    expect(result).toMatchObject({ ok: false, kind: "rate-limited", resetAt });
  });
});

describe.skipIf(agentCommands.claude === null)("the end of claude's limit", () => {
  test("is told when it is its plan's", async () => {
    const bench = untilTestEnds(await AgentBench.open("claude"));
    const planResetsAt = Math.floor(Date.now() / 1_000) + 5_400;
    bench.model.willAnswer({ status: 429, planResetsAt });
    const env = { ANTHROPIC_API_KEY: undefined, CLAUDE_CODE_OAUTH_TOKEN: AGENT_KEY };
    const resetAt = new Date(planResetsAt * 1_000).toISOString();
    expect(await bench.run({ env })).toMatchObject({ ok: false, kind: "rate-limited", resetAt });
  });

  test("is what the server has asked it to wait, when the wait was in vain; its own pauses say nothing", async () => {
    const resetAfterMs = async (trouble: ModelAnswer) => {
      const bench = untilTestEnds(await AgentBench.open("claude"));
      bench.model.willAnswer(trouble);
      const result = await bench.run({ env: { CLAUDE_CODE_MAX_RETRIES: "1" } });
      expect(bench.model.calls).toHaveLength(2);
      if (result.ok || result.kind !== "rate-limited") throw new Error("promised: a limit");
      const { resetAt } = result;
      return resetAt && Date.parse(resetAt) - Date.parse(bench.ended?.endedAt ?? "");
    };
    expect(await resetAfterMs({ status: 429, retryAfterSeconds: 2 })).toBe(2_000);
    expect(await resetAfterMs({ status: 429 })).toBeNull();
  });
});

test.skipIf(agentCommands.pi === null)(
  "pi that is there without the node that runs it is not installed, and does not pass for it",
  async () => {
    const bench = untilTestEnds(await AgentBench.open("pi"));
    const env = { PATH: bench.scratch.path("tmp") };
    expect(await bench.run({ env })).toMatchObject({
      ...{ ok: false, kind: "not-installed" },
      reason: expect.stringContaining("node"),
    });
    const { command } = bench;
    const home = bench.scratch.path("home");
    const examined = await examineAgent("pi", { command, home, env, searchPath: env.PATH });
    expect(examined).toMatchObject({ version: null, problem: expect.stringContaining("node") });
  },
);
