// A coding loop as a person runs it: engine, worker and `igs loop`, a small TypeScript project in a
// repository of its own, and real agents whose only model is a test's. The model is told for each role
// what its agent does; it knows the role by the first words of the prompt.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AgentName } from "@system-bus/agents";
import type { EventFields } from "@system-bus/events";
import { type LoadedLoop, loadLoop } from "@system-bus/loops";
import { setUpAgent } from "./agents.ts";
import { Bus } from "./bus.ts";
import type { ModelAnswer } from "./model-apis/model-answer.ts";
import { ModelServer, type SeenCall } from "./model-server.ts";
import { findProcessesOf } from "./processes.ts";
import { runGit } from "./run-git.ts";
import { describeRuns } from "./runs.ts";

export type Prd = EventFields<"agent/loop.start">["prd"];
export type ScriptedRole = "implement" | "review" | "judge";

/** What a role's agents do, one run after the other; the last one is done again and again. */
export type Script = Readonly<Record<ScriptedRole, readonly (readonly ModelAnswer[])[]>>;

export interface SceneOptions {
  readonly agents: readonly AgentName[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** How each of them is told by its model to run a command. */
export const runCommand: Readonly<Record<AgentName, (command: string) => ModelAnswer>> = {
  codex: (cmd) => ({ tool: "exec_command", args: { cmd } }),
  claude: (command) => ({ tool: "Bash", args: { command } }),
  pi: (command) => ({ tool: "bash", args: { command } }),
};

/** pi writes its own name over its command line. */
const AGENT = /^(\S*\/)?(node |bun )?(\S*\/)?(pi|codex|claude)\b/;

const OPENINGS: Readonly<Record<ScriptedRole, RegExp>> = {
  implement: /Implement story \S+ in the git repository/,
  review: /Write the tests that decide whether story/,
  judge: /Judge whether the change below does/,
};

export const LOOP_ID = "slugs";
const PRICES = { inputUsd: 1, cachedUsd: 0.1, outputUsd: 10 };

export class LoopScene implements AsyncDisposable {
  readonly bus: Bus;
  readonly model: ModelServer;
  readonly project: string;
  readonly #runs: Record<ScriptedRole, number> = { implement: 0, review: 0, judge: 0 };
  readonly #places: Partial<Record<ScriptedRole, number>> = {};
  #script: Script = { implement: [], review: [], judge: [] };

  private constructor(bus: Bus, model: ModelServer) {
    this.bus = bus;
    this.model = model;
    this.project = bus.scratch.path("code", "slugs");
    model.answersBy((call) => this.#answer(call));
  }

  static async open({ agents, settings, files }: SceneOptions): Promise<LoopScene> {
    const model = new ModelServer();
    const bus = await Bus.start({
      prepare: async (scratch) => {
        await makeProject(scratch.path("code", "slugs"), files);
        const prices = { asOf: "2026-11-24", models: { scripted: PRICES } };
        await Bun.write(scratch.path("prices.json"), JSON.stringify(prices));
        let variables: Record<string, string> = {};
        let path = scratch.env["PATH"] ?? "";
        for (const name of agents) {
          const { PATH, ...own } = await setUpAgent(name, scratch, model);
          variables = { ...variables, ...own };
          path = `${PATH?.split(":")[0]}:${path}`;
        }
        return {
          ...variables,
          PATH: `${join(process.execPath, "..")}:${path}`,
          LOOP_PROJECTS: scratch.path("code"),
          LOOP_TOOLS: agents.join(","),
          LOOP_PRICES: scratch.path("prices.json"),
          ...settings,
        };
      },
    });
    bus.scratch.atEnd(() => model[Symbol.asyncDispose]());
    return new LoopScene(bus, model);
  }

  script(script: Script): void {
    this.#script = script;
  }

  /** How many runs of its agent each role has had. */
  get runs(): Readonly<Record<ScriptedRole, number>> {
    return this.#runs;
  }

  async start(prd: Prd, options: Partial<EventFields<"agent/loop.start">> = {}): Promise<void> {
    const data = { loopId: LOOP_ID, project: this.project, generation: 1, prd, ...options };
    const sent = await this.bus.igs("send", "agent/loop.start", "--data", JSON.stringify(data));
    if (sent.exitCode !== 0) throw new Error(`the loop was not started: ${sent.stdout}`);
  }

  /** As `igs loop resume`, `retry`, `approve` and `reject` send it. */
  async decide(decision: EventFields<"agent/loop.plan">["decision"]): Promise<void> {
    const loop = await this.load();
    if (loop === null) throw new Error("the loop has not begun");
    const { generation, iteration } = loop.state;
    const place = { generation: generation + 1, iteration: iteration + 1 };
    const data = { loopId: LOOP_ID, project: this.project, ...place, decision };
    await this.bus.igs("send", "agent/loop.plan", "--data", JSON.stringify(data));
  }

  load(loopId = LOOP_ID): Promise<LoadedLoop | null> {
    return loadLoop(this.bus.scratch.path("bus", "dev", "loops"), loopId, Date.now());
  }

  /** The pid of the agent that a role has running, in whose tool it hangs. */
  async waitForAgent(role: ScriptedRole): Promise<number> {
    await this.bus.waitFor(`the agent of ${role} to be asked`, () => this.#runs[role] > 0);
    return this.bus.waitFor("the agent's process", async () => {
      const processes = await findProcessesOf(this.bus.scratch.root);
      const mark = new RegExp(`SYSTEM_BUS_PROGRAM=\\w+\\.${role}\\.`);
      const found = processes.find(
        ({ command }) => AGENT.test(command) && mark.test(command) && !/main\.ts/.test(command),
      );
      return found?.pid ?? false;
    });
  }

  /** Waits until the loop's record says so. */
  waitForLoop(
    what: string,
    look: (loop: LoadedLoop) => unknown,
    maxMs?: number,
  ): Promise<LoadedLoop> {
    return this.waitForLoopOf(LOOP_ID, look, { what, maxMs });
  }

  waitForLoopOf(
    loopId: string,
    look: (loop: LoadedLoop) => unknown,
    { what = loopId, maxMs = 120_000 }: { what?: string; maxMs?: number | undefined } = {},
  ): Promise<LoadedLoop> {
    return this.bus.waitFor(
      what,
      async () => {
        const loop = await this.load(loopId);
        return loop !== null && look(loop) ? loop : false;
      },
      { maxMs, describe: () => this.describe() },
    );
  }

  /** Until its retrospective is written. */
  waitForEnd(maxMs?: number): Promise<LoadedLoop> {
    return this.waitForLoop("the loop to end", ({ state }) => state.retro !== null, maxMs);
  }

  async describe(): Promise<string> {
    const loop = await this.load();
    const facts = (await loop?.record.facts()) ?? [];
    const lines = facts.map((fact) => JSON.stringify(fact).slice(0, 600));
    const programs = (await this.bus.programs.list()).map((program) => JSON.stringify(program));
    return `${lines.join("\n")}\n${await describeRuns(this.bus)}\n${programs.join("\n")}\n${this.bus.lastWords()}`;
  }

  git(...args: readonly string[]): Promise<string> {
    return runGit(this.project, args);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.bus[Symbol.asyncDispose]();
  }

  #answer(call: SeenCall): ModelAnswer {
    const role = roleOf(call);
    if (role === null) return { text: "Nothing was asked." };
    const steps = this.#script[role];
    // A conversation begins with a prompt alone.
    if (!call.hasToolResult) {
      this.#runs[role] += 1;
      this.#places[role] = 0;
    }
    const run = steps[Math.min(this.#runs[role], steps.length) - 1] ?? [];
    const place = this.#places[role] ?? 0;
    this.#places[role] = place + 1;
    return run[place] ?? { text: "Done." };
  }
}

function roleOf({ asked }: SeenCall): ScriptedRole | null {
  const roles = ["implement", "review", "judge"] as const;
  return roles.find((role) => OPENINGS[role].test(asked)) ?? null;
}

const PACKAGE = { name: "slugs", type: "module", scripts: { test: "bun test" } };

async function makeProject(
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const all = {
    "package.json": `${JSON.stringify(PACKAGE, null, 2)}\n`,
    "tsconfig.json": `${JSON.stringify({ compilerOptions: { strict: true, module: "preserve", allowImportingTsExtensions: true, noEmit: true } })}\n`,
    ".gitignore": "node_modules\n",
    "src/words.ts":
      'export function words(text: string): string[] {\n  return text.split(" ").filter((word) => word !== "");\n}\n',
    "src/words.test.ts":
      'import { expect, test } from "bun:test";\nimport { words } from "./words.ts";\n\ntest("words", () => expect(words("a b")).toEqual(["a", "b"]));\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) await Bun.write(join(folder, path), content);
  await runGit(folder, ["init", "--quiet", "--initial-branch=main"]);
  await runGit(folder, ["add", "."]);
  await runGit(folder, ["commit", "--quiet", "--message=Words"]);
}
