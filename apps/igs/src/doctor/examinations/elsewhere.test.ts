// What lies beyond this machine's own processes: containers, clusters, archives, agents. Docker's and kubectl's
// words are theirs, cut to what is read.

import { describe, expect, test } from "bun:test";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { agents } from "./agents.ts";
import { archive } from "./archive.ts";
import { container } from "./container.ts";
import { kubernetes } from "./kubernetes.ts";
import { transcriber } from "./transcriber.ts";

const ID = "b1946ac92492";

interface Described {
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly networkMode?: string;
  readonly extraHosts?: readonly string[] | null;
}

/** As `docker inspect` of Docker 27 prints a container of the seeds' `docker run`. */
const inspected = ({ args, env = [], networkMode = "bridge", extraHosts = null }: Described) =>
  JSON.stringify([
    {
      Id: `${ID}d2347235a23470c2c62f6cf9cd9f2a5b0a9b8e4d4f8a9d3f9a3d2`,
      Created: "2026-11-20T10:11:12.131415Z",
      Path: "inngest",
      Args: args,
      State: { Status: "running", Running: true, Pid: 4242 },
      Name: "/inngest",
      HostConfig: {
        NetworkMode: networkMode,
        PortBindings: { "8288/tcp": [{ HostIp: "127.0.0.1", HostPort: "8288" }] },
        ExtraHosts: extraHosts,
      },
      Config: {
        Image: "inngest/inngest:v1.45.1",
        Env: ["PATH=/usr/bin", ...env],
        Cmd: ["inngest", ...args],
      },
      NetworkSettings: {
        Networks: { [networkMode]: { Gateway: networkMode === "host" ? "" : "172.17.0.1" } },
      },
    },
  ]);

async function withDocker(bus: PlantedBus, described: Described): Promise<void> {
  await bus.program(
    "docker",
    `case "$1" in ps) echo ${ID};; inspect) printf '%s' '${inspected(described)}';; esac`,
  );
}

describe("an Inngest server in a container", () => {
  const start = (url: string) => ["start", "--host", "0.0.0.0", "--sdk-url", url];
  const good = (bus: PlantedBus) =>
    `http://host.docker.internal:${bus.env["BUS_WORKER_PORT"]}/api/inngest`;
  const linux = { platform: "linux" };

  test("is not in use without docker, without containers, or beside others'", async () => {
    await using bus = await PlantedBus.create();
    await bus.program("docker", "exit 0");
    expect((await bus.examine(container)).unused).toHaveLength(1);
    await bus.program("docker", `case "$1" in ps) echo ${ID};; *) echo '[]';; esac`);
    expect((await bus.examine(container)).unused).toHaveLength(1);
  });

  test("reaches the worker: given its name, and the worker bound where it can be seen", async () => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, {
      args: start(good(bus)),
      extraHosts: ["host.docker.internal:host-gateway"],
    });
    bus.worker({ place: { listensOn: "172.17.0.1" } });
    expect((await bus.examine(container, linux)).well).toEqual([
      { id: "container", said: "inngest" },
    ]);
    await withDocker(bus, {
      args: start("http://127.0.0.1:3111/api/inngest"),
      networkMode: "host",
    });
    expect((await bus.examine(container, linux)).well).toHaveLength(1);
  });

  test("does not know the machine's name on Linux, where Docker has to be told it", async () => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, { args: start(good(bus)) });
    bus.worker({ place: { listensOn: "0.0.0.0" } });
    expect((await bus.examine(container, linux)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringContaining("knows no host.docker.internal"),
        hint: expect.stringContaining("--add-host host.docker.internal:host-gateway"),
      },
    ]);
    expect((await bus.examine(container, { platform: "darwin" })).findings).toEqual([]);
  });

  test("can't reach a worker that is bound to loopback, but on a Mac it can", async () => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, {
      args: start(good(bus)),
      extraHosts: ["host.docker.internal:host-gateway"],
    });
    bus.worker();
    expect((await bus.examine(container, linux)).findings).toMatchObject([
      {
        problem: expect.stringContaining("listens on 127.0.0.1 only"),
        cure: "BUS_HOST=172.17.0.1 igs start",
      },
    ]);
    expect((await bus.examine(container, { platform: "darwin" })).findings).toEqual([]);
  });

  test.each([
    ["--sdk-url", { args: start("http://localhost:3111/api/inngest") }],
    ["-u=", { args: ["dev", "-u=http://127.0.0.1:3111/api/inngest"] }],
    [
      "INNGEST_SDK_URL",
      { args: ["start"], env: ["INNGEST_SDK_URL=http://localhost:3111/api/inngest"] },
    ],
  ])("that finds the worker at its own loopback by %s is told so", async (_, described) => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, described);
    bus.worker({ place: { listensOn: "0.0.0.0" } });
    expect((await bus.examine(container, linux)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringContaining("which is the container itself"),
        cure: "igs start --engine docker",
        hint: expect.stringContaining("docker rm -f inngest"),
      },
    ]);
  });

  test("without --sdk-url calls where the worker says: its loopback is not the container's", async () => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, { args: ["start"] });
    bus.worker({ place: { listensOn: "0.0.0.0" } });
    expect((await bus.examine(container, linux)).findings).toMatchObject([
      {
        cure: `INNGEST_SERVE_ORIGIN=http://host.docker.internal:${bus.env["BUS_WORKER_PORT"]} igs start`,
      },
    ]);
  });

  test("that calls a worker in a container of its own is no matter of this machine's addresses", async () => {
    await using bus = await PlantedBus.create();
    await withDocker(bus, { args: start("http://worker:3111/api/inngest") });
    bus.worker();
    expect((await bus.examine(container, linux)).well).toHaveLength(1);
  });

  test("is not checked when docker's daemon does not answer", async () => {
    await using bus = await PlantedBus.create();
    await bus.program(
      "docker",
      "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock' >&2; exit 1",
    );
    expect((await bus.examine(container)).unchecked[0]?.reason).toContain("daemon does not answer");
  });
});

