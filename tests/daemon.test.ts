// `igs daemon` as a person uses it: from nothing to a bus that comes back, and to nothing again. With the real
// systemd where one can be had; launchd is played by harness/fake-launchd-app.ts, and the macOS job of the
// public CI does the same with the real one.

import { describe, expect, test } from "bun:test";
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { FakeLaunchd } from "./harness/fake-launchd.ts";
import { addFakeLoginctl } from "./harness/fake-loginctl.ts";
import { FileSite } from "./harness/file-site.ts";
import { findFreePort, isPortFree } from "./harness/free-port.ts";
import { type Ended, type Env, igsArgv, runIgs } from "./harness/igs.ts";
import { isAlive } from "./harness/processes.ts";
import { ProgramRecords } from "./harness/program-records.ts";
import { addTalk } from "./harness/sample-talk.ts";
import { Scratch } from "./harness/scratch.ts";
import { canDownload, has } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { canRunSystemd, UserSystemd } from "./harness/user-systemd.ts";
import { waitFor } from "./harness/wait-for.ts";

interface Machine {
  readonly scratch: Scratch;
  /** Of the terminal in which a person types. */
  readonly env: Env;
  readonly unitPath: string;
  readonly enginePort: number;
  readonly workerPort: number;
}

const TEST_MAX_MS = 90_000;

async function openMachine(kind: "launchd" | "systemd", launchdEnv: Env = {}): Promise<Machine> {
  const scratch = untilTestEnds(await Scratch.create());
  const [enginePort, workerPort] = [findFreePort(), findFreePort()];
  const settings = {
    NODE_ENV: "production",
    BUS_ENGINE_PORT: String(enginePort),
    BUS_WORKER_PORT: String(workerPort),
    TRANSCRIPT_ORDER: "captions",
    SUMMARY_BY: "extractive",
  };
  const common = { scratch, enginePort, workerPort };
  if (kind === "launchd") {
    const launchd = await FakeLaunchd.start(scratch, { FAKE_THROTTLE_SCALE: "0.1", ...launchdEnv });
    return {
      ...common,
      env: { ...settings, PATH: `${launchd.folder}:/usr/bin:/bin` },
      unitPath: scratch.path("home/Library/LaunchAgents/local.system-bus.plist"),
    };
  }
  const systemd = await UserSystemd.start(scratch);
  const loginctl = await addFakeLoginctl(scratch);
  return {
    ...common,
    env: { ...settings, ...systemd.env, PATH: `${loginctl}:/usr/bin:/bin` },
    unitPath: scratch.path("home/.config/systemd/user/system-bus.service"),
  };
}

const daemon = ({ scratch, env }: Machine, ...args: readonly string[]): Promise<Ended> =>
  runIgs(scratch, env, ["daemon", ...args]);

