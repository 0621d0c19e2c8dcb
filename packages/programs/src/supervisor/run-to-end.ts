import { appendFile } from "node:fs/promises";
import type { EndedRecord } from "../folder/records.ts";
import { decideSupervision } from "../life/decide-supervision.ts";
import { killTree } from "../processes/kill-tree.ts";
import { identityOf } from "../processes/process-table.ts";
import { EMPTY_TREE, growTree, type ProcessTree, plantTree } from "../processes/process-tree.ts";
import type { EndedBy } from "../program-spec.ts";
import { cutOutput } from "./cut-output.ts";
import { type GatedProgram, openGate } from "./gated-program.ts";
import { writeHeartbeat } from "./heartbeat.ts";
import { mustGo, type Supervision, TICK_MS } from "./supervision.ts";

/** Programs start their children early, so the first beats follow each other closely. */
const BEAT_GAP_FIRST_MS = 200;
const BEAT_GAP_MAX_MS = 2_000;
const STILL_ALIVE_GAP_MS = 2_000;
const NOBODY: ReadonlySet<number> = new Set();
const UNLAUNCHABLE = {
  endedBy: "exit",
  exitCode: 127,
  signal: null,
  outputDroppedBytes: 0,
} as const;

/** A cancelled run's programs are dead within two seconds, so their grace is short. */
const GRACE_MS = {
  exit: 2_000,
  signal: 2_000,
  "wall-limit": 5_000,
  stopped: 1_000,
  lost: 1_000,
} as const satisfies Record<EndedBy, number>;

function graceMs(endedBy: EndedBy, { order }: Supervision): number {
  return Math.min(GRACE_MS[endedBy], order.graceMaxMs ?? Number.POSITIVE_INFINITY);
}

/** Runs the program and returns when nothing of it lives any more. */
export async function runToEnd(supervision: Supervision): Promise<EndedRecord> {
  const { clock } = supervision;
  const program = await openGateOrExplain(supervision);
  const endedAt = () => new Date(clock.nowMs()).toISOString();
  if (program === null) return { ...UNLAUNCHABLE, endedAt: endedAt() };

  const root = await launch(program, supervision);
  const watched = await watch(program, { root, supervision });
  await killForSure(watched.tree, graceMs(watched.endedBy, supervision), supervision);
  const exit = await program.ended;
  const lastDroppedBytes = await cutBoth(supervision);
  await writeHeartbeat(supervision, EMPTY_TREE);
  return {
    endedBy: watched.endedBy,
    ...exit,
    endedAt: endedAt(),
    outputDroppedBytes: watched.droppedBytes + lastDroppedBytes,
  };
}

/** As a shell does it: the reason is on stderr, and the exit code is 127. */
async function openGateOrExplain({ order, folder }: Supervision): Promise<GatedProgram | null> {
  try {
    return openGate(order.launch, folder);
  } catch (error) {
    await appendFile(folder.stderrPath, `cannot start ${order.launch.command}: ${String(error)}\n`);
    return null;
  }
}

/** The program's identity is on disk before it is let go (L2). */
async function launch(program: GatedProgram, supervision: Supervision): Promise<ProcessTree> {
  const { folder, table, clock, keepAwake } = supervision;
  const entry = await table.find(program.pid);
  // Somebody killed it at the gate: `watch` sees its end at once.
  if (entry === null) return EMPTY_TREE;
  const launchedAt = new Date(clock.nowMs()).toISOString();
  await folder.writeLaunch({ program: identityOf(table, entry), launchedAt });
  keepAwake(program.pid);
  await program.letGo();
  return plantTree(entry);
}

interface Watch {
  readonly root: ProcessTree;
  readonly supervision: Supervision;
}

interface Watched {
  readonly endedBy: EndedBy;
  readonly tree: ProcessTree;
  readonly droppedBytes: number;
}

/** Returns when the program has ended or has to. Its clock starts here: the slot is granted. */
async function watch(program: GatedProgram, { root, supervision }: Watch): Promise<Watched> {
  const { order, clock, stopMarks } = supervision;
  const deadlineMs = clock.steadyMs() + order.wallClockMaxMs;
  let tree = root;
  let droppedBytes = 0;
  let nextBeatMs = clock.steadyMs();
  let beatGapMs = BEAT_GAP_FIRST_MS;

  for (;;) {
    const step = decideSupervision({
      exit: program.exit(),
      isStopAsked: await stopMarks.isSet(order.runId),
      isDismissed: await mustGo(supervision),
      steadyMs: clock.steadyMs(),
      deadlineMs,
    });
    if (step.kind === "end") return { endedBy: step.endedBy, tree, droppedBytes };

    if (clock.steadyMs() >= nextBeatMs) {
      tree = await beat(tree, supervision);
      nextBeatMs = clock.steadyMs() + beatGapMs;
      beatGapMs = Math.min(beatGapMs * 2, BEAT_GAP_MAX_MS);
    }
    droppedBytes += await cutBoth(supervision);
    await Promise.race([program.ended, clock.sleepMs(TICK_MS)]);
  }
}

/**
 * Notes who belongs to the program now: one whose parent dies later is still known then, by us and
 * by whoever buries the program after us. A failing look is made up for by the next.
 */
async function beat(known: ProcessTree, supervision: Supervision): Promise<ProcessTree> {
  const { table, log } = supervision;
  try {
    const look = { entries: await table.list(), markedPids: NOBODY, ownPid: process.pid };
    const tree = growTree(known, look);
    await writeHeartbeat(supervision, tree);
    return tree;
  } catch (error) {
    log(`cannot look at the program's processes: ${String(error)}`);
    return known;
  }
}

/** Goes on until it is true: whatever survives keeps the slot, for it still uses what it guards. */
async function killForSure(
  tree: ProcessTree,
  graceMs: number,
  { order, table, clock, log }: Supervision,
): Promise<void> {
  for (;;) {
    try {
      await killTree(tree, { table, clock, key: order.key, graceMs });
      return;
    } catch (error) {
      log(String(error));
      await clock.sleepMs(STILL_ALIVE_GAP_MS);
    }
  }
}

async function cutBoth({ order, folder, log }: Supervision): Promise<number> {
  let droppedBytes = 0;
  for (const path of [folder.stdoutPath, folder.stderrPath]) {
    try {
      droppedBytes += await cutOutput(path, order.outputMaxBytes);
    } catch (error) {
      log(`cannot bound ${path}: ${String(error)}`);
    }
  }
  return droppedBytes;
}
