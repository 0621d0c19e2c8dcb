// What the worker tells of its own surroundings, for `igs doctor`.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { readSettings } from "@system-bus/settings";
import { createProgramFinder } from "../src/adapters/program-finder.ts";
import { readRemoteLook } from "../src/adapters/remote-archive.ts";
import { isBareMountPoint, lookAtArchive } from "../src/http/look-at-archive.ts";
import { createWorker } from "../src/index.ts";
import { createLogger } from "../src/logger.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

const isRoot = userInfo().uid === 0;
let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "examinations-"));
});
afterAll(() => rm(home, { recursive: true }));

function ask(what: string, more: Record<string, string> = {}) {
  const env = {
    PATH: "/usr/bin:/bin",
    BUS_HOME: join(home, "bus"),
    INNGEST_BASE_URL: "http://127.0.0.1:1",
    ...more,
  };
  const settings = readSettings({ env, home, mode: "dev" });
  const worker = createWorker(settings, { env, home, logger: createLogger("silent") });
  return worker.fetch(new Request(`http://127.0.0.1:3111/examine/${what}`));
}

test("its mode, engine and search path are told, and no key", async () => {
  const response = await ask("place", { INNGEST_SIGNING_KEY: "abcdef01" });
  const text = await response.text();
  expect(JSON.parse(text).place).toMatchObject({
    mode: "dev",
    isDev: true,
    engineUrl: "http://127.0.0.1:1",
    workerUrl: "http://127.0.0.1:3111/api/inngest",
    listensOn: "127.0.0.1",
    machine: hostname(),
    bunVersion: Bun.version,
    searchPath: `/usr/bin:/bin:${home}/.local/bin:${home}/.bun/bin:/opt/homebrew/bin:/usr/local/bin`,
    hasSigningKey: true,
  });
  expect(text).not.toContain("abcdef01");
});

test("what the engine has of it is compared when it is asked for", async () => {
  expect(await (await ask("registration")).json()).toMatchObject({
    registration: { state: { kind: "starting" }, check: { kind: "engine-down" } },
  });
});

test("its agents are looked for where it finds programs", async () => {
  await mkdir(join(home, ".local/bin"), { recursive: true });
  await writeFile(join(home, ".local/bin/codex"), "#!/bin/sh\necho codex-cli 0.169.0\n");
  await chmod(join(home, ".local/bin/codex"), 0o755);
  expect(await (await ask("agents")).json()).toMatchObject({
    agents: [
      { name: "codex", isInstalled: true, version: "0.169.0" },
      { name: "claude", isInstalled: false },
      { name: "pi", isInstalled: false },
    ],
  });
});

test("what nobody examines is not found", async () => {
  expect((await ask("keys")).status).toBe(404);
  expect((await ask("constructor")).status).toBe(404);
});

describe("an archive in a folder", () => {
  const look = (path: string) =>
    lookAtArchive({
      archive: { kind: "folder", path },
      finder: createProgramFinder({ path: "", home }),
      env: {},
    });

  test("is well, missing, a file or read-only", async () => {
    await mkdir(join(home, "nas"));
    await writeFile(join(home, "file"), "");
    expect(await look(join(home, "nas"))).toMatchObject({ kind: "folder", problem: null });
    for (const name of ["gone", "file"]) {
      expect(await look(join(home, name))).toMatchObject({ problem: { kind: "no-folder" } });
    }
    if (isRoot) return;
    await chmod(join(home, "nas"), 0o500);
    expect(await look(join(home, "nas"))).toMatchObject({ problem: { kind: "unwritable" } });
  });

  test("is a bare mount point when it lies on the system's own disk", () => {
    const disk = { rootDevice: 1 };
    expect(isBareMountPoint({ ...disk, path: "/Volumes/nas/video", device: 1 })).toBe(true);
    expect(isBareMountPoint({ ...disk, path: "/mnt/nas", device: 2 })).toBe(false);
    expect(isBareMountPoint({ ...disk, path: "/home/me/archive", device: 1 })).toBe(false);
  });
});

describe.skipIf(!Bun.which("/usr/sbin/sshd"))("an archive over ssh", () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer(join(home, "ssh"));
  });
  afterAll(() => server.close());

  const look = (change: Partial<{ path: string; port: number; sshConfig: string }>) =>
    lookAtArchive({
      archive: {
        ...{ kind: "ssh", user: undefined, host: "127.0.0.1", port: server.port },
        ...{ path: home, method: "rsync", sshConfig: server.clientConfig, ...change },
      },
      finder: createProgramFinder({ path: process.env["PATH"], home }),
      env: {},
    });

  test("is well when its folder takes files", async () => {
    expect(await look({})).toEqual({
      kind: "ssh",
      place: `ssh://127.0.0.1:${server.port}${home}`,
      problem: null,
    });
  });

  test("has no such folder, refuses the key, or does not answer", async () => {
    expect(await look({ path: join(home, "it's gone") })).toMatchObject({
      problem: { kind: "no-folder" },
    });
    expect(await look({ sshConfig: server.strangerConfig })).toMatchObject({
      problem: { kind: "refused", said: expect.stringContaining("Permission denied") },
    });
    expect(await look({ port: 1 })).toMatchObject({ problem: { kind: "unreachable" } });
  });

  test.skipIf(isRoot)("has a folder that takes no files", async () => {
    await mkdir(join(home, "read-only"), { mode: 0o500 });
    expect(await look({ path: join(home, "read-only") })).toMatchObject({
      problem: { kind: "unwritable" },
    });
  });

  test("tells a folder that takes no files by the end of its own question", () => {
    expect(readRemoteLook(4, "")).toBe("unwritable");
    expect(readRemoteLook(0, "Welcome to the NAS")).toBeNull();
    expect(readRemoteLook(null, "")).toBe("unreachable");
  });
});
