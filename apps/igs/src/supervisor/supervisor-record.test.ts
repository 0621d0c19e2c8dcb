import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessTable } from "@system-bus/programs/processes";
import { findSupervisor, SupervisorRecorder } from "./supervisor-record.ts";

let folder: string;
let living: Map<number, string>;
const warnings: string[] = [];
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "record-")), "start");
  living = new Map([
    [process.pid, "1"],
    [4_001, "2"],
    [4_002, "3"],
  ]);
  warnings.length = 0;
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const processes: ProcessTable = {
  bootId: "boot",
  async find(pid) {
    const startMark = living.get(pid);
    if (startMark === undefined) return null;
    return { pid, parentPid: 1, groupPid: pid, startMark, command: "bun" };
  },
  list: async () => [],
  listMarked: async () => new Set(),
  signal() {},
};

const head = {
  mode: "start",
  engine: "start-embedded",
  engineUrl: "http://127.0.0.1:8288",
  workerUrl: "http://127.0.0.1:3111/api/inngest",
} as const;

function createRecorder(stateFolder = folder): SupervisorRecorder {
  const warn = (message: string) => void warnings.push(message);
  return new SupervisorRecorder({ stateFolder, head, processes, warn });
}

async function untilRecorded(isWanted: (pids: string) => boolean): Promise<void> {
  for (;;) {
    const parts = (await findSupervisor(folder, processes))?.parts;
    if (parts && isWanted(`${parts.engine?.pid} ${parts.worker?.pid}`)) return;
    await Bun.sleep(1);
  }
}

test("names the parts that run, and forgets one while it is down", async () => {
  const recorder = createRecorder();
  recorder.note({ type: "part-ready", part: "engine", pid: 4_001 });
  recorder.note({ type: "part-ready", part: "worker", pid: 4_002 });
  await untilRecorded((pids) => pids === "4001 4002");
  recorder.note({ type: "part-ended", part: "worker", restartInMs: 1, exitCode: 1, signal: null });
  await untilRecorded((pids) => pids === "4001 undefined");
  expect(await findSupervisor(folder, processes)).toMatchObject({
    ...head,
    supervisor: { pid: process.pid, startMark: "1", bootId: "boot" },
    parts: { engine: { pid: 4_001, startMark: "2", bootId: "boot" } },
  });
  expect((await stat(join(folder, "supervisor.json"))).mode & 0o777).toBe(0o600);
});

test("a record whose supervisor is gone counts for nothing, also when its pid is another's now", async () => {
  createRecorder().note({ type: "part-ready", part: "worker", pid: 4_002 });
  await untilRecorded((pids) => pids.endsWith("4002"));
  living.set(process.pid, "another");
  expect(await findSupervisor(folder, processes)).toBeNull();
  living.delete(process.pid);
  expect(await findSupervisor(folder, processes)).toBeNull();
});

test("is gone after the last part has stopped", async () => {
  const recorder = createRecorder();
  recorder.note({ type: "part-ready", part: "worker", pid: 4_002 });
  await recorder.clear();
  expect(await readdir(folder)).toEqual([]);
  expect(await findSupervisor(folder, processes)).toBeNull();
});

test("a folder that can't be written is told once, and ends nothing", async () => {
  await Bun.write(folder, "a file where the folder should be");
  const recorder = createRecorder();
  recorder.note({ type: "part-ready", part: "engine", pid: 4_001 });
  recorder.note({ type: "part-ready", part: "worker", pid: 4_002 });
  await recorder.clear();
  expect(warnings).toEqual([expect.stringContaining("could not be written down")]);
});

test("a file that is none of ours is no record", async () => {
  await Bun.write(join(folder, "supervisor.json"), '{"supervisor":{"pid":1}}');
  expect(await findSupervisor(folder, processes)).toBeNull();
});
