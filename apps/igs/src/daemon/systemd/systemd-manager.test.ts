// systemctl's and loginctl's words as systemd 252 has them, and what we make of them.

import { describe, expect, test } from "bun:test";
import type { Ran, RunCommand } from "../run-command.ts";
import { ensureLinger, readLinger } from "./linger.ts";
import { readShow } from "./read-show.ts";
import { createSystemdManager } from "./systemd-manager.ts";

const ACCOUNT = { name: "ada", uid: 1000, gid: 1000, home: "/home/ada" };

const shown = (changes: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    MainPID: "23158",
    NRestarts: "0",
    ExecMainCode: "0",
    ExecMainStatus: "0",
    LoadState: "loaded",
    ActiveState: "active",
    SubState: "running",
    ...changes,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

describe("what systemctl shows", () => {
  test("of a unit that runs", () => {
    expect(readShow(shown({ NRestarts: "1" }))).toEqual({
      ...{ state: "running", pid: 23_158, lastExit: null, restartCount: 1 },
    });
  });

  test("of one that was killed and waits", () => {
    const changes = { MainPID: "0", ExecMainCode: "2", ExecMainStatus: "9" };
    const waiting = { ActiveState: "activating", SubState: "auto-restart" };
    expect(readShow(shown({ ...changes, ...waiting }))).toEqual({
      ...{ state: "waiting", pid: null, lastExit: "was ended by SIGKILL", restartCount: 0 },
    });
  });

  test("of one that is being started", () => {
    const starting = { ActiveState: "activating", SubState: "start", NRestarts: "1" };
    expect(readShow(shown(starting))).toMatchObject({ state: "running", restartCount: 1 });
  });

  test("of one that failed, was stopped, or is not there", () => {
    const failed = { MainPID: "0", ActiveState: "failed", ExecMainCode: "1", ExecMainStatus: "3" };
    expect(readShow(shown(failed))).toMatchObject({
      ...{ state: "stopped", lastExit: "ended with code 3" },
    });
    expect(readShow(shown({ MainPID: "0", ActiveState: "inactive" })).state).toBe("stopped");
    const absent = { LoadState: "not-found", ActiveState: "inactive", MainPID: "0", NRestarts: "" };
    expect(readShow(shown(absent))).toMatchObject({ state: "absent", restartCount: null });
  });

  test("a unit that still runs though its file is gone is not absent", () => {
    expect(readShow(shown({ LoadState: "not-found" })).state).toBe("running");
  });
});

function answering(answers: Readonly<Record<string, Partial<Ran>>>) {
  const calls: string[] = [];
  const run: RunCommand = async (argv) => {
    const call = argv.join(" ");
    calls.push(call);
    const found = Object.entries(answers).find(([words]) => call.startsWith(words))?.[1];
    return { exitCode: 0, stdout: "", stderr: "", ...found };
  };
  return { run, calls };
}

describe("the manager", () => {
  test("of a user is told apart from that of the machine", async () => {
    const { run, calls } = answering({ "systemctl --user show": { stdout: shown() } });
    const common = { account: ACCOUNT, run, systemFolder: "/etc/systemd/system" };
    const user = createSystemdManager({ scope: "user", ...common });
    await user.load();
    expect(calls).toEqual([
      "systemctl --user daemon-reload",
      "systemctl --user enable system-bus.service",
      "systemctl --user restart system-bus.service",
    ]);
    expect(user.unitPath).toBe("/home/ada/.config/systemd/user/system-bus.service");
    const machine = createSystemdManager({ scope: "system", ...common });
    await machine.restart();
    expect(calls.at(-1)).toBe("systemctl restart system-bus.service");
    expect(machine.unitPath).toBe("/etc/systemd/system/system-bus.service");
  });

  test.each([
    "Failed to connect to bus: No medium found\n",
    "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
  ])("that can't be reached is told with the way out: %s", async (stderr) => {
    const { run } = answering({ systemctl: { exitCode: 1, stderr } });
    const manager = createSystemdManager({
      ...{ scope: "user", account: ACCOUNT, run, systemFolder: "/etc/systemd/system" },
    });
    await expect(manager.look()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("of ada can't be reached"),
      fix: expect.stringContaining("--system"),
    });
  });

  test("that refuses is quoted", async () => {
    const { run } = answering({
      "systemctl --user enable": { exitCode: 1, stderr: "Failed to enable unit: Unit is masked\n" },
    });
    const manager = createSystemdManager({
      ...{ scope: "user", account: ACCOUNT, run, systemFolder: "/etc/systemd/system" },
    });
    await expect(manager.load()).rejects.toMatchObject({
      message: expect.stringContaining("Unit is masked"),
    });
  });
});

describe("linger", () => {
  const UNKNOWN = "Failed to get user: User ID 1000 is not logged in or lingering\n";

  test("is read, also of a user whom logind does not know", async () => {
    const linger = (answer: Partial<Ran>) =>
      readLinger(ACCOUNT, answering({ loginctl: answer }).run);
    expect(await linger({ stdout: "Linger=yes\n" })).toBe(true);
    expect(await linger({ stdout: "Linger=no\n" })).toBe(false);
    expect(await linger({ exitCode: 1, stderr: UNKNOWN })).toBe(false);
    expect(await linger({ exitCode: 1, stderr: "Failed to connect to bus\n" })).toBeNull();
  });

  test("is switched on once, and a refusal comes with the command for root", async () => {
    const on = answering({ "loginctl show-user": { stdout: "Linger=yes\n" } });
    expect(await ensureLinger(ACCOUNT, on.run)).toEqual({ kind: "on" });
    expect(on.calls).toHaveLength(1);
    const off = answering({ "loginctl show-user": { stdout: "Linger=no\n" } });
    expect(await ensureLinger(ACCOUNT, off.run)).toEqual({ kind: "switched-on" });
    expect(off.calls.at(-1)).toBe("loginctl enable-linger ada");
    const refused = answering({
      "loginctl show-user": { stdout: "Linger=no\n" },
      "loginctl enable-linger": { exitCode: 1, stderr: "Could not enable linger: Access denied\n" },
    });
    expect(await ensureLinger(ACCOUNT, refused.run)).toEqual({
      kind: "refused",
      reason: "Could not enable linger: Access denied",
      command: "sudo loginctl enable-linger ada",
    });
  });
});
