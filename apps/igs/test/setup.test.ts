// `igs setup` as a person runs it: the real command, keys, settings and bus; Docker and Kubernetes by fakes
// that behave as the real ones (fakes/).

import { afterEach, describe, expect, test } from "bun:test";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expectDescribed } from "./expect-described.ts";
import { SetupScene } from "./setup-scene.ts";

const TIMEOUT_MS = 60_000;

let scene: SetupScene;
afterEach(() => scene.end());

const { steps } = SetupScene;
const changed = (finished: Parameters<typeof steps>[0]) =>
  steps(finished).flatMap((line) => (line.endsWith(" done") ? [line.replace(" done", "")] : []));

/** No key in what was printed, nor in any command line that Docker or kubectl was given. */
async function expectNoKeyIn(...finished: readonly { stdout: string; stderr: string }[]) {
  const keys = await scene.keys();
  expect(keys).toHaveLength(2);
  const shown = JSON.stringify([
    finished.map((end) => [end.stdout, end.stderr]),
    await scene.calls(),
  ]);
  for (const key of keys) expect(shown).not.toContain(key);
}

describe("tier 0", () => {
  test(
    "ends with a bus that runs, and changes nothing the second time",
    async () => {
      scene = await SetupScene.create();
      const worker = join(scene.processes.home, "my-worker");
      const first = await scene.setup(["--tier", "0", "--yes", "--worker", worker]);
      expect((await stat(join(worker, "package.json"))).isFile()).toBe(true);
      expect(first.envelope).toMatchObject({ ok: true, result: { tier: 0 } });
      expectDescribed("setup", first.envelope.result);
      expect(first.envelope.next_actions).toHaveLength(3);
      const verified = first.lines.flatMap(({ type, id, state }) =>
        type === "check" ? [`${id} ${state}`] : [],
      );
      expect(verified).toEqual([
        "dashboard well",
        "worker well",
        "test-event well",
        "worker-killed not-checked",
        "engine-restarted not-checked",
        "daemon not-checked",
      ]);
      expect((await stat(scene.settingsFile)).mode & 0o777).toBe(0o600);
      const pid = await scene.busPid();
      expect(pid).not.toBeNull();
      const status = await scene.processes.igs(["status"]);
      expect(status.envelope).toMatchObject({
        ok: true,
        result: { engineChoice: "embedded", problems: [] },
      });

      const text = await scene.settingsText();
      const second = await scene.setup(["--tier", "0", "--yes"]);
      expect(changed(second)).toEqual([]);
      expect(await scene.busPid()).toBe(pid);
      expect(await scene.settingsText()).toBe(text);
      await expectNoKeyIn(first, second);

      // What a person changes in the file is in force after the next set-up.
      using hook = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });
      const more = ["LOOP_AGENTS_MAX=3", `NOTIFY_WEBHOOK_URL=${hook.url.href}`];
      await writeFile(scene.settingsFile, `${text}${more.join("\n")}\n`);
      const third = await scene.setup(["--tier", "0", "--yes"]);
      expect(changed(third)).toEqual(["stop-bus", "start-bus"]);
      expect(await scene.busPid()).not.toBe(pid);
      const told = (await scene.processes.igs(["notify", "test"])).envelope.result;
      expect(told).toMatchObject({ told: [{ target: "webhook", isReached: true }] });
      expectDescribed("notify test", told);

      const stopped = await scene.processes.igs(["stop"]);
      expect(stopped.envelope).toMatchObject({
        ok: true,
        result: { stopped: [{ mode: "start" }] },
      });
      expectDescribed("stop", stopped.envelope.result);
      expect(await scene.busPid()).toBeNull();
      expect((await scene.processes.igs(["stop"])).envelope).toMatchObject({
        ok: true,
        result: { stopped: [] },
      });
    },
    TIMEOUT_MS,
  );

  test(
    "that is killed while the bus starts goes on when it is run again",
    async () => {
      scene = await SetupScene.create();
      const child = scene.processes.spawnIgs(["setup", ...scene.ports, "--tier", "0", "--yes"]);
      await scene.waitForBus();
      child.kill("SIGKILL");
      await child.exited;
      const again = await scene.setup(["--tier", "0", "--yes"]);
      expect(again.envelope).toMatchObject({ ok: true });
      expect((await scene.processes.igs(["status"])).exitCode).toBe(0);
      expect(changed(await scene.setup(["--tier", "0", "--yes"]))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe("tier 1 and 2", () => {
  test(
    "tier 2: Inngest in a container that keeps its history, and a bus that uses it",
    async () => {
      scene = await SetupScene.create(["docker"]);
      const first = await scene.setup(["--for", "persistent", "--yes"]);
      expect(first.envelope).toMatchObject({ ok: true, result: { tier: 2 } });
      const container = await scene.container("inngest");
      expect(container).toMatchObject({
        State: { Running: true },
        HostConfig: {
          PortBindings: {
            "8288/tcp": [{ HostIp: "127.0.0.1", HostPort: String(scene.enginePort) }],
          },
          RestartPolicy: { Name: "unless-stopped" },
          ExtraHosts: ["host.docker.internal:host-gateway"],
        },
        Mounts: [{ Name: "inngest-data", Destination: "/var/lib/inngest" }],
      });
      expect(container?.Config.Env).toContain("INNGEST_SQLITE_DIR=/var/lib/inngest");
      const status = await scene.processes.igs(["status"]);
      expect(status.envelope).toMatchObject({
        ok: true,
        result: { engineChoice: "docker", engine: { kind: "inngest" } },
      });

      const entry = '{"action":"note","tool":"test","detail":"kept"}';
      const sent = await scene.processes.igs(["send", "system/log", "--data", entry, "--follow"]);
      expect(sent.envelope).toMatchObject({ result: { runs: [{ status: "COMPLETED" }] } });
      const second = await scene.setup(["--for", "persistent", "--yes"]);
      expect(changed(second)).toEqual([]);
      expect(await scene.container("inngest")).toEqual(container);

      // The container goes, by a reboot of Docker for instance: the history is still there.
      await scene.docker("stop", "inngest");
      const restarted = await scene.setup(["--yes", "--start", "none"]);
      expect(changed(restarted)).toEqual(["start-container", "await-engine"]);
      const runs = await scene.processes.igs(["runs", "--function", "system-logger"]);
      expect(runs.envelope.result).toMatchObject({ runs: [{ status: "COMPLETED" }] });
      await expectNoKeyIn(first, second, status);
    },
    TIMEOUT_MS,
  );

  test(
    "tier 1 keeps nothing, and `igs start` starts its container when that was stopped",
    async () => {
      scene = await SetupScene.create(["docker"]);
      const first = await scene.setup(["--for", "experiment", "--yes", "--start", "none"]);
      expect(first.envelope).toMatchObject({ ok: true, result: { tier: 1 } });
      const container = await scene.container("inngest");
      expect(container).toMatchObject({
        Mounts: [],
        HostConfig: { RestartPolicy: { Name: "no" } },
      });
      expect(container?.Config.Env.join()).not.toContain("SQLITE");
      expect(await scene.busPid()).toBeNull();
      await scene.docker("stop", "inngest");

      const bus = scene.processes.spawnIgs(["start"]);
      await scene.waitForBus();
      expect(await scene.container("inngest")).toMatchObject({ State: { Running: true } });
      bus.kill("SIGINT");
      expect(await bus.exited).toBe(0);
      const started = (await scene.calls()).filter(([, verb]) => verb === "run");
      expect(started).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    "tier 2 that is killed when its container has just been run goes on when it is run again",
    async () => {
      scene = await SetupScene.create(["docker"]);
      const args = ["--tier", "2", "--yes", "--start", "none"];
      const killed = await scene.setup(args, { FAKE_KILL: "docker:3:after" });
      expect(killed.exitCode).toBe(137);
      const again = await scene.setup(args);
      expect(again.envelope).toMatchObject({ ok: true, result: { doneCount: 0 } });
      await expectNoKeyIn(killed, again);
    },
    TIMEOUT_MS,
  );
});

describe("what is there is taken over", () => {
  const SEED_KEYS = {
    INNGEST_SIGNING_KEY: `signkey-dev-${"ab".repeat(16)}`,
    INNGEST_EVENT_KEY: `evtkey-dev-${"cd".repeat(16)}`,
  };

  test("a .env.inngest gives its keys, and is closed to others", async () => {
    scene = await SetupScene.create();
    const file = join(scene.processes.home, ".env.inngest");
    const lines = Object.entries(SEED_KEYS).map(([name, key]) => `${name}=${key}\n`);
    await writeFile(file, lines.join(""));
    await chmod(file, 0o644);
    const args = ["--tier", "0", "--yes", "--start", "none"];
    const finished = await scene.setup(args);
    expect(finished.envelope).toMatchObject({ ok: true });
    expect(await scene.keys()).toEqual([SEED_KEYS.INNGEST_EVENT_KEY, "ab".repeat(16)]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(changed(await scene.setup(args))).toEqual([]);
    await expectNoKeyIn(finished);
  });

  test("the seeds' key that is not hex is refused with its cure, and nothing is changed", async () => {
    scene = await SetupScene.create();
    const file = join(scene.processes.home, ".env.inngest");
    await writeFile(file, "INNGEST_SIGNING_KEY=local-prod-signing\n");
    const { exitCode, envelope } = await scene.setup(["--tier", "0", "--yes"]);
    expect(exitCode).toBe(2);
    expect(envelope).toMatchObject({
      error: { code: "refused", message: expect.stringContaining("not hex") },
      fix: expect.stringContaining(".env.inngest"),
    });
    await expect(scene.settingsText()).rejects.toThrow("ENOENT");
  });
});

describe("tier 3", () => {
  test("without kubectl, or with a cluster that is down, is refused with 3", async () => {
    scene = await SetupScene.create();
    const without = await scene.setup(["--tier", "3", "--yes"]);
    expect([without.exitCode, without.envelope.error]).toMatchObject([3, { code: "unavailable" }]);
    await scene.end();
    scene = await SetupScene.create(["kubectl"]);
    await writeFile(join(scene.state, "cluster-is-down"), "");
    const down = await scene.setup(["--tier", "3", "--yes"]);
    expect(down.exitCode).toBe(3);
    expect(down.envelope.error).toMatchObject({ message: expect.stringContaining("refused") });
    await expect(scene.settingsText()).rejects.toThrow("ENOENT");
  });
});

describe("what can't be had is refused, and nothing is changed", () => {
  test("Docker that is down, or an image that can't be fetched", async () => {
    scene = await SetupScene.create(["docker"]);
    await writeFile(join(scene.state, "docker-is-down"), "");
    const down = await scene.setup(["--tier", "2", "--yes"]);
    expect(down.exitCode).toBe(3);
    expect(down.envelope.fix).toContain("--tier 0");
    await scene.end();

    scene = await SetupScene.create(["docker"]);
    await writeFile(join(scene.state, "no-network"), "");
    const offline = await scene.setup(["--tier", "2", "--yes"]);
    expect(offline.exitCode).toBe(3);
    expect(offline.envelope.error).toMatchObject({
      message: expect.stringContaining("no such host"),
    });
    await expect(scene.settingsText()).rejects.toThrow("ENOENT");
    expect(await scene.container("inngest")).toBeNull();
  });

  test("a question that nobody can answer, a folder that is none, a port that is another one each time", async () => {
    scene = await SetupScene.create();
    const open = await scene.processes.igs(["setup"]);
    expect(open.exitCode).toBe(2);
    expect(open.envelope.error).toMatchObject({ message: expect.stringContaining("--work") });
    const archive = await scene.setup(["--tier", "0", "--yes", "--archive", "ftp://nas/x"]);
    expect(archive.envelope).toMatchObject({
      error: { message: expect.stringContaining("ARCHIVE_TO") },
    });
    const port = await scene.processes.igs(["setup", "--tier", "0", "--yes", "--worker-port", "0"]);
    expect(port.exitCode).toBe(2);
    await expect(scene.settingsText()).rejects.toThrow("ENOENT");
  });

  test("--dry-run says what would be done, and does nothing", async () => {
    scene = await SetupScene.create(["docker"]);
    const { envelope } = await scene.setup(["--tier", "2", "--yes", "--dry-run"]);
    expectDescribed("setup", envelope.result);
    expect(JSON.stringify(envelope.result)).toContain('"step":"run-container","isDone":false');
    await expect(scene.settingsText()).rejects.toThrow("ENOENT");
    expect(await scene.container("inngest")).toBeNull();
  });
});
