// S1 to S3 are the invariants of supervise.ts.

import { describe, expect, test } from "bun:test";
import { LeapingClock } from "../testing/leaping-clock.ts";
import type { PartSpec } from "./part.ts";
import type { PartName } from "./part-name.ts";
import type { PartExit, StartPart } from "./part-process.ts";
import { RESTART_POLICY } from "./restart-policy.ts";
import { type SupervisorChange, supervise } from "./supervise.ts";

const spec = (name: PartName): PartSpec => ({
  name,
  argv: [name],
  cwd: "/",
  env: {},
  waitUntilReady: async () => {},
  isFirstLineOurs: false,
  stopMaxMs: 1_000,
});

interface FakePart {
  readonly name: PartName;
  becomeReady(): void;
  failToBeReady(reason: string): void;
  say(line: string): void;
  end(exit: PartExit): void;
}

/** Parts that live, get ready and end when the test says so. */
function createStage() {
  const story: string[] = [];
  const parts: FakePart[] = [];
  const startPart: StartPart = (started, tellLine) => {
    story.push(`start ${started.name}`);
    const ready = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<PartExit>();
    parts.push({
      name: started.name,
      becomeReady: () => ready.resolve(),
      failToBeReady: (reason) => ready.reject(new Error(reason)),
      say: tellLine,
      end: (exit) => {
        ready.resolve();
        exited.resolve(exit);
      },
    });
    return {
      pid: parts.length,
      ready: ready.promise,
      exited: exited.promise,
      async stop() {
        story.push(`stop ${started.name}`);
        ready.reject(new Error("stopped"));
        exited.resolve({ exitCode: 0, signal: null });
        await exited.promise;
      },
    };
  };
  const stop = new AbortController();
  const changes: SupervisorChange[] = [];
  const clock = new LeapingClock();
  const ended = supervise({
    specs: [spec("engine"), spec("worker")],
    startPart,
    restartPolicy: RESTART_POLICY,
    clock,
    signal: stop.signal,
    tell: (change) => changes.push(change),
    onAllReady: () => story.push("all ready"),
  });
  /** Lets everything run that can run without a further event. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { story, parts, changes, clock, ended, settle, stop: () => stop.abort() };
}

const crashed: PartExit = { exitCode: 1, signal: null };

describe("the start", () => {
  test("is one part after the other, each when the one before it is ready (S1)", async () => {
    const { story, parts, settle, stop, ended } = createStage();
    await settle();
    expect(story).toEqual(["start engine"]);
    parts[0]?.becomeReady();
    await settle();
    expect(story).toEqual(["start engine", "start worker"]);
    parts[1]?.becomeReady();
    await settle();
    expect(story.at(-1)).toBe("all ready");
    stop();
    expect(await ended).toBeNull();
  });

  test("that fails three times ends everything, with what the part said (S2)", async () => {
    const { story, parts, settle, ended } = createStage();
    for (let index = 0; index < 3; index += 1) {
      await settle();
      parts[index]?.failToBeReady("the port is taken");
      parts[index]?.end(crashed);
    }
    expect(await ended).toEqual({ part: "engine", reason: "the port is taken", ...crashed });
    expect(story).toEqual(["start engine", "start engine", "start engine"]);
  });

  test("of the second part that fails stops the first", async () => {
    const { story, parts, settle, ended } = createStage();
    await settle();
    parts[0]?.becomeReady();
    for (let index = 1; index <= 3; index += 1) {
      await settle();
      parts[index]?.failToBeReady("no");
      parts[index]?.end(crashed);
    }
    expect(await ended).toMatchObject({ part: "worker" });
    expect(story.at(-1)).toBe("stop engine");
  });
});

describe("a part that crashes", () => {
  test("is started again after a growing delay, and the other is left alone (S2)", async () => {
    const { story, parts, changes, settle, clock, stop, ended } = createStage();
    await settle();
    parts[0]?.becomeReady();
    await settle();
    parts[1]?.becomeReady();
    await settle();
    parts[1]?.end(crashed);
    await settle();
    parts[2]?.becomeReady();
    await settle();
    parts[2]?.end({ exitCode: null, signal: "SIGKILL" });
    await settle();
    expect(story.filter((line) => line === "start worker")).toHaveLength(3);
    expect(story.filter((line) => line === "start engine")).toHaveLength(1);
    expect(clock.sleptMs).toEqual([250, 500]);
    expect(changes).toContainEqual({
      type: "part-ended",
      part: "worker",
      restartInMs: 500,
      exitCode: null,
      signal: "SIGKILL",
    });
    stop();
    expect(await ended).toBeNull();
  });
});

describe("the stop", () => {
  test("ends the worker before the engine (S3)", async () => {
    const { story, parts, settle, stop, ended } = createStage();
    await settle();
    parts[0]?.becomeReady();
    await settle();
    parts[1]?.becomeReady();
    await settle();
    stop();
    await ended;
    expect(story.slice(-2)).toEqual(["stop worker", "stop engine"]);
  });

  test("before anything is ready starts nothing more", async () => {
    const { story, settle, stop, ended } = createStage();
    await settle();
    stop();
    expect(await ended).toBeNull();
    expect(story).toEqual(["start engine", "stop engine"]);
  });
});
