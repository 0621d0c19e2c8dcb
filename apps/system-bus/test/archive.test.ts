// The real ssh, rsync and scp against a real sshd on loopback, and the copy program for local folders.

import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgramFinder } from "../src/adapters/program-finder.ts";
import type { SshArchive } from "../src/adapters/remote-archive.ts";
import { sha256File } from "../src/files/sha256-file.ts";
import {
  acceptRemoteHash,
  archiveFileName,
  checkRemoteEnd,
  localCopySpec,
  planArchive,
  type RemoteCopy,
  readLocalCopy,
  readRemoteHash,
  remoteSpecs,
} from "../src/video/archive-video.ts";
import { runSpec } from "./run-spec.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

setDefaultTimeout(30_000);

const FILE_NAME = "a-talk.youtube-abc.mp4";

let root = "";
let folder = "";
let server: SshServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "archive-"));
  server = await startSshServer(join(root, "ssh"));
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "case-"));
  await mkdir(join(folder, "nas drive's"));
  await writeFile(join(folder, "film.mp4"), crypto.getRandomValues(new Uint8Array(60_000)));
});

const finder = createProgramFinder({ path: process.env["PATH"], home: "/nonexistent" });

async function remoteCopy(change: Partial<SshArchive> = {}): Promise<RemoteCopy> {
  const archive: SshArchive = {
    kind: "ssh",
    user: undefined,
    host: "127.0.0.1",
    port: server.port,
    path: join(folder, "nas drive's"),
    method: "rsync",
    sshConfig: server.clientConfig,
    ...change,
  };
  const source = join(folder, "film.mp4");
  const programs = { ssh: finder.get("ssh"), copy: finder.get(archive.method) };
  return { archive, programs, fileName: FILE_NAME, source, sha256: await sha256File(source) };
}

async function transfer(copy: RemoteCopy): Promise<string> {
  const specs = remoteSpecs(copy);
  const found = await readRemoteHash(await runSpec(specs.find, folder), copy.archive);
  if (found === copy.sha256) return "already there";
  await checkRemoteEnd(await runSpec(specs.bring, folder), copy.archive);
  return acceptRemoteHash(
    copy,
    await readRemoteHash(await runSpec(specs.finish, folder), copy.archive),
  );
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "it worked",
    (error: unknown) => error,
  );

describe.each(["rsync", "scp"] as const)("over ssh with %s", (method) => {
  test("the copy is proven equal, and the folder's blanks and quotes do no harm", async () => {
    const copy = await remoteCopy({ method });
    expect(await transfer(copy)).toBe(
      `ssh://127.0.0.1:${server.port}${folder}/nas drive's/${FILE_NAME}`,
    );
    expect(await sha256File(join(copy.archive.path, FILE_NAME))).toBe(copy.sha256);
    expect((await readdir(copy.archive.path)).filter((name) => name !== ".rsync-partial")).toEqual([
      FILE_NAME,
    ]);
  });

  test("a second transfer brings nothing", async () => {
    const copy = await remoteCopy({ method });
    await transfer(copy);
    const past = new Date("2020-01-01");
    await utimes(join(copy.archive.path, FILE_NAME), past, past);
    expect(await transfer(copy)).toBe("already there");
    expect((await stat(join(copy.archive.path, FILE_NAME))).mtimeMs).toBe(past.getTime());
  });

  test("a damaged copy over there is replaced", async () => {
    const copy = await remoteCopy({ method });
    await writeFile(join(copy.archive.path, FILE_NAME), "half a film");
    await transfer(copy);
    expect(await sha256File(join(copy.archive.path, FILE_NAME))).toBe(copy.sha256);
  });

  test("a folder that is not there is said, and not tried again", async () => {
    const error = await failureOf(
      transfer(await remoteCopy({ method, path: join(folder, "unmounted") })),
    );
    expect(error).toMatchObject({ code: "ARCHIVE_REFUSED", mayRetry: false });
    expect(String(error)).toContain("unmounted");
  });
});

test("what was cut short on the way never gets the final name", async () => {
  const copy = await remoteCopy();
  await writeFile(join(copy.archive.path, `${FILE_NAME}.part`), "half a film");
  const { finish } = remoteSpecs(copy);
  const printed = await readRemoteHash(await runSpec(finish, folder), copy.archive);
  expect(() => acceptRemoteHash(copy, printed)).toThrow(
    "differs from the original and was removed",
  );
  expect(await readdir(copy.archive.path)).toEqual([]);
});

test("a key that is not let in is said, and not tried again", async () => {
  const error = await failureOf(transfer(await remoteCopy({ sshConfig: server.strangerConfig })));
  expect(error).toMatchObject({ code: "ARCHIVE_REFUSED", mayRetry: false });
  expect(String(error)).toContain("Permission denied");
});

test("a host that nobody vouched for is not trusted", async () => {
  const unknown = join(folder, "config");
  const text = await readFile(server.clientConfig, "utf8");
  await writeFile(unknown, text.replace(/UserKnownHostsFile .*/, "UserKnownHostsFile /dev/null"));
  expect(await failureOf(transfer(await remoteCopy({ sshConfig: unknown })))).toMatchObject({
    code: "ARCHIVE_REFUSED",
  });
});

test("a host that is away is tried again", async () => {
  expect(await failureOf(transfer(await remoteCopy({ port: 1 })))).toMatchObject({
    code: "ARCHIVE_UNREACHABLE",
    mayRetry: true,
  });
});

describe("into a folder", () => {
  test("the copy is whole, and a second one changes nothing", async () => {
    const target = join(folder, "nas drive's", FILE_NAME);
    const spec = localCopySpec(join(folder, "film.mp4"), target);
    expect(await readLocalCopy(await runSpec(spec, folder), target)).toBe(target);
    const before = await stat(target);
    expect(await readLocalCopy(await runSpec(spec, folder), target)).toBe(target);
    expect((await stat(target)).mtimeMs).toBe(before.mtimeMs);
    expect(await sha256File(target)).toBe(await sha256File(join(folder, "film.mp4")));
  });

  test("a folder that is not there is never made: its drive may not be mounted", async () => {
    const path = join(folder, "unmounted");
    const error = await failureOf(planArchive({ kind: "folder", path }, finder, FILE_NAME));
    expect(error).toMatchObject({ code: "ARCHIVE_UNREACHABLE", mayRetry: true });
    expect(await stat(path).catch(() => null)).toBeNull();
  });

  test("a copy that fails says why, and leaves nothing", async () => {
    const target = join(folder, "film.mp4", FILE_NAME);
    const error = await failureOf(
      readLocalCopy(await runSpec(localCopySpec(join(folder, "film.mp4"), target), folder), target),
    );
    expect(error).toMatchObject({ code: "WRITE_REFUSED", mayRetry: false });
  });
});

test("without an archive the video stays, and the step says so", async () => {
  expect(await planArchive({ kind: "none" }, finder, FILE_NAME)).toEqual({
    kind: "none",
    remark: "No archive is set (ARCHIVE_TO): the video stays in the media folder",
  });
});

test("a name in the archive is readable, safe and unlike any other video's", () => {
  expect(archiveFileName({ id: "youtube:a_B-1", title: "../../A “talk”" }, ".mp4")).toBe(
    "a-talk.youtube-a_B-1.mp4",
  );
  expect(archiveFileName({ id: "generic:v-1f", title: "🎉" }, ".webm")).toBe(
    "generic-v-1f.generic-v-1f.webm",
  );
});
