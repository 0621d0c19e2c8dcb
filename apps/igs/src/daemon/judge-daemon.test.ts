import { describe, expect, test } from "bun:test";
import { createPaint } from "../output/paint.ts";
import type { FoundDaemon } from "./find-daemon.ts";
import { judgeDaemon } from "./judge-daemon.ts";
import { renderDaemon } from "./render-daemon.ts";

const NOW_MS = 10_000_000;

function daemon(changes: Partial<FoundDaemon> = {}): FoundDaemon {
  return {
    kind: "launchd",
    scope: "user",
    name: "gui/501/local.system-bus",
    unitPath: "/Users/ada/Library/LaunchAgents/local.system-bus.plist",
    form: 1,
    environment: { PATH: "/bin" },
    path: "/bin",
    state: "running",
    pid: 7,
    startedAtMs: NOW_MS - 5_000,
    lastExit: null,
    restartCount: 0,
    startsAtBoot: false,
    logFile: "/logs/daemon.log",
    outputFile: "/logs/daemon.out",
    journalCommand: null,
    problem: null,
    ...changes,
  };
}

describe("a daemon is well", () => {
  test.each<[string, Partial<FoundDaemon>]>([
    ["while it runs", {}],
    ["after it was killed, however often", { restartCount: 9, lastExit: "was ended by Killed: 9" }],
    ["after it was restarted", { restartCount: 9, lastExit: "ended with code 0" }],
    [
      "when it has come up at last",
      { restartCount: 9, lastExit: "ended with code 1", startedAtMs: NOW_MS - 31_000 },
    ],
  ])("%s", (_, changes) => {
    expect(judgeDaemon(daemon(changes), NOW_MS)).toBeNull();
  });
});

describe("a daemon is not well", () => {
  test("when it ends by itself again and again, though it runs at this moment", () => {
    const looping = daemon({ restartCount: 4, lastExit: "ended with code 3" });
    expect(judgeDaemon(looping, NOW_MS)).toMatchObject({
      code: "unhealthy",
      message:
        "The daemon ends and is started again: 4 times so far. Its last process ended with code 3.",
    });
  });

  test("when it waits for its next start, is stopped, or not loaded", () => {
    const waiting = daemon({ state: "waiting", pid: null, lastExit: "ended with code 3" });
    expect(judgeDaemon(waiting, NOW_MS)).toMatchObject({
      message: "The daemon does not run. It ended with code 3.",
      fix: "`igs daemon logs` tells why it ended.",
    });
    for (const state of ["stopped", "absent"] as const) {
      expect(judgeDaemon(daemon({ state, pid: null }), NOW_MS)?.fix).toContain("daemon restart");
    }
  });

  test("when its service manager doesn't answer, in that one's words", () => {
    const problem = { code: "unavailable", message: "no bus", fix: "log in" } as const;
    expect(judgeDaemon(daemon({ state: "unknown", problem }), NOW_MS)).toEqual(problem);
  });

  test("when there is none", () => {
    expect(judgeDaemon(daemon({ kind: "none" }), NOW_MS)?.code).toBe("not-found");
  });
});

test("people see what it is, how it runs, when it starts and where it speaks", () => {
  const paint = createPaint(false);
  const changes = { restartCount: 1, lastExit: "was ended by Killed: 9" };
  expect(renderDaemon(daemon(changes), paint, NOW_MS).split("\n")).toEqual([
    "daemon    gui/501/local.system-bus  running",
    "unit      /Users/ada/Library/LaunchAgents/local.system-bus.plist",
    "process   pid 7, started 5 s ago, 1 restart, the one before was ended by Killed: 9",
    "starts    when you log in at the screen; `--system` starts with the machine",
    "log       /logs/daemon.log",
  ]);
  const gone = daemon({ unitPath: null, state: "stopped", pid: null, startedAtMs: null });
  expect(renderDaemon(gone, paint, NOW_MS)).toContain("its file is gone");
});
