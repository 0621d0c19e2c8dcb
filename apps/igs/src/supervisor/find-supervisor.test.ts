import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessTable } from "@system-bus/programs/processes";
import { findSupervisor } from "./find-supervisor.ts";
import { createPartsRecorder } from "./parts-record.ts";

const bus = {
  mode: "start",
  engine: "start-embedded",
  engineUrl: "http://127.0.0.1:8288",
  workerOrigin: "http://127.0.0.1:3111",
} as const;

let folder: string;
/** Parents by pid. */
let living: Map<number, number>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "find-supervisor-"));
  living = new Map([
    [4_000, 1],
    [4_001, 4_000],
    [4_002, 4_000],
  ]);
});
afterEach(() => rm(folder, { recursive: true }));

const processes: ProcessTable = {
  bootId: "boot",
  async find(pid) {
    const parentPid = living.get(pid);
    if (parentPid === undefined) return null;
    return { pid, parentPid, groupPid: pid, startMark: String(pid * 2), command: "bun" };
  },
  list: async () => [],
  listMarked: async () => new Set(),
  signal() {},
};

function record() {
  const recorder = createPartsRecorder(folder, 4_000, bus);
  recorder.add("engine", 4_001);
  recorder.add("worker", 4_002);
  recorder.noteReady("engine");
  recorder.noteReady("worker");
  return recorder;
}

test("names the parts that are ready, by identity", async () => {
  const recorder = record();
  expect(await findSupervisor(folder, processes)).toEqual({
    ...bus,
    supervisor: { pid: 4_000, startMark: "8000", bootId: "boot" },
    parts: {
      engine: { pid: 4_001, startMark: "8002", bootId: "boot" },
      worker: { pid: 4_002, startMark: "8004", bootId: "boot" },
    },
  });
  living.set(4_003, 4_000);
  recorder.add("worker", 4_003);
  expect((await findSupervisor(folder, processes))?.parts.worker).toBeUndefined();
  recorder.noteReady("worker");
  expect((await findSupervisor(folder, processes))?.parts.worker?.pid).toBe(4_003);
});

test("a part that is down is not there, nor is another process that got its number", async () => {
  record();
  living.delete(4_001);
  living.set(4_002, 1);
  expect((await findSupervisor(folder, processes))?.parts).toEqual({});
});

test("a supervisor that is gone keeps nobody, also when its number is another's", async () => {
  record();
  living.set(4_001, 1).set(4_002, 1);
  expect((await findSupervisor(folder, processes))?.parts).toEqual({});
  living.delete(4_000);
  expect(await findSupervisor(folder, processes)).toBeNull();
});

test("without a record there is none", async () => {
  expect(await findSupervisor(folder, processes)).toBeNull();
});
