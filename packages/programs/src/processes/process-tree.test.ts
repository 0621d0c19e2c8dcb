import { describe, expect, test } from "bun:test";
import type { ProcessEntry } from "./process-table.ts";
import { growTree, type ProcessTree, plantTree } from "./process-tree.ts";

const OWN_PID = 50;
const ROOT = { pid: 100, startMark: "t100" };

interface Sketch {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly start?: string;
}

function entry({ pid, parent, group, start = `t${pid}` }: Sketch): ProcessEntry {
  return { pid, parentPid: parent, groupPid: group, startMark: start, command: "x" };
}

function grow(tree: ProcessTree, sketches: readonly Sketch[], marked: readonly number[] = []) {
  const entries = sketches.map(entry);
  return growTree(tree, { entries, markedPids: new Set(marked), ownPid: OWN_PID });
}

function pids(tree: ProcessTree): readonly number[] {
  return tree.members.map((member) => member.pid).sort((a, b) => a - b);
}

const init = { pid: 1, parent: 0, group: 1 };
const us = { pid: OWN_PID, parent: 1, group: OWN_PID };
const root = { pid: 100, parent: OWN_PID, group: 100 };
const stranger = { pid: 900, parent: 1, group: 900 };

describe("a program's processes", () => {
  test("T1: are its descendants, in whatever session and group they are", () => {
    const child = { pid: 101, parent: 100, group: 100 };
    const ownSession = { pid: 102, parent: 101, group: 102 };
    const grandchild = { pid: 103, parent: 102, group: 102 };
    const tree = grow(plantTree(ROOT), [init, us, stranger, grandchild, ownSession, child, root]);
    expect(pids(tree)).toEqual([100, 101, 102, 103]);
  });

  test("T2: stay its own when their parent died and init adopted them", () => {
    const strayed = { pid: 102, parent: 100, group: 102 };
    const before = grow(plantTree(ROOT), [init, us, root, strayed]);
    const after = grow(before, [init, us, stranger, { ...strayed, parent: 1 }]);
    expect(pids(after)).toEqual([102]);
  });

  test("T3: include one in its group that was adopted before anybody saw it", () => {
    const unseen = { pid: 105, parent: 1, group: 100 };
    expect(pids(grow(plantTree(ROOT), [init, us, stranger, unseen]))).toEqual([105]);
  });

  test("T3: include one in the group of a child that led its own", () => {
    const leader = { pid: 102, parent: 100, group: 102 };
    const before = grow(plantTree(ROOT), [init, us, root, leader, { ...leader, pid: 103 }]);
    const unseen = { pid: 106, parent: 1, group: 102 };
    expect(pids(grow(before, [init, us, root, unseen]))).toEqual([100, 106]);
  });

  test("T4: exclude a stranger that got the pid of a dead member", () => {
    const child = { pid: 101, parent: 100, group: 100 };
    const before = grow(plantTree(ROOT), [init, us, root, child]);
    const reused = { pid: 101, parent: 1, group: 101, start: "t999" };
    expect(pids(grow(before, [init, us, root, reused]))).toEqual([100]);
  });

  test("T4: exclude a stranger that got the root's pid, and the group that it leads", () => {
    const reused = { pid: 100, parent: 1, group: 100, start: "t999" };
    const itsChild = { pid: 107, parent: 100, group: 100 };
    expect(pids(grow(plantTree(ROOT), [init, us, reused, itsChild]))).toEqual([]);
  });

  test("T3: include one that appears in a group which one look has found empty", () => {
    const empty = grow(plantTree(ROOT), [init, us]);
    expect(empty).toEqual({ members: [], groupPids: [], vacantGroupPids: [100] });
    const unseen = { pid: 109, parent: 1, group: 100 };
    expect(pids(grow(empty, [init, us, unseen]))).toEqual([109]);
  });

  test("T4: exclude a group whose number came back after two looks had found it empty", () => {
    const child = { pid: 102, parent: 100, group: 102 };
    const before = grow(plantTree(ROOT), [init, us, root, child]);
    const empty = grow(grow(before, [init, us, root]), [init, us, root]);
    const later = { pid: 108, parent: 1, group: 102 };
    expect(empty).toMatchObject({ groupPids: [100], vacantGroupPids: [] });
    expect(pids(grow(empty, [init, us, root, later]))).toEqual([100]);
  });

  test("T5: include whoever carries the program's mark, and its children", () => {
    const daemon = { pid: 300, parent: 1, group: 300 };
    const itsChild = { pid: 301, parent: 300, group: 301 };
    const tree = grow(plantTree(ROOT), [init, us, stranger, itsChild, daemon], [300]);
    expect(pids(tree)).toEqual([300, 301]);
  });

  test("T6: are never init or ourselves, even when they are marked or in the group", () => {
    const inGroup = { ...us, group: 100 };
    expect(pids(grow(plantTree(ROOT), [{ ...init, group: 100 }, inGroup, root], [1, 50]))).toEqual([
      100,
    ]);
  });

  test("our other children are not its own", () => {
    const sibling = { pid: 110, parent: OWN_PID, group: OWN_PID };
    expect(pids(grow(plantTree(ROOT), [init, us, root, sibling]))).toEqual([100]);
  });
});
