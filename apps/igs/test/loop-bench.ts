// A repository, an engine and a planner that is played, in folders of a test's own.

import { chmod, mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CliContext } from "../src/context.ts";
import { type Finished, Processes } from "./processes.ts";

const workerScript = fileURLToPath(new URL("./fixture-loop-worker.ts", import.meta.url));

/** What the played codex does: says its version, that it is logged in, and answers what lies beside it. */
const CODEX = `#!/bin/sh
case "$1" in
  --version) echo "codex-cli 0.169.0"; exit 0;;
  login) echo "Logged in using an API key"; exit 0;;
esac
here=$(dirname "$0")
round=$(cat "$here/round" 2>/dev/null || echo 1)
echo $((round + 1)) > "$here/round"
echo touched > by-agent.txt
cat "$here/answer-$round.jsonl"
`;

export const PRD = {
  title: "Slugs",
  description: "Notes get addresses that people can read.",
  checks: [["bun", "test"]],
  stories: [
    {
      id: "US-001",
      title: "Make slugs of titles",
      description: "A function that turns a title into a slug.",
      acceptance_criteria: ["An empty title throws"],
      priority: 1,
    },
  ],
};

export class LoopBench {
  readonly processes: Processes;
  readonly project: string;
  readonly loopsFolder: string;
  readonly env: Record<string, string>;

  private constructor(processes: Processes, project: string, env: Record<string, string>) {
    this.processes = processes;
    this.project = project;
    this.loopsFolder = join(processes.home, "dev", "loops");
    this.env = env;
  }

  static async create(): Promise<LoopBench> {
    const processes = await Processes.create();
    const home = await realpath(processes.home);
    const project = join(home, "code", "notes");
    await mkdir(join(home, "bin"), { recursive: true });
    await writeFile(join(home, "bin", "codex"), CODEX);
    await chmod(join(home, "bin", "codex"), 0o755);
    await makeRepository(project);
    const env = { PATH: `${join(home, "bin")}:/usr/bin:/bin`, LOOP_PROJECTS: join(home, "code") };
    return new LoopBench(processes, project, env);
  }

  async startBus(): Promise<void> {
    const { processes, loopsFolder, project } = this;
    this.env["INNGEST_BASE_URL"] = await processes.startEngine();
    const baseCommit = await git(project, "rev-parse", "HEAD");
    const env = { LOOPS_FOLDER: loopsFolder, BASE_COMMIT: baseCommit };
    // Where `GET /programs` is, too.
    const worker = new URL(await processes.startApp(workerScript, env));
    this.env["BUS_WORKER_PORT"] = worker.port;
  }

  igs(...args: readonly string[]): Promise<Finished> {
    return this.processes.igs(["loop", ...args], this.env);
  }

  async writePrd(change: object = {}): Promise<string> {
    const path = join(this.processes.home, "prd.json");
    await writeFile(path, JSON.stringify({ ...PRD, ...change }));
    return path;
  }

  /** What the played codex answers in this round, from 1. */
  async answer(round: number, text: string): Promise<void> {
    const lines = [
      { type: "item.completed", item: { id: "1", type: "agent_message", text } },
      { type: "turn.completed", usage: { input_tokens: 10, output_tokens: 5 } },
    ];
    const path = join(this.processes.home, "bin", `answer-${round}.jsonl`);
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** A loop that the played planner has taken; its id. */
  async startLoop(title: string): Promise<string> {
    const prd = await this.writePrd({ title });
    const started = await this.igs("start", "--project", this.project, "--prd", prd, "--detach");
    const { loopId } = started.envelope["result"] as { loopId: string };
    for (let tries = 0; tries < 100; tries += 1) {
      const { envelope } = await this.igs("status", loopId);
      // Only one that "Stands still" stays where the played planner has begun it.
      const status = (envelope["result"] as { status?: string } | null)?.status;
      if (status !== undefined && (status !== "running" || title === "Stands still")) return loopId;
    }
    throw new Error(`the loop has not begun: ${started.stdout}`);
  }

  /** For an action itself, at a terminal where a person answers. */
  atTerminal(answers: readonly boolean[]) {
    const questions: string[] = [];
    const written: string[] = [];
    const sink = { write: (part: string) => void written.push(part) };
    const context: CliContext = {
      process: { stdout: sink, stderr: sink },
      stdout: sink,
      stderr: sink,
      programName: "igs",
      env: { HOME: this.processes.home, BUS_HOME: this.processes.home, NO_COLOR: "1", ...this.env },
      cwd: this.project,
      isTerminal: true,
      terminalColumns: 120,
      confirm: async (question) => {
        questions.push(question);
        return answers[questions.length - 1] ?? false;
      },
      openAddress: async () => false,
      readStdin: async () => "",
      listenForStop: () => new AbortController().signal,
      exit: { code: 0 },
    };
    return { context, questions, text: () => written.join("") };
  }

  end(): Promise<void> {
    return this.processes.end();
  }
}

async function makeRepository(project: string): Promise<void> {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "a.txt"), "a\n");
  await writeFile(
    join(project, "a.test.ts"),
    'import { test } from "bun:test";\ntest("a", () => {});\n',
  );
  await git(project, "init", "--quiet", "--initial-branch=main");
  await git(project, "add", ".");
  const author = ["-c", "user.name=Sam", "-c", "user.email=sam@example.com"];
  await git(project, ...author, "commit", "--quiet", "-m", "first");
}

export async function git(project: string, ...args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["git", "-C", project, ...args], { stdout: "pipe", stderr: "pipe" });
  const [text, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${await child.stderr.text()}`);
  return text.trim();
}
