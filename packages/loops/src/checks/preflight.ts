import type { Caps, CheckResult } from "../record/fact.ts";
import { hasPassed } from "./compare.ts";
import type { FoundChecks } from "./find-checks.ts";

export interface PreflightInput {
  /** Of the repository, as `inspectProject` tells them. */
  readonly facts: { readonly problems: readonly string[] };
  readonly found: FoundChecks;
  /** What fetching the dependencies came to, if anything was fetched. */
  readonly setup?: CheckResult | null;
  /** The checks as they are before anything is done; null when they couldn't be run. */
  readonly baseline: readonly CheckResult[] | null;
  readonly agents: readonly PreflightAgent[];
  readonly disk: { readonly freeBytes: number; readonly projectBytes: number };
  readonly caps: Caps;
  /** Agents whose cost nobody could tell: neither they themselves nor the price table. */
  readonly prices: { readonly unpriced: readonly string[] };
  readonly prd: {
    readonly stories: readonly { readonly id: string; readonly tool?: string | undefined }[];
  };
}

export interface PreflightAgent {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly login: "yes" | "no" | "unknown";
  readonly version: string | null;
  /** Why it is there and doesn't run. */
  readonly problem: string | null;
}

export interface Preflight {
  /** Each of them keeps the loop from starting. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Two clones with their dependencies, and room for outputs. */
const CLONES = 2;
const SPARE_BYTES = 1024 ** 3;

/** Everything that is wrong, at once, before the first call of a model. */
export function preflight(input: PreflightInput): Preflight {
  const parts = [
    { problems: [...input.facts.problems], notes: [] },
    examineChecks(input),
    examineBaseline(input),
    examineAgents(input),
    examineMeans(input),
  ];
  return {
    problems: parts.flatMap(({ problems }) => problems),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

function examineChecks({ found, prd }: PreflightInput): Preflight {
  const stories = prd.stories.map(({ id }) => id).join(", ");
  const problems: string[] = [];
  if (found.checks.length === 0) {
    problems.push(
      `no check was found that a machine can run, so nobody could tell whether ${stories} is done: add \`"checks": [["bun", "test"]]\`, or what tests this project, to the PRD`,
    );
  }
  if (found.runner === null) {
    problems.push(
      'no test runner was found that the reviews\' tests could be run with (bun, node, vitest, jest, pytest): name it in the PRD\'s `checks`, such as `[["bun", "test"]]`, or in package.json\'s `scripts.test`',
    );
  }
  return { problems, notes: [] };
}

function examineBaseline({ setup, baseline }: PreflightInput): Preflight {
  const problems: string[] = [];
  const notes: string[] = [];
  if (setup && !hasPassed(setup)) {
    problems.push(`the dependencies can't be fetched: ${describe(setup)}`);
  }
  for (const result of baseline ?? []) {
    if (hasPassed(result)) continue;
    if (result.endedBy === "not-started" || result.exitCode === 127) {
      problems.push(`a check can't be started: ${describe(result)}`);
    } else if (result.endedBy === "time-limit") {
      problems.push(
        `${result.command.join(" ")} doesn't end within ${Math.round(result.durationMs / 1000)} s: give the PRD a quicker one in \`checks\``,
      );
    } else {
      const count = result.failingTests?.length ?? 0;
      const named = count === 0 ? "" : ` (${count} named, such as ${result.failingTests?.[0]})`;
      notes.push(`${result.command.join(" ")} fails already${named}: only what is new counts`);
    }
  }
  return { problems, notes };
}

function describe({ command, endedBy, exitCode, firstErrors }: CheckResult): string {
  const how = endedBy === "exit" ? `exit code ${exitCode ?? "unknown"}` : endedBy;
  const why = firstErrors
    .slice(0, 3)
    .map((line) => line.trim())
    .join(" · ");
  return `${command.join(" ")} (${how})${why === "" ? "" : `: ${why}`}`;
}

function examineAgents({ agents, prd }: PreflightInput): Preflight {
  const problems: string[] = [];
  const notes: string[] = [];
  const able = agents.filter((agent) => agent.isInstalled && agent.problem === null);
  for (const agent of agents) {
    if (!agent.isInstalled) notes.push(`${agent.name} is not installed`);
    else if (agent.problem !== null) notes.push(`${agent.name} doesn't run: ${agent.problem}`);
    else if (agent.login === "no")
      problems.push(`${agent.name} is not logged in: log in, or leave it out with --tools`);
    else if (agent.login === "unknown")
      notes.push(`whether ${agent.name} is logged in can't be told`);
  }
  if (able.length === 0) {
    problems.push(
      `none of the agents runs here (${agents.map(({ name }) => name).join(", ") || "none was named"}): install one of codex, claude, pi`,
    );
  }
  for (const { id, tool } of prd.stories) {
    if (tool !== undefined && !able.some(({ name }) => name === tool)) {
      problems.push(
        `story ${id} asks for ${tool}, which doesn't run here or isn't among the loop's tools`,
      );
    }
  }
  if (able.length === 1) {
    notes.push(
      `${able[0]?.name} writes both the code and its tests: a second agent would make reviews more independent`,
    );
  }
  return { problems, notes };
}

function examineMeans({ disk, caps, prices }: PreflightInput): Preflight {
  const neededBytes = disk.projectBytes * CLONES + SPARE_BYTES;
  const problems =
    disk.freeBytes < neededBytes
      ? [
          `the disk of the loops folder has ${gigabytes(disk.freeBytes)} free, and ${gigabytes(neededBytes)} are needed: the project twice, and 1 GB for outputs`,
        ]
      : [];
  const notes =
    caps.costMaxUsd !== null && prices.unpriced.length > 0
      ? [
          `the cost of ${prices.unpriced.join(", ")} can't be told, so the cap of ${caps.costMaxUsd} US dollars doesn't hold for it: add its model to the price table, or set --tokens-max`,
        ]
      : [];
  return { problems, notes };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
