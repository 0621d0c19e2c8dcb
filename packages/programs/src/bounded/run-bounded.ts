// Runs one program from beginning to end within the life of this process, for those who are themselves
// under a supervisor (or need a second, no more). It loads neither the SDK nor zod.
//
//   B1. When it returns, no process of the program lives: at its end what it left behind is killed, too.
//   B2. Output goes into a file, never a pipe: a child that holds a pipe open can't make anybody wait.
//   B3. Output is bounded while the program runs, as `cutOutput` does it.
//   B4. A program that can't be started is an answer, not an error.

import { closeSync, openSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { type Clock, systemClock } from "../clock.ts";
import { killTree } from "../processes/kill-tree.ts";
import { openProcessTable } from "../processes/open-process-table.ts";
import type { ProcessTable } from "../processes/process-table.ts";
import { EMPTY_TREE, growTree, type ProcessTree, plantTree } from "../processes/process-tree.ts";
import type { Environment } from "../program-environment.ts";
import { cutOutput } from "../supervisor/cut-output.ts";

export interface BoundedProgram {
  /** A name to look up on the PATH of `env`, or a path; a relative one counts from `cwd`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing is added but a mark to find its processes by. */
  readonly env: Environment;
  /** Stdout and stderr together, in the order in which they were written; stdout alone beside an `errorPath`. */
  readonly outputPath: string;
  /** Where stderr goes, if not there. */
  readonly errorPath?: string;
  /** A file that is its standard input. Without it, the input is empty. */
  readonly inputPath?: string;
  readonly outputMaxBytes: number;
  readonly timeMaxMs: number;
  /** When it is aborted, the program's time is over. */
  readonly stop?: AbortSignal;
}

export interface BoundedEnd {
  readonly endedBy: "exit" | "time-limit" | "not-started";
  readonly exitCode: number | null;
  /** Null unless it was killed, by us or by others. */
  readonly signal: string | null;
  /** Why it could not be started; null when it was. */
  readonly problem: string | null;
  readonly durationMs: number;
  readonly outputDroppedBytes: number;
}

export interface BoundedDeps {
  readonly clock: Clock;
  readonly table: ProcessTable;
}

const MARK = "SYSTEM_BUS_BOUNDED";
const LOOK_EVERY_MS = 200;
const TREE_GAP_MAX_MS = 2_000;
const GRACE_AT_LIMIT_MS = 1_000;
const GRACE_LEFT_BEHIND_MS = 500;
const NOBODY: ReadonlySet<number> = new Set();

export async function runBounded(
  program: BoundedProgram,
  deps: BoundedDeps = { clock: systemClock, table: openProcessTable() },
): Promise<BoundedEnd> {
  const beganMs = deps.clock.steadyMs();
  const durationMs = () => deps.clock.steadyMs() - beganMs;
  const key = crypto.randomUUID();
  const started = start(program, key);
  if (typeof started === "string") {
    await appendFile(program.outputPath, `${started}\n`, { mode: 0o600 });
    const end = { endedBy: "not-started", exitCode: null, signal: null, problem: started } as const;
    return { ...end, durationMs: durationMs(), outputDroppedBytes: 0 };
  }

  const watched = await watch(started, program, deps);
  const graceMs = watched.endedBy === "exit" ? GRACE_LEFT_BEHIND_MS : GRACE_AT_LIMIT_MS;
  await killTree(watched.tree, { ...deps, key, markName: MARK, graceMs });
  await started.exited;
  const lastDroppedBytes = await cutOutputs(program);
  return {
    endedBy: watched.endedBy,
    exitCode: started.signalCode === null ? started.exitCode : null,
    signal: started.signalCode === null ? null : String(started.signalCode),
    problem: null,
    durationMs: durationMs(),
    outputDroppedBytes: watched.droppedBytes + lastDroppedBytes,
  };
}

/** The process, or why there is none. */
function start(program: BoundedProgram, key: string): Bun.Subprocess | string {
  const { command, args, cwd, env, outputPath, errorPath, inputPath } = program;
  const path = Bun.which(command, { PATH: env["PATH"] ?? "", cwd });
  if (path === null) return `cannot start ${command}: not found on the PATH, or not executable`;
  // Appending matters: `cutOutput` shortens the file while the program writes.
  const output = openSync(outputPath, "a", 0o600);
  const error = errorPath === undefined ? output : openSync(errorPath, "a", 0o600);
  try {
    return Bun.spawn([path, ...args], {
      ...{ cwd, env: { ...env, [MARK]: key } },
      ...{ stdin: inputPath === undefined ? "ignore" : Bun.file(inputPath) },
      ...{ stdout: output, stderr: error },
      // A group of its own, so that children whose parents are gone are found by it.
      detached: true,
    });
  } catch (cause) {
    return `cannot start ${command}: ${cause instanceof Error ? cause.message : String(cause)}`;
  } finally {
    closeSync(output);
    if (error !== output) closeSync(error);
  }
}

interface Watched {
  readonly endedBy: "exit" | "time-limit";
  readonly tree: ProcessTree;
  readonly droppedBytes: number;
}

/** Returns when the program has ended, or has to. */
async function watch(
  child: Bun.Subprocess,
  program: BoundedProgram,
  { clock, table }: BoundedDeps,
): Promise<Watched> {
  const deadlineMs = clock.steadyMs() + program.timeMaxMs;
  const root = await table.find(child.pid);
  // Gone before the first look, it may still have left somebody in its group.
  let tree = root === null ? { ...EMPTY_TREE, groupPids: [child.pid] } : plantTree(root);
  let droppedBytes = 0;
  let treeGapMs = LOOK_EVERY_MS;
  let nextTreeMs = clock.steadyMs() + treeGapMs;
  let hasEnded = false;
  const ended = child.exited.then(() => {
    hasEnded = true;
  });

  for (;;) {
    const leftMs = deadlineMs - clock.steadyMs();
    await Promise.race([ended, clock.sleepMs(Math.max(0, Math.min(LOOK_EVERY_MS, leftMs)))]);
    if (hasEnded) return { endedBy: "exit", tree, droppedBytes };
    const isStopped = program.stop?.aborted === true;
    if (isStopped || clock.steadyMs() >= deadlineMs)
      return { endedBy: "time-limit", tree, droppedBytes };

    droppedBytes += await cutOutputs(program);
    if (clock.steadyMs() < nextTreeMs) continue;
    // Whose parent dies between now and the end is still known then.
    tree = growTree(tree, { entries: await table.list(), markedPids: NOBODY, ownPid: process.pid });
    nextTreeMs = clock.steadyMs() + treeGapMs;
    treeGapMs = Math.min(treeGapMs * 2, TREE_GAP_MAX_MS);
  }
}

async function cutOutputs({
  outputPath,
  errorPath,
  outputMaxBytes,
}: BoundedProgram): Promise<number> {
  const dropped = await cutOutput(outputPath, outputMaxBytes);
  return errorPath === undefined ? dropped : dropped + (await cutOutput(errorPath, outputMaxBytes));
}