describe("Services of Kubernetes", () => {
  const services = (...names: readonly string[]) =>
    JSON.stringify({
      apiVersion: "v1",
      items: names.map((name) => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "default", uid: "a50a2352-5d0b-11e6-aeb9-286ed488fafe" },
        spec: {
          type: "ClusterIP",
          clusterIP: "10.43.0.7",
          ports: [{ port: 8288, targetPort: 8288 }],
        },
      })),
      kind: "List",
    });
  const withCluster = (bus: PlantedBus, text: string) =>
    bus.program("kubectl", `case "$1" in config) echo talos;; get) printf '%s' '${text}';; esac`);

  test("are no matter without a cluster", async () => {
    await using bus = await PlantedBus.create();
    await bus.program("kubectl", "echo 'error: current-context is not set' >&2; exit 1");
    expect((await bus.examine(kubernetes)).unused).toHaveLength(1);
  });

  test("under other names than the program's are well", async () => {
    await using bus = await PlantedBus.create();
    await withCluster(bus, services("kubernetes", "inngest-svc"));
    expect((await bus.examine(kubernetes)).well).toEqual([
      { id: "kubernetes", said: "2 Services" },
    ]);
  });

  test("one that is called inngest is a fault", async () => {
    await using bus = await PlantedBus.create();
    await withCluster(bus, services("kubernetes", "inngest"));
    expect((await bus.examine(kubernetes)).findings).toMatchObject([
      {
        severity: "fault",
        why: expect.stringContaining("INNGEST_PORT=tcp://"),
        cure: "kubectl delete service inngest --namespace default",
        hint: expect.stringContaining("inngest-svc"),
      },
    ]);
  });

  test("its variable is recognised from within a pod", async () => {
    await using bus = await PlantedBus.create();
    bus.env["INNGEST_PORT"] = "tcp://10.43.0.7:8288";
    expect((await bus.examine(kubernetes)).findings).toMatchObject([
      { problem: expect.stringContaining("INNGEST_PORT is tcp://10.43.0.7:8288") },
    ]);
    bus.env["INNGEST_PORT"] = "8288";
    expect((await bus.examine(kubernetes)).findings).toEqual([]);
  });

  test("are not checked when the cluster does not answer", async () => {
    await using bus = await PlantedBus.create();
    await bus.program(
      "kubectl",
      `case "$1" in config) echo talos;; get) echo 'i/o timeout' >&2; exit 1;; esac`,
    );
    expect((await bus.examine(kubernetes)).unchecked[0]?.reason).toBe(
      "the cluster talos can't be asked: i/o timeout",
    );
  });
});

describe("the archive", () => {
  const SSH = "ssh://ada@nas:2222/volume1/my videos";
  const looked = (kind: "folder" | "ssh", problem: unknown) => ({
    examined: { archive: { kind, place: kind === "ssh" ? SSH : "/mnt/nas", problem } },
  });
  const trouble = (kind: string) => ({ kind, said: "" });

  test("is no matter when none is set, and well when the worker reaches it", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(archive)).unused).toHaveLength(1);
    await bus.setting("ARCHIVE_TO=/mnt/nas");
    bus.worker(looked("folder", null));
    expect((await bus.examine(archive)).well).toEqual([{ id: "archive", said: "/mnt/nas" }]);
  });

  test.each([
    ["not-mounted", "is a bare folder: no drive is mounted there", "df -h /mnt/nas"],
    ["no-folder", "is not there", "df -h /mnt/nas"],
    ["unwritable", "can't be written by the worker", "ls -ld /mnt/nas"],
  ])("in a folder that is %s says so", async (kind, words, cure) => {
    await using bus = await PlantedBus.create();
    await bus.setting("ARCHIVE_TO=/mnt/nas");
    bus.worker(looked("folder", trouble(kind)));
    expect((await bus.examine(archive)).findings).toMatchObject([
      { severity: "fault", problem: `The archive /mnt/nas ${words}.`, cure },
    ]);
  });

  const ssh = "ssh -F /etc/nas.conf -o BatchMode=yes -p 2222 ada@nas";
  test.each([
    ["refused", `${ssh} true`],
    ["unreachable", `${ssh} true`],
    ["no-folder", `${ssh} mkdir -p '/volume1/my videos'`],
    ["unwritable", `${ssh} ls -ld '/volume1/my videos'`],
    ["no-space", `${ssh} df -h '/volume1/my videos'`],
    ["no-ssh", "igs doctor programs"],
  ])("over ssh that is %s leads to what shows or mends it", async (kind, cure) => {
    await using bus = await PlantedBus.create();
    await bus.setting(
      `ARCHIVE_TO='ssh://ada@nas:2222/volume1/my%20videos'\nARCHIVE_SSH_CONFIG=/etc/nas.conf`,
    );
    bus.worker(looked("ssh", { kind, said: "Permission denied (publickey).\nbye" }));
    expect((await bus.examine(archive)).findings).toMatchObject([
      { problem: expect.stringContaining("It says: Permission denied (publickey). bye"), cure },
    ]);
  });

  test("is not checked without a worker, or by one that was started before it was set", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("ARCHIVE_TO=/mnt/nas");
    expect((await bus.examine(archive)).unchecked[0]?.reason).toContain("only it can tell");
    bus.worker({ examined: { archive: { kind: "none" } } });
    expect((await bus.examine(archive)).unchecked[0]?.reason).toContain("start it again");
  });
});

