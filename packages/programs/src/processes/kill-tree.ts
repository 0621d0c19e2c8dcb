import type { Clock } from "../clock.ts";
import { PROGRAM_MARK } from "../program-environment.ts";
import { ProgramError } from "../program-error.ts";
import { type ProcessTable, signalVerified } from "./process-table.ts";
import { growTree, type ProcessTree } from "./process-tree.ts";

export interface KillOptions {
  readonly table: ProcessTable;
  readonly clock: Clock;
  /** The program's key: the mark that its processes carry. */
  readonly key: string;
  /** The variable that carries it, where it isn't the usual one. */
  readonly markName?: string;
  /** How long a process may take to end after SIGTERM. */
  readonly graceMs: number;
  /** How long after the grace we go on before we say that something cannot be killed. */
  readonly killMaxMs?: number;
}

const KILL_MAX_MS = 10_000;
const LOOK_EVERY_MS = 60;
const EMPTY_LOOKS_MIN = 2;

/**
 * Returns once no process of the program lives: two looks in a row have found none. Looks before it
 * signals, tells each member once to end, and after the grace kills each; every round looks again,
 * for those that were born meanwhile.
 */
export async function killTree(known: ProcessTree, options: KillOptions): Promise<void> {
  const { table, clock, key, markName, graceMs, killMaxMs = KILL_MAX_MS } = options;
  const beganMs = clock.steadyMs();
  const told = new Set<string>();
  const groupPids = new Set([...known.groupPids, ...known.vacantGroupPids]);
  let tree = known;
  let emptyLooks = 0;

  for (;;) {
    // For as long as this takes, no group is given up: its last member may just be forking.
    tree = await lookAtTree({ ...tree, groupPids: [...groupPids] }, table, { key, markName });
    for (const pid of tree.groupPids) groupPids.add(pid);
    emptyLooks = tree.members.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === EMPTY_LOOKS_MIN) return;

    const elapsedMs = clock.steadyMs() - beganMs;
    if (elapsedMs > graceMs + killMaxMs) throw stillAlive(key, tree);
    const mustKill = elapsedMs >= graceMs;
    for (const member of tree.members) {
      const name = `${member.pid}@${member.startMark}`;
      if (!mustKill && told.has(name)) continue;
      told.add(name);
      const identity = { ...member, bootId: table.bootId };
      await signalVerified(table, identity, mustKill ? "SIGKILL" : "SIGTERM");
    }
    await clock.sleepMs(LOOK_EVERY_MS);
  }
}

export async function lookAtTree(
  known: ProcessTree,
  table: ProcessTable,
  { key, markName = PROGRAM_MARK }: { key: string; markName?: string | undefined },
): Promise<ProcessTree> {
  const markedPids = await table.listMarked(markName, key);
  return growTree(known, { entries: await table.list(), markedPids, ownPid: process.pid });
}

function stillAlive(key: string, tree: ProcessTree): ProgramError {
  const pids = tree.members.map((member) => member.pid).join(", ");
  return new ProgramError(
    "STILL_ALIVE",
    `program ${key} does not die: processes ${pids} survive SIGKILL (stuck in the kernel, or another user's). End them by hand.`,
  );
}
