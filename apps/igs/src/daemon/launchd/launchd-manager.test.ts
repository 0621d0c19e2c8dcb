// launchctl's words and exit codes as macOS 26 has them, and what we make of them.

import { describe, expect, test } from "bun:test";
import { LeapingClock } from "../../testing/leaping-clock.ts";
import type { Ran } from "../run-command.ts";
import { createLaunchdManager } from "./launchd-manager.ts";
import { readPrint } from "./read-print.ts";

const TARGET = "gui/501/local.system-bus";

/** Of a running agent; shortened where it repeats itself. */
const RUNNING = `${TARGET} = {
	active count = 1
	path = /Users/ada/Library/LaunchAgents/local.system-bus.plist
	type = LaunchAgent
	state = running

	program = /Users/ada/.bun/bin/bun
	arguments = {
		/Users/ada/.bun/bin/bun
		start
	}

	inherited environment = {
		SSH_AUTH_SOCK => /var/run/com.apple.launchd.TzpwIuqAEF/Listeners
	}

	domain = gui/501 [100057]
	asid = 100057
	minimum runtime = 10
	exit timeout = 60
	runs = 103
	pid = 17594
	immediate reason = inefficient
	forks = 0
	execs = 1
	checked allocations = 0 (queried = 1)
	last terminating signal = Terminated: 15

	resource coalition = {
		ID = 9196
		type = resource
		state = active
		active count = 1
	}

	spawn type = interactive (4)
	properties = keepalive | runatload | inferred program
}
`;

describe("what launchctl prints", () => {
  test("of a job that runs", () => {
    expect(readPrint(RUNNING)).toEqual({
      state: "running",
      pid: 17_594,
      lastExit: "was ended by Terminated: 15",
      restartCount: 102,
    });
  });

  test.each([
    ["last exit code = (never exited)", null],
    ["last exit code = 0", "ended with code 0"],
    ["last exit code = 78: EX_CONFIG", "ended with code 78: EX_CONFIG"],
    ["last terminating signal = Killed: 9", "was ended by Killed: 9"],
  ])("%s", (line, lastExit) => {
    expect(readPrint(`${TARGET} = {\n\tstate = not running\n\truns = 1\n\t${line}\n}\n`)).toEqual({
      ...{ state: "stopped", pid: null, lastExit, restartCount: 0 },
    });
  });

  test("a job that the throttle holds back is waiting, not stopped", () => {
    expect(readPrint(`${TARGET} = {\n\tstate = spawn scheduled\n}\n`).state).toBe("waiting");
  });
});

type Answers = Readonly<Record<string, readonly (number | [number, string])[]>>;

/** Each verb's answers in turn, the last one for ever. */
function scriptedManager(answers: Answers) {
  const left = new Map(Object.entries(answers).map(([verb, list]) => [verb, [...list]]));
  const calls: string[] = [];
  const clock = new LeapingClock();
  const run = async ([, verb = "", ...args]: readonly string[]): Promise<Ran> => {
    calls.push([verb, ...args].join(" "));
    const list = left.get(verb) ?? [0];
    const next = (list.length > 1 ? list.shift() : list[0]) ?? 0;
    const [exitCode, words] = typeof next === "number" ? [next, ""] : next;
    return exitCode === 0
      ? { exitCode, stdout: words, stderr: "" }
      : { exitCode, stdout: "", stderr: words };
  };
  const manager = createLaunchdManager({
    scope: "user",
    account: { name: "ada", uid: 501, gid: 20, home: "/Users/ada" },
    run,
    clock,
    signal: new AbortController().signal,
    systemFolder: "/Library/LaunchDaemons",
  });
  return { manager, clock, verbs: () => calls.map((call) => call.split(" ")[0]), calls };
}

const printed = (pid: number): [number, string] => [0, `\tstate = running\n\tpid = ${pid}\n`];

describe("loading", () => {
  test("waits until what was there has ended: bootout answers before", async () => {
    const { manager, verbs } = scriptedManager({ print: [printed(1), printed(1), 113] });
    await manager.load();
    expect(verbs()).toEqual(["bootout", "print", "print", "print", "enable", "bootstrap"]);
  });

  test("goes on with a service that somebody else is booting out", async () => {
    const { manager, verbs } = scriptedManager({ bootout: [36], print: [printed(1), 113] });
    await manager.load();
    expect(verbs().at(-1)).toBe("bootstrap");
  });

  test("tries again while launchd still drains what was there", async () => {
    const { manager, verbs } = scriptedManager({
      bootout: [3],
      bootstrap: [[5, "Bootstrap failed: 5: Input/output error\n"], 37, 0],
    });
    await manager.load();
    expect(verbs().filter((verb) => verb === "bootstrap")).toHaveLength(3);
  });

  test("gives up on a plist that launchd never takes, with its words", async () => {
    const { manager, clock } = scriptedManager({
      bootout: [3],
      bootstrap: [[5, "Bootstrap failed: 5: Input/output error\nTry re-running …\n"]],
    });
    await expect(manager.load()).rejects.toMatchObject({
      code: "unavailable",
      message: `launchd has not loaded ${TARGET}: Bootstrap failed: 5: Input/output error`,
    });
    expect(clock.nowMs()).toBeLessThan(90_000);
  });

  test("tells of a job that does not stop", async () => {
    const { manager } = scriptedManager({ print: [printed(1)] });
    await expect(manager.load()).rejects.toMatchObject({ code: "unhealthy" });
  });
});

describe("restarting", () => {
  test("asks with SIGTERM, never with kickstart -k, which is SIGKILL", async () => {
    const { manager, calls } = scriptedManager({ print: [printed(1), printed(1), printed(2)] });
    await manager.restart();
    expect(calls).toContain(`kill SIGTERM ${TARGET}`);
    expect(calls.join("\n")).not.toContain("kickstart");
  });

  test("starts what launchd leaves lying longer than its throttle", async () => {
    const { manager, calls } = scriptedManager({
      print: [printed(1), [0, "\tstate = spawn scheduled\n"]],
    });
    await manager.restart();
    expect(calls.at(-1)).toBe(`kickstart ${TARGET}`);
  });
});

test("restarting what does not run is starting it, without waiting for the throttle", async () => {
  const { manager, verbs } = scriptedManager({ print: [[0, "\tstate = spawn scheduled\n"]] });
  await manager.restart();
  expect(verbs()).toEqual(["print", "kickstart"]);
});

test("a service that launchd does not know is absent", async () => {
  const { manager } = scriptedManager({ print: [[113, "Could not find service\n"]] });
  expect(await manager.look()).toMatchObject({ state: "absent", pid: null });
  expect(manager.unitPath).toBe("/Users/ada/Library/LaunchAgents/local.system-bus.plist");
});
