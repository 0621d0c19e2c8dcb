// What Docker's real client makes of our command line, where it is installed: a server that is none writes
// down what it is asked for, and refuses it.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "bun";
import { type Container, DEFAULT_LIMITS } from "../src/container/container.ts";
import { dockerArguments } from "../src/container/docker-arguments.ts";
import { examineDocker, killContainers } from "../src/container/docker-client.ts";

const docker = Bun.which("docker");

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Answer = (asked: Asked) => Response | undefined;

let folder = "";
let server: Server<undefined> | null = null;
let asked: Asked[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agents-docker-"));
  asked = [];
});
afterEach(async () => {
  await server?.stop(true);
  await rm(folder, { recursive: true, force: true });
});

const notFound = (message: string) => Response.json({ message }, { status: 404 });

/** A socket of a server that answers so. */
function listen(answer: Answer): Record<string, string> {
  const unix = join(folder, "docker.sock");
  server = Bun.serve({
    unix,
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const path = pathname.replace(/^\/v[\d.]+/, "");
      if (path === "/_ping") return new Response("OK", { headers: { "api-version": "1.50" } });
      const text = await request.text();
      const body = text === "" ? null : JSON.parse(text);
      const call = { method: request.method, path, query: searchParams, body };
      asked.push(call);
      return answer(call) ?? notFound("nothing of the kind");
    },
  });
  return {
    DOCKER_HOST: `unix://${unix}`,
    DOCKER_CONFIG: folder,
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
  };
}

const container: Container = {
  docker: docker ?? "docker",
  clientEnv: {},
  image: "system-bus-agents",
  name: "system-bus-loop-1",
  labels: { "system-bus.loop": "loop-1", "system-bus.run": "01K" },
  writable: ['/data/a, "b"/clone'],
  readable: ['/data/a, "b"/clone/.git', "/data/scratch"],
  secretsPath: "/data/secrets/1",
  network: "system-bus-agents",
  proxyUrl: "http://proxy:3128",
  user: "501:20",
  limits: { memoryMaxMb: 2_048, cpusMax: 1.5 },
};

describe.skipIf(docker === null)("Docker's client", () => {
  test("takes from the whole command line what was meant", async () => {
    const env = listen(() => undefined);
    const args = dockerArguments(container, {
      ...{ command: "claude", args: ["-p", "--", "Do it."], folder: '/data/a, "b"/clone' },
      inputPath: "/data/scratch/material.md",
    });
    const client = Bun.spawn([docker ?? "", ...args], { env, stdin: "ignore", stderr: "pipe" });
    expect(await client.stderr.text()).toContain("Error response from daemon");
    const created = asked.find(({ path }) => path === "/containers/create");
    expect(created?.query.get("name")).toBe("system-bus-loop-1");
    const bind = (path: string, isReadOnly: boolean) => ({
      ...{ Type: "bind", Source: path, Target: path },
      ...(isReadOnly ? { ReadOnly: true } : {}),
    });
    expect(created?.body).toMatchObject({
      ...{ Image: "system-bus-agents", User: "501:20", WorkingDir: '/data/a, "b"/clone' },
      Cmd: [
        ...["/data/secrets/1", "/data/scratch/material.md"],
        ...["claude", "-p", "--", "Do it."],
      ],
      // The container's input ends when its client does.
      ...{ OpenStdin: true, StdinOnce: true, AttachStdin: true, Tty: false },
      Labels: { "system-bus.loop": "loop-1", "system-bus.run": "01K" },
      Env: expect.arrayContaining(["HTTPS_PROXY=http://proxy:3128", "HOME=/home/agent"]),
      HostConfig: {
        ...{ NetworkMode: "system-bus-agents", AutoRemove: true, ReadonlyRootfs: true },
        ...{ CapDrop: ["ALL"], CapAdd: null, Privileged: false, Binds: null },
        ...{ SecurityOpt: ["no-new-privileges"], LogConfig: { Type: "none" } },
        ...{ Memory: 2_048 * 1024 * 1024, MemorySwap: 2_048 * 1024 * 1024 },
        ...{ NanoCpus: 1_500_000_000, PidsLimit: DEFAULT_LIMITS.processesMax },
        Tmpfs: { "/tmp": expect.stringContaining("nosuid"), "/home/agent": expect.anything() },
        Mounts: [
          bind('/data/a, "b"/clone', false),
          bind('/data/a, "b"/clone/.git', true),
          bind("/data/scratch", true),
          bind("/data/scratch/material.md", true),
          bind("/data/secrets/1", true),
        ],
      },
    });
    // `--pull never`.
    expect(asked.map(({ path }) => path)).not.toContain("/images/create");
  });

  test("kills all containers of a loop, also when one of them has just ended", async () => {
    const env = listen(({ path }) => {
      if (path === "/containers/json") {
        return Response.json(
          ["aaa", "bbb"].map((id) => ({ Id: `${id}${"0".repeat(61)}`, Names: [`/${id}`] })),
        );
      }
      return path.startsWith("/containers/bbb") ? new Response(null, { status: 204 }) : undefined;
    });
    const client = { docker: docker ?? "", env };
    expect(await killContainers(client, ["system-bus.loop", "loop-1"])).toBe(2);
    expect(asked[0]?.query.get("filters")).toBe('{"label":{"system-bus.loop=loop-1":true}}');
    const killed = asked.filter(({ path }) => path.endsWith("/kill")).map(({ path }) => path);
    expect(killed).toEqual(["/containers/aaa000000000/kill", "/containers/bbb000000000/kill"]);
  });

  test("says whether a container could run: a server, the image, a network that leads nowhere", async () => {
    const wanted = { image: "system-bus-agents", network: "system-bus-agents" };
    let isInternal = false;
    let has = { image: false, network: false };
    const env = listen(({ path }) => {
      if (path === "/version") return Response.json({ Version: "28.0.0", ApiVersion: "1.50" });
      if (path.startsWith("/images/"))
        return has.image ? Response.json({ Id: "sha256:1" }) : undefined;
      if (path.startsWith("/networks/") && has.network) {
        return Response.json({ Name: wanted.network, Id: "n1", Internal: isInternal });
      }
      return undefined;
    });
    const examine = () => examineDocker({ docker: docker ?? "", env }, wanted);
    expect(await examine()).toStartWith("there is no image system-bus-agents: build it");
    has = { image: true, network: false };
    expect(await examine()).toStartWith("there is no network system-bus-agents: start the proxy");
    has = { image: true, network: true };
    expect(await examine()).toBe(
      "the network system-bus-agents leads outside: it has to be internal",
    );
    isInternal = true;
    expect(await examine()).toBeNull();
    await server?.stop(true);
    expect(await examine()).toStartWith("docker doesn't answer: ");
    await expect(killContainers({ docker: docker ?? "", env }, ["a", "b"])).rejects.toThrow(
      "can't list",
    );
  });
});

test("without a client, Docker doesn't answer", async () => {
  const client = { docker: join(folder, "nowhere"), env: {} };
  expect(await examineDocker(client, { image: "x", network: "y" })).toStartWith(
    "docker doesn't answer: ",
  );
});
