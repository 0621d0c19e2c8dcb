import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LeapingClock } from "../testing/leaping-clock.ts";
import type { DaemonWorld } from "./daemon-world.ts";
import { planInstall, refuseWithoutRoot } from "./plan-install.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "plan-install-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

function openWorld(env: Env = {}, uid = 1000): DaemonWorld {
  return {
    env: { HOME: home, PATH: "/usr/bin:/bin", ...env },
    account: { name: uid === 0 ? "root" : "ada", uid, gid: uid, home },
    managerKind: "systemd",
    run: async (argv) => {
      const isAsked = argv.join(" ") === "getent passwd ada";
      const stdout = isAsked ? `ada:x:1000:1000::${home}:/bin/sh\n` : "";
      return { exitCode: isAsked ? 0 : 2, stdout, stderr: "" };
    },
    clock: new LeapingClock(),
    signal: new AbortController().signal,
    systemFolders: { systemd: join(home, "etc"), launchd: join(home, "Library") },
  };
}

const plan = (env?: Env, uid?: number) => planInstall(openWorld(env, uid), { scope: "user" });
const unitPath = () => join(home, ".config/systemd/user/system-bus.service");
const settingsFile = () => join(home, ".config/system-bus/env");

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

describe("whose daemon it is", () => {
  test("sudo without --system would make it root's: refused", async () => {
    await expect(plan({ SUDO_USER: "ada" }, 0)).rejects.toMatchObject({
      code: "refused",
      fix: "Run `igs daemon install` without sudo, or add --system.",
    });
  });

  test("with sudo, one of the machine is the caller's; as root alone its user has to be named", async () => {
    const sudo = await planInstall(openWorld({ SUDO_USER: "ada" }, 0), { scope: "system" });
    expect(sudo.unitText).toContain("\nUser=ada\n");
    expect(sudo.manager.unitPath).toBe(join(home, "etc/system-bus.service"));
    await expect(planInstall(openWorld({}, 0), { scope: "system" })).rejects.toMatchObject({
      code: "usage",
      fix: "Name its user: `igs daemon install --system --user NAME`.",
    });
    const named = planInstall(openWorld({}, 0), { scope: "system", userName: "eve" });
    await expect(named).rejects.toMatchObject({ message: 'This machine has no user "eve".' });
  });

  test("without root, one of the machine is refused with the command that does it", async () => {
    const world = openWorld({ BUS_HOME: join(home, "bus") });
    const planned = await planInstall(world, { scope: "system" });
    expect(() => refuseWithoutRoot(world, planned)).toThrow("installed by root");
    try {
      refuseWithoutRoot(world, planned);
    } catch (error) {
      expect(error).toMatchObject({
        fix: expect.stringMatching(
          /^Run `sudo env BUS_HOME=\S+ \S+ --no-env-file \S+main\.ts daemon install --system --user ada`\.$/,
        ),
      });
    }
    expect(() => refuseWithoutRoot(openWorld({}, 0), planned)).not.toThrow();
  });
});

describe("what is there already", () => {
  test("a unit of a later release is refused, and stays as it is", async () => {
    write(unitPath(), "# Written by `igs daemon install`, form 2: …\n");
    await expect(plan()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("later release of System Bus (form 2, this one knows 1)"),
    });
    expect(readFileSync(unitPath(), "utf8")).toContain("form 2");
  });

  test("a unit that somebody else has written under this name is refused", async () => {
    write(unitPath(), "[Service]\nExecStart=/bin/true\n");
    await expect(plan()).rejects.toMatchObject({
      message: `${unitPath()} is there, and igs has not written it.`,
    });
  });

  test("a data folder of a later release is refused", async () => {
    write(join(home, ".local/share/system-bus/start/state.json"), '{"form":9}');
    await expect(plan()).rejects.toMatchObject({ code: "STATE_TOO_NEW" });
  });
});

describe("the environment of the terminal", () => {
  test("places go into the unit, nothing else does", async () => {
    const bus = join(home, "bus");
    const { unit, drift } = await plan({ BUS_HOME: bus, VAULT_PATH: "/notes", SECRET: "s3cret" });
    expect(unit.environment).toEqual({ HOME: home, PATH: expect.any(String), BUS_HOME: bus });
    expect(drift).toEqual({ missing: ["VAULT_PATH"], different: [] });
  });

  test("what the settings file says as well is no drift, secrets included", async () => {
    const key = "ab".repeat(32);
    write(settingsFile(), `VAULT_PATH=/notes\nINNGEST_SIGNING_KEY=${key}\nBUS_ENGINE=docker\n`);
    const same = { VAULT_PATH: "/notes", INNGEST_SIGNING_KEY: key, NODE_ENV: "production" };
    expect((await plan(same)).drift).toEqual({ missing: [], different: [] });
    const other = { INNGEST_SIGNING_KEY: "cd".repeat(32), BUS_ENGINE: "embedded", PORT: "4000" };
    const { drift, unitText } = await plan(other);
    expect(drift).toEqual({ missing: ["PORT"], different: ["BUS_ENGINE", "INNGEST_SIGNING_KEY"] });
    expect(unitText).not.toContain("cdcd");
  });

  test("a variable that makes sense with others only is drift", async () => {
    const model = { SUMMARY_BY: "model", SUMMARY_MODEL: "m", SUMMARY_MODEL_URL: "http://m/v1" };
    expect((await plan(model)).drift.missing).toEqual([
      ...["SUMMARY_BY", "SUMMARY_MODEL_URL", "SUMMARY_MODEL"],
    ]);
  });

  test("a path that no unit can hold is refused", async () => {
    await expect(plan({ BUS_HOME: join(home, "a\nExecStart=/bin/evil") })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("no unit can hold"),
    });
  });
});