describe("agents", () => {
  const codex = (login: string) =>
    `case "$*" in *--version*) echo codex-cli 0.169.0;; *"login status"*) ${login};; esac`;

  test("that nothing asks for are no matter", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(agents)).unused).toHaveLength(1);
  });

  test("that are there and logged in are well", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("SUMMARY_BY=codex");
    await bus.program("codex", codex("echo Logged in using ChatGPT"));
    expect((await bus.examine(agents)).well).toEqual([{ id: "agents", said: "codex" }]);
  });

  test("named for summaries and not logged in are a fault", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("SUMMARY_BY=codex");
    await bus.program("codex", codex("echo Not logged in >&2; exit 1"));
    expect((await bus.examine(agents)).findings).toMatchObject([
      {
        severity: "fault",
        problem: "codex is not logged in, as this shell runs it.",
        cure: "codex login",
      },
    ]);
  });

  test("that are missing, or don't run, are a fault with what installs them", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("SUMMARY_BY=codex");
    const install = "npm install -g @openai/codex";
    expect((await bus.examine(agents)).findings).toMatchObject([{ cure: install }]);
    await bus.program("codex", "echo 'env: node: No such file or directory' >&2; exit 127");
    expect((await bus.examine(agents)).findings).toMatchObject([
      { problem: "codex does not run: env: node: No such file or directory.", cure: install },
    ]);
  });

  test("of loops are warnings while another can work, and faults when none can", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting(`LOOP_PROJECTS=${bus.home}`);
    const seen = (name: string, login: string, isInstalled = true) => ({
      ...{ name, login, isInstalled, version: "1.0.0", problem: null },
    });
    const others = [seen("claude", "no"), seen("pi", "unknown", false)];
    bus.worker({ examined: { agents: [seen("codex", "yes"), ...others] } });
    expect((await bus.examine(agents)).findings).toMatchObject([
      {
        severity: "warning",
        problem: "claude is not logged in, as the worker runs it.",
        cure: "claude auth login",
      },
    ]);
    await using worse = await PlantedBus.create();
    await worse.setting(`LOOP_PROJECTS=${worse.home}`);
    worse.worker({ examined: { agents: [seen("codex", "no"), ...others] } });
    const { findings } = await worse.examine(agents);
    expect(findings.map(({ severity, cure }) => [severity, cure])).toEqual([
      ["fault", "codex login"],
      ["fault", "claude auth login"],
      ["fault", "npm install -g @mariozechner/pi-coding-agent"],
    ]);
  });
});

describe("transcribers", () => {
  const whisper = (isReady: boolean) => ({
    source: "whisper-cpp",
    isReady,
    reason: isReady ? null : "no model file ggml-small.bin",
  });
  const captions = { source: "captions", isReady: null, reason: null };

  test("that the worker can use are well", async () => {
    await using bus = await PlantedBus.create();
    bus.worker({ health: { sources: [captions, whisper(true)] } });
    expect((await bus.examine(transcriber)).well).toEqual([
      { id: "transcriber", said: "whisper-cpp" },
    ]);
  });

  test("that it can't use are a fault, with the reason and one that fits this machine", async () => {
    await using bus = await PlantedBus.create();
    bus.worker({ health: { sources: [captions, whisper(false)] } });
    expect((await bus.examine(transcriber, { platform: "linux" })).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringContaining("whisper-cpp: no model file ggml-small.bin"),
        cure: "sudo apt install pipx && pipx install whisper-ctranslate2",
      },
    ]);
  });

  test("that no setting names are a fault, and without a worker nobody can tell", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(transcriber)).unchecked).toHaveLength(1);
    bus.worker({ health: { sources: [captions] } });
    expect((await bus.examine(transcriber)).findings).toMatchObject([{ cure: "igs config" }]);
  });
});
