// The quick half of the preflight: what can be told within a second or two, all at once. The planner holds
// the rest (dependencies, a baseline of the checks) against the loop before it asks a model.

import { readPriceTable, type SeenAgent } from "@system-bus/agents";
import {
  fillCaps,
  findChecks,
  type GivenCaps,
  inspectProject,
  type Prd,
  type ProjectFacts,
  preflight,
  readClaim,
} from "@system-bus/loops";
import { freeBytesAt } from "@system-bus/programs";
import type { CliContext } from "../context.ts";
import { searchPathOf } from "./loop-agents.ts";
import type { LoopFolder } from "./loop-folders.ts";

export interface StartWish {
  /** Absolute. */
  readonly project: string;
  /** Null while it has yet to be written. */
  readonly prd: Prd | null;
  readonly caps: GivenCaps;
  readonly docker: boolean;
  readonly pr: boolean;
  readonly agents: readonly SeenAgent[];
  readonly allowedRoots: readonly string[];
  readonly pricesFile: string | undefined;
}

export interface StartReadiness {
  readonly facts: ProjectFacts;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export async function checkReadiness(
  context: CliContext,
  folders: readonly LoopFolder[],
  wish: StartWish,
): Promise<StartReadiness> {
  const { project, prd, agents, caps, allowedRoots } = wish;
  const facts = await inspectProject(project, { allowedRoots });
  const isReadable = facts.head !== null;
  // Without a PRD its checks are not known yet: what the project itself has is looked at later.
  const isLater = prd === null || !isReadable;
  const examined = preflight({
    facts,
    found: isLater ? ASSUMED_CHECKS : await findChecks(facts.project, prd),
    baseline: null,
    agents,
    disk: {
      freeBytes: await freeBytesAt(folders[0]?.loopsFolder ?? "/"),
      projectBytes: facts.sizeBytes,
    },
    caps: fillCaps(caps),
    prices: { unpriced: [] },
    prd: { stories: prd?.stories ?? [] },
  });
  const problems = [
    ...examined.problems,
    ...(await findHolders(folders, facts.project)),
    ...(await findPriceProblems(wish.pricesFile)),
    ...findMissingPrograms(context, wish),
  ];
  return { facts, problems, notes: [...facts.notes, ...examined.notes] };
}

const ASSUMED_CHECKS = {
  setup: null,
  checks: [["unknown"]],
  runner: "bun",
  testRunner: null,
  testFiles: [],
} as const satisfies Awaited<ReturnType<typeof findChecks>>;

/** In both modes: two buses would work on one repository. */
async function findHolders(
  folders: readonly LoopFolder[],
  project: string,
): Promise<readonly string[]> {
  const holders = await Promise.all(
    folders.map(({ loopsFolder }) => readClaim(loopsFolder, project)),
  );
  return holders.flatMap((claim) =>
    claim === null
      ? []
      : [
          `loop ${claim.loopId} works on ${project}: \`igs loop status ${claim.loopId}\` shows it, \`igs loop cancel ${claim.loopId}\` ends it, \`igs loop diagnose ${claim.loopId}\` says whether it still lives`,
        ],
  );
}

async function findPriceProblems(file: string | undefined): Promise<readonly string[]> {
  try {
    await readPriceTable(file ?? null);
    return [];
  } catch (error) {
    return [`LOOP_PRICES: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function findMissingPrograms(
  context: CliContext,
  { docker, pr }: Pick<StartWish, "docker" | "pr">,
): readonly string[] {
  const PATH = searchPathOf(context);
  const isThere = (command: string) => Bun.which(command, { PATH }) !== null;
  return [
    ...(docker && !isThere("docker")
      ? ["--docker needs docker, which is not installed: install it, or leave --docker out"]
      : []),
    ...(pr && !isThere("gh")
      ? [
          "--pr needs gh, GitHub's command line, which is not installed: install it, or leave --pr out",
        ]
      : []),
  ];
}
