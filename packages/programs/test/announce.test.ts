import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { parseEvent } from "@system-bus/events";
import { ProgramBench, RUN_ID, waitFor } from "./program-bench.ts";

let bench: ProgramBench;
beforeEach(async () => {
  bench = await ProgramBench.open();
});
afterEach(() => bench.close());

const announced = (count: number) =>
  waitFor(`${count} announcements`, async () => bench.events.length >= count);
const supervisorLeaves = (key: string) =>
  waitFor("the supervisor has left", async () => {
    return !(await bench.isPidAlive(await bench.supervisorPid(key)));
  });

describe("the end of a program", () => {
  test("is announced as the event that the catalogue knows", async () => {
    const key = await bench.start("exit 2", { stepId: "work", attempt: 3 });
    await announced(1);
    const [event] = bench.events;
    expect(event?.data).toEqual({
      ...{ key, runId: RUN_ID, stepId: "work", attempt: 3 },
      ...{ endedBy: "exit", exitCode: 2 },
    } as never);
    expect(parseEvent(event?.name ?? "", event?.data)).toMatchObject({ kind: "ok" });
    expect(bench.eventPaths[0]).toBe("/e/bench-event-key");
  });

  test("is announced again under fresh ids, until it is collected", async () => {
    const key = await bench.start("true");
    await announced(3);
    expect(new Set(bench.events.map((event) => event.id)).size).toBe(bench.events.length);
    await bench.collect(key);
    await supervisorLeaves(key);
    const count = bench.events.length;
    await Bun.sleep(700);
    expect(bench.events).toHaveLength(count);
  });

  test("is announced as soon as an engine that was down takes it", async () => {
    bench.engineStatus = 503;
    const key = await bench.start("true");
    await bench.ended(key);
    await Bun.sleep(500);
    expect(bench.events).toHaveLength(0);
    bench.engineStatus = 200;
    await announced(1);
  });

  test("is announced by the worker's look when the supervisor is gone, and no more once collected", async () => {
    const key = await bench.start("true");
    await bench.ended(key);
    await bench.killSupervisor(key);
    bench.events.length = 0;
    const programs = bench.openPrograms();
    await programs.resume();
    await announced(3);
    await bench.collect(key);
    // A look may be under way.
    await Bun.sleep(300);
    const count = bench.events.length;
    await Bun.sleep(700);
    expect(bench.events).toHaveLength(count);
  });

  test("is announced at once by a worker that starts, although the supervisor's gaps have grown", async () => {
    const key = await bench.start("true");
    await announced(2);
    process.kill(await bench.supervisorPid(key), "SIGSTOP");
    bench.events.length = 0;
    await bench.openPrograms().resume();
    expect(bench.events).toHaveLength(1);
  });

  test("goes without a key where none is set, as the SDK's own events do", async () => {
    const deps = bench.depsWith({ sendTo: { baseUrl: bench.baseUrl, eventKey: undefined } });
    await bench.start("true", {}, deps);
    await announced(1);
    expect(bench.eventPaths[0]).toBe("/e/NO_EVENT_KEY_SET");
  });
});
