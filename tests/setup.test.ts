// `igs setup` at a terminal, as a new person meets it: questions, the plan, a bus that runs.

import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { FakeLaunchd } from "./harness/fake-launchd.ts";
import { addFakeLoginctl } from "./harness/fake-loginctl.ts";
import { findFreePort } from "./harness/free-port.ts";
import { type Env, igsArgv, runIgs } from "./harness/igs.ts";
import { sendSignal } from "./harness/processes.ts";
import { Scratch } from "./harness/scratch.ts";
import type { TerminalProcess } from "./harness/terminal-process.ts";
import { has } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { canRunSystemd, UserSystemd } from "./harness/user-systemd.ts";

const TIMEOUT_MS = 120_000;
const ENTER = "\r";

/** No docker, kubectl or agent of the person is found from here. */
async function openSetup(): Promise<{ scratch: Scratch; terminal: TerminalProcess }> {
  const scratch = untilTestEnds(await Scratch.create());
  const env = { PATH: "/usr/bin:/bin", VAULT_PATH: "" };
  const ports = ["--engine-port", String(findFreePort()), "--worker-port", String(findFreePort())];
  const terminal = scratch.openTerminal(
    igsArgv("setup", "--agents", "pi", "--start", "process", ...ports),
    { env },
  );
  return { scratch, terminal };
}

test(
  "Ctrl-C at any question ends it with 130, and nothing is changed",
  async () => {
    const { scratch, terminal } = await openSetup();
    await terminal.waitForText("What is it for?");
    terminal.pressCtrlC();
    expect(await terminal.exited()).toBe(130);
    expect(terminal.screen).toContain("Nothing was changed");

    const second = await openSetup();
    await second.terminal.waitForText("What is it for?");
    second.terminal.type(ENTER);
    await second.terminal.waitForText("Which runtime");
    second.terminal.pressCtrlC();
    expect(await second.terminal.exited()).toBe(130);
    for (const { path } of [scratch, second.scratch].map((s) => ({ path: s.path("bus", "env") }))) {
      expect(existsSync(path)).toBe(false);
    }
  },
  TIMEOUT_MS,
);

test(
  "a person who answers gets the plan, and after a yes a bus that runs",
  async () => {
    const { scratch, terminal } = await openSetup();
    await terminal.waitForText("What is it for?");
    // Without Docker the embedded engine is what is proposed.
    terminal.type(ENTER);
    await terminal.waitForText("Which runtime");
    terminal.type(ENTER);
    await terminal.waitForText("What kind of work?");
    terminal.type(ENTER);
    await terminal.waitForText("Your Obsidian vault");
    terminal.type(ENTER);
    await terminal.waitForText("Where videos are kept");
    terminal.type(ENTER);
    await terminal.waitForText("Do this?");
    expect(terminal.screen).toContain("Put event key and signing key into");
    expect(existsSync(scratch.path("bus", "env"))).toBe(false);
    terminal.type(ENTER);
    await terminal.waitForText("Next:");
    expect(await terminal.exited()).toBe(0);

    scratch.atEnd(async () => {
      const record = JSON.parse(await readFile(scratch.path("bus", "start", "setup.json"), "utf8"));
      sendSignal(record.pid, "SIGTERM");
    });
    const settings = await readFile(scratch.path("bus", "env"), "utf8");
    expect(settings).toContain("BUS_ENGINE=embedded");
    for (const [, key = ""] of settings.matchAll(/_KEY=(\S+)/g)) {
      expect(terminal.screen).not.toContain(key);
    }
    const status = await runIgs(scratch, { VAULT_PATH: "" }, ["status"]);
    expect(status.envelope.result).toMatchObject({ engineChoice: "embedded", problems: [] });
  },
  TIMEOUT_MS,
);

const KINDS = [
  ["launchd (played)", has("python3") && process.platform !== "darwin"],
  ["systemd (real)", canRunSystemd],
] as const;

/** What a terminal on such a machine has. */
async function openMachine(kind: string, scratch: Scratch): Promise<Env> {
  if (kind.startsWith("launchd")) {
    const launchd = await FakeLaunchd.start(scratch, { FAKE_THROTTLE_SCALE: "0.1" });
    return { PATH: `${launchd.folder}:/usr/bin:/bin` };
  }
  const systemd = await UserSystemd.start(scratch);
  return { ...systemd.env, PATH: `${await addFakeLoginctl(scratch)}:/usr/bin:/bin` };
}

for (const [kind, canRun] of KINDS) {
  test.skipIf(!canRun)(
    `the bus is a daemon of ${kind} from then on, and starts again when something changes`,
    async () => {
      const scratch = untilTestEnds(await Scratch.create());
      const env = { ...(await openMachine(kind, scratch)), VAULT_PATH: "" };
      const ports = [findFreePort(), findFreePort()].map(String);
      const setup = (...args: readonly string[]) =>
        runIgs(scratch, env, [
          ...["setup", "--tier", "0", "--work", "background", "--yes"],
          ...["--engine-port", ports[0] ?? "", "--worker-port", ports[1] ?? "", ...args],
        ]);
      const daemonPid = async (): Promise<number> =>
        (await runIgs(scratch, env, ["daemon", "status"])).envelope.result.pid;

      const first = await setup();
      scratch.atEnd(async () => void (await runIgs(scratch, env, ["daemon", "uninstall"])));
      expect(first.envelope).toMatchObject({ ok: true });
      const pid = await daemonPid();
      expect(pid).toBeNumber();
      expect((await setup()).envelope).toMatchObject({ ok: true, result: { doneCount: 0 } });
      expect(await daemonPid()).toBe(pid);

      const moved = await setup("--vault", scratch.path("home", "Notes"));
      expect(moved.envelope).toMatchObject({ ok: true });
      expect(await daemonPid()).not.toBe(pid);
      const status = await runIgs(scratch, env, ["status"]);
      expect(status.envelope.result).toMatchObject({
        problems: [],
        vault: { path: scratch.path("home", "Notes") },
      });
      expect((await setup()).envelope).toMatchObject({ ok: true, result: { doneCount: 0 } });
    },
    TIMEOUT_MS,
  );
}
