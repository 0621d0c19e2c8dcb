// Which processes belong to a program.
//
// Invariants:
//   T1. A child of a member is a member, wherever its session and group are.
//   T2. A member once seen stays one when its parent dies and init adopts it.
//   T3. Whoever is in a process group that a member leads or led is a member, so a child that is
//       forked between two looks and adopted at once is still found.
//   T4. A process that only shares a pid with a former member is not one: start marks are compared.
//   T5. Whoever carries the program's mark in its environment is a member.
//   T6. We ourselves and init are never members.
//
// A look is no snapshot: a parent that was listed may fork and die before it is read, and its child was
// never listed; a process in the middle of its exec shows no environment. So one look that finds
// nobody proves nothing: a group stays ours until two looks in a row have found it empty, and
// `killTree` believes in an end only after two.
//
// What slips through: a process that takes a session of its own, loses its parent and clears its
// environment, all between two looks.

import type { ProcessEntry } from "./process-table.ts";

export interface TreeMember {
  readonly pid: number;
  readonly startMark: string;
}

/** What is known of a program's processes from one look to the next. Plain JSON. */
export interface ProcessTree {
  readonly members: readonly TreeMember[];
  /** Groups that a member leads or led, with somebody in them. */
  readonly groupPids: readonly number[];
  /** Those that the last look found empty, for the first time. */
  readonly vacantGroupPids: readonly number[];
}

export const EMPTY_TREE: ProcessTree = { members: [], groupPids: [], vacantGroupPids: [] };

export interface Look {
  readonly entries: readonly ProcessEntry[];
  readonly markedPids: ReadonlySet<number>;
  /** The process that looks. */
  readonly ownPid: number;
}

/** A program starts as the leader of a session and a group of its own. */
export function plantTree(root: TreeMember): ProcessTree {
  return { members: [root], groupPids: [root.pid], vacantGroupPids: [] };
}

/** The living members now, given those known before. */
export function growTree(tree: ProcessTree, look: Look): ProcessTree {
  const candidates = look.entries.filter(({ pid }) => pid > 1 && pid !== look.ownPid);
  const startMarks = new Map(candidates.map((entry) => [entry.pid, entry.startMark]));
  const knownMarks = new Map(tree.members.map((member) => [member.pid, member.startMark]));
  const isReused = (pid: number) => {
    const now = startMarks.get(pid);
    return now !== undefined && now !== knownMarks.get(pid);
  };

  const members = new Map<number, ProcessEntry>();
  const ours = [...tree.groupPids, ...tree.vacantGroupPids].filter((pid) => !isReused(pid));
  const groups = new Set(ours);
  const belongs = (entry: ProcessEntry) =>
    knownMarks.get(entry.pid) === entry.startMark ||
    members.has(entry.parentPid) ||
    groups.has(entry.groupPid) ||
    look.markedPids.has(entry.pid);

  // Each round finds at least one member or is the last, so there are at most as many as processes.
  let hasGrown = true;
  while (hasGrown) {
    hasGrown = false;
    for (const entry of candidates) {
      if (members.has(entry.pid) || !belongs(entry)) continue;
      members.set(entry.pid, entry);
      if (entry.groupPid === entry.pid) groups.add(entry.pid);
      hasGrown = true;
    }
  }
  const found = [...members.values()];
  const inhabited = new Set(found.map((entry) => entry.groupPid));
  return {
    members: found.map(({ pid, startMark }) => ({ pid, startMark })),
    groupPids: [...groups].filter((pid) => inhabited.has(pid)),
    vacantGroupPids: tree.groupPids.filter((pid) => groups.has(pid) && !inhabited.has(pid)),
  };
}
