// `--goal`: an agent writes the PRD. It works in a clone that is gone afterwards, so nothing that it does
// can reach the person's files. What it answers is held to the same rules as a person's PRD; when it
// breaks them, it is told how, once.

import { randomUUID } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AgentResult } from "@system-bus/agents";
import { LoopsError, makeClone, type Prd, prdPrompt, readPrd } from "@system-bus/loops";
import type { LoopTool } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { parseJson } from "../parse-json.ts";
import { askAgent } from "./ask-agent.ts";

export interface PrdWish {
  readonly goal: string;
  readonly tool: LoopTool;
  /** The agent's executable. */
  readonly command: string;
  readonly model: string | undefined;
  readonly project: string;
  readonly branch: string;
  readonly head: string;
  readonly loopsFolder: string;
  readonly timeMaxMs: number;
}

export interface WrittenPrd {
  readonly prd: Prd;
  /** What it took, both rounds together. */
  readonly answers: readonly AgentResult[];
}

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

const ROUNDS_MAX = 2;
const README_CHARS_MAX = 4_000;
const NAMES_MAX = 200;

export async function writePrd({ io, context }: Scene, wish: PrdWish): Promise<WrittenPrd> {
  const { project, branch, head, tool, loopsFolder } = wish;
  // A name that no loop can have, so that nobody takes it for one.
  const place = join(loopsFolder, `.prd-${randomUUID()}`);
  const folder = join(place, "clone");
  const stop = context.listenForStop();
  const answers: AgentResult[] = [];
  try {
    await makeClone({ project, folder, branch, commit: head });
    const projectFacts = await describeProject(folder);
    let problems: readonly string[] | null = null;
    let previous: string | null = null;
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      io.status(`${tool} ${round === 1 ? "writes" : "mends"} the PRD …`);
      const asked = prdPrompt({ goal: wish.goal, projectFacts, problems, previous });
      const scratch = join(place, `round-${round}`);
      const answer = await askAgent(context, { ...wish, ...asked, folder, scratch, stop });
      answers.push(answer);
      const text = textOf(tool, answer, stop);
      const read = readAnswer(text);
      if ("prd" in read) return { prd: read.prd, answers };
      ({ problems } = read);
      previous = text;
    }
    throw new CliError({
      code: "refused",
      message: `${tool} wrote a PRD that can't be used, twice:\n${(problems ?? []).join("\n")}`,
      fix: "Say the goal in other words, or write the PRD yourself: docs/loops.md shows one.",
    });
  } finally {
    io.status("");
    await rm(place, { recursive: true, force: true });
  }
}

function textOf(tool: LoopTool, answer: AgentResult, stop: AbortSignal): string {
  if (stop.aborted) {
    throw new CliError({
      code: "interrupted",
      message: "Interrupted. No loop was started.",
      fix: "Start it again.",
    });
  }
  if (answer.ok) return answer.text;
  throw new CliError({
    code: "unavailable",
    message: `${tool} wrote no PRD: ${answer.reason}`,
    fix: "Try again, name another agent with --tools, or write the PRD yourself: docs/loops.md shows one.",
  });
}

/** Agents like to put a fence or a sentence around what they were asked for. */
export function readAnswer(
  text: string,
): { readonly prd: Prd } | { readonly problems: readonly string[] } {
  const first = text.indexOf("{");
  const last = text.lastIndexOf("}");
  const value = first < 0 ? undefined : parseJson(text.slice(first, last + 1));
  if (value === undefined) return { problems: ["The answer holds no JSON object."] };
  try {
    return { prd: readPrd(value) };
  } catch (error) {
    if (!(error instanceof LoopsError)) throw error;
    return { problems: error.message.split("\n").slice(1) };
  }
}

async function describeProject(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter(({ name }) => name !== ".git")
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .slice(0, NAMES_MAX);
  const readme = await readFile(join(folder, "README.md"), "utf8").catch(() => "");
  return `Files: ${names.join(", ")}\n\n${readme.slice(0, README_CHARS_MAX)}`.trim();
}