/** A program in a folder of its own. */
async function addProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await Bun.write(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

async function uninstall(machine: Machine): Promise<void> {
  const { envelope } = await daemon(machine, "uninstall");
  if (!envelope.ok) throw new Error(`not uninstalled: ${JSON.stringify(envelope)}`);
}

const KINDS = [
  ["launchd (played)", "launchd", has("python3") && process.platform !== "darwin"],
  ["systemd (real)", "systemd", canRunSystemd],
] as const;

for (const [title, kind, canRun] of KINDS) {
  describe.skipIf(!canRun)(title, () => {
    test(
      "a daemon is installed once, comes back after SIGKILL with what it had, and leaves its data when it goes",
      async () => {
        const machine = await openMachine(kind);
        const { scratch, env, unitPath } = machine;
        const tools = scratch.path("nvm/bin");
        await addProgram(tools, "codex", "exit 0");
        const terminal = { ...machine, env: { ...env, PATH: `${env["PATH"]}:${tools}` } };

        const installed = await daemon(terminal, "install");
        expect(installed.envelope).toMatchObject({
          ok: true,
          result: {
            change: "installed",
            stored: expect.arrayContaining(["BUS_ENGINE_PORT", "BUS_WORKER_PORT", "VAULT_PATH"]),
            gained: [{ folder: tools, programs: ["codex"] }],
            daemon: { kind, scope: "user", state: "running", unitPath, form: 1 },
            bus: { engine: { kind: "embedded" }, worker: { functionCount: expect.any(Number) } },
          },
        });
        const path: string = installed.envelope.result.daemon.path;
        expect(path.split(":")).toEqual([
          tools,
          ...[".local/bin", ".bun/bin"].map((name) => scratch.path("home", name)),
          ...["/opt/homebrew/bin", "/usr/local/bin"],
          ...["/usr/bin", "/bin", "/usr/sbin", "/sbin"],
        ]);
        const unit = await readFile(unitPath, "utf8");
        const settings = await readFile(scratch.path("bus/env"), "utf8");
        const keys = [...settings.matchAll(/_KEY=(\w{64})/g)].map(([, key = ""]) => key);
        expect(keys).toHaveLength(2);
        for (const key of keys) expect(unit).not.toContain(key);

        // From a terminal without those variables: the daemon needs none of them.
        const bare = { ...machine, env: pick(env, ["PATH", "XDG_RUNTIME_DIR"]) };
        const again = await runIgs(scratch, withoutVault(bare.env), ["daemon", "install"]);
        expect(again.envelope).toMatchObject({ ok: true, result: { change: "none", stored: [] } });
        expect(await readFile(unitPath, "utf8")).toBe(unit);

        const event = '{"action":"note","tool":"me","detail":"before the kill"}';
        await runIgs(scratch, env, ["send", "system/log", "--data", event, "--follow"]);
        const { pid } = again.envelope.result.daemon;
        process.kill(pid, "SIGKILL");
        const back = await waitFor("another process", async () => {
          const { envelope } = await daemon(machine, "status");
          const now = envelope.result;
          return now.pid !== null && now.pid !== pid && now.state === "running" && now;
        });
        expect(back).toMatchObject({ state: "running", restartCount: 1 });
        // Not those of before, which answer for a moment more.
        const log = scratch.path("bus/start/logs/daemon.log");
        await waitFor("engine and worker to be ready", async () => {
          return (await readFile(log, "utf8")).match(/ Ready: /g)?.length === 2;
        });
        const runs = await runIgs(scratch, env, ["runs"]);
        expect(runs.envelope.result.runs).toMatchObject([
          { function: { id: "system-logger" }, status: "COMPLETED" },
        ]);

        const logs = await daemon(machine, "logs", "-n", "200");
        const text = JSON.stringify(logs.envelope.result.lines);
        expect(text.match(/Starting embedded engine/g)).toHaveLength(2);
        for (const key of keys) expect(text).not.toContain(key);

        // With the played launchd only where there is no systemd: twelve seconds each.
        if (kind === "systemd" || !canRunSystemd) {
          const verified = await runIgs(scratch, env, ["verify"]);
          expect(verified.envelope.result).toMatchObject({
            summary: "6 well",
            checks: expect.arrayContaining([
              expect.objectContaining({ id: "daemon", state: "well" }),
            ]),
          });
        }

        await uninstall(machine);
        expect(isPortFree(machine.enginePort) && isPortFree(machine.workerPort)).toBe(true);
        expect(await stat(unitPath).catch(() => null)).toBeNull();
        expect((await stat(scratch.path("bus/start/engine.db"))).size).toBeGreaterThan(0);
        expect((await daemon(machine, "uninstall")).envelope).toMatchObject({
          ok: true,
          result: { removed: { kind: "none" } },
        });
        expect((await daemon(machine, "status")).exitCode).toBe(1);
      },
      TEST_MAX_MS,
    );

    // With the played launchd only where there is no systemd: what it would kill is our own guess.
    test.skipIf(!canDownload || (kind === "launchd" && canRunSystemd))(
      "a program that is found on the daemon's own PATH outlives a restart, and its run goes on",
      async () => {
        const site = untilTestEnds(addTalk(await FileSite.start(), "A talk over a restart"));
        const machine = await openMachine(kind);
        const { scratch, env } = machine;
        const seen = scratch.path("yt-dlp-path");
        const real = Bun.which("yt-dlp") ?? "";
        const script = `printf %s "$PATH" >'${seen}'\nexec '${real}' "$@"`;
        await addProgram(scratch.path("home/.local/bin"), "yt-dlp", script);
        await daemon(machine, "install");

        site.hold("/talk.mp4");
        const url = site.url("/captioned.html");
        await runIgs(scratch, env, ["send", "pipeline/video.download", "--url", url]);
        const programs = new ProgramRecords(scratch.path("bus/start/programs"));
        const program = await waitFor("the transfer to be under way", async () => {
          const running = await programs.findRunning("download");
          return site.requests.some((request) => request.path === "/talk.mp4") && running;
        });
        expect(await readFile(seen, "utf8")).toStartWith(`${scratch.path("home/.local/bin")}:`);

        const restarted = await daemon(machine, "restart");
        expect(restarted.envelope).toMatchObject({ ok: true });
        expect(await isAlive(program.pid)).toBe(true);
        expect((await programs.findRunning("download"))?.pid).toBe(program.pid);
        site.letGo("/talk.mp4");
        await waitFor("the run to end well", async () => {
          const { envelope } = await runIgs(scratch, env, ["runs", "--function", "video-download"]);
          return envelope.result?.runs?.[0]?.status === "COMPLETED";
        });
        expect(await programs.ofStep("download")).toHaveLength(1);
        await uninstall(machine);
      },
      TEST_MAX_MS,
    );
  });
}

describe.skipIf(!KINDS[0][2])("igs daemon install", () => {
  test("tells of an `igs start` that runs in a terminal, and writes nothing", async () => {
    const machine = await openMachine("launchd");
    const start = machine.scratch.spawn(igsArgv("start"), { env: machine.env });
    await start.waitForLine(/"type":"ready"/);
    const { exitCode, envelope } = await daemon(machine, "install");
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      error: {
        code: "port-taken",
        message: `An \`igs start\` runs already, outside of a daemon (pid ${start.pid}).`,
      },
      fix: expect.stringContaining(`kill ${start.pid}`),
    });
    expect(await stat(machine.unitPath).catch(() => null)).toBeNull();
    expect(start.hasEnded).toBe(false);
  });

  test(
    "tells what the log says of a bus that doesn't come up, and goes on once it is mended",
    async () => {
      const machine = await openMachine("launchd", { FAKE_THROTTLE_SCALE: "0.02" });
      const broken = { ...machine, env: { ...machine.env, BUS_ENGINE: "docker" } };
      const { exitCode, envelope } = await daemon(broken, "install");
      expect(exitCode).toBe(1);
      expect(envelope.error?.code).toBe("part-failed");
      expect(envelope.error?.message).toMatch(
        /after \d starts no engine answers at .*ended with code 3 last/s,
      );
      expect(envelope.error?.message).toContain("docker");
      const status = await daemon(machine, "status");
      expect(status.envelope).toMatchObject({
        result: { lastExit: "ended with code 3" },
      });

      const mended = { ...machine, env: { ...machine.env, BUS_ENGINE: "embedded" } };
      const disagreed = await daemon(mended, "install");
      expect(disagreed).toMatchObject({ exitCode: 2, envelope: { error: { code: "refused" } } });
      expect(disagreed.envelope.error?.message).toContain("disagree about BUS_ENGINE");
      const installed = await daemon(mended, "install", "--store-environment");
      expect(installed.envelope).toMatchObject({ ok: true, result: { stored: ["BUS_ENGINE"] } });

      const restarted = await daemon(machine, "restart");
      const { daemon: before } = installed.envelope.result;
      expect(restarted.envelope).toMatchObject({
        ok: true,
        result: { daemon: { state: "running", lastExit: "ended with code 0" } },
      });
      expect(restarted.envelope.result.daemon.pid).not.toBe(before.pid);
      await uninstall(machine);
    },
    TEST_MAX_MS,
  );

  test("tells of a Mac at whose screen nobody is logged in, and of the way without", async () => {
    const machine = await openMachine("launchd", { FAKE_NO_GUI: "1" });
    const { exitCode, envelope } = await daemon(machine, "install");
    expect(exitCode).toBe(3);
    expect(envelope.error?.message).toContain("is not logged in at this Mac's screen");
    expect(envelope.fix).toContain("igs daemon install --system");
  });
});

function pick(env: Env, names: readonly string[]): Env {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/** What a scratch place has by itself counts as the terminal's, too. */
function withoutVault(env: Env): Env {
  return { ...env, VAULT_PATH: "" };
}
