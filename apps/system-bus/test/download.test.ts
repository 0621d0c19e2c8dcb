// The real yt-dlp, ffprobe and ffmpeg against a file server on loopback.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgramFinder } from "../src/adapters/program-finder.ts";
import { createClaimStore } from "../src/claims/claim-store.ts";
import {
  type DownloadDeps,
  type DownloadedVideo,
  downloadSpec,
  prepareDownload,
  readDownload,
} from "../src/video/download-video.ts";
import { runSpec } from "./run-spec.ts";
import { openSite, type Site, type SiteOptions } from "./site.ts";

const SAMPLE = join(import.meta.dir, "../../../samples/talk");
const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";

// Each test starts Python a few times, on machines that do other things, too.
setDefaultTimeout(30_000);

let folder = "";
let sites: Site[] = [];
let deps: DownloadDeps;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
  await mkdir(join(folder, "www"));
  for (const file of ["talk.mp4", "talk.vtt"])
    await copyFile(join(SAMPLE, file), join(folder, "www", file));
  deps = {
    finder: createProgramFinder({ path: process.env["PATH"], home: folder }),
    claims: createClaimStore(join(folder, "claims")),
    mediaFolder: join(folder, "media"),
  };
});
afterEach(async () => {
  await Promise.all(sites.map((site) => site.close()));
  sites = [];
  await rm(folder, { recursive: true });
});

async function open(options: Partial<SiteOptions> = {}): Promise<Site> {
  const site = await openSite({ folder: join(folder, "www"), ...options });
  sites.push(site);
  return site;
}

async function download(url: string, title?: string): Promise<DownloadedVideo> {
  const prepared = await prepareDownload(deps, url);
  const ended = await runSpec(downloadSpec(prepared, deps.finder), folder);
  return readDownload(deps, ended, { runId: RUN, prepared, title });
}

async function failure(url: string): Promise<unknown> {
  return download(url).then(
    () => "it was downloaded",
    (error: unknown) => error,
  );
}

const page = (body: string) => `<html><head><meta charset="utf-8">${body}</html>`;

test("a bare file becomes a video with the title that its maker gave it", async () => {
  const site = await open();
  const downloaded = await download(`${site.url}/talk.mp4`);
  expect(downloaded).toMatchObject({
    video: {
      title: "A nervous system for a small machine",
      channel: "System Bus",
      durationSeconds: 68.2,
      url: `${site.url}/talk.mp4`,
    },
    extension: ".mp4",
    captions: [],
  });
  expect(downloaded.video.id).toBe(`generic:talk-${downloaded.mediaHash.slice(0, 12)}`);
  const stored = await readFile(await deps.claims.locate(downloaded.media, "download"));
  expect(stored.equals(await readFile(join(SAMPLE, "talk.mp4")))).toBe(true);
});

test("a page's video comes with its captions, and its title breaks out of nothing", async () => {
  const title = "../../etc: &quot;a talk&quot;";
  await writeFile(
    join(folder, "www/page.html"),
    page(`<meta property="og:title" content="${title}"></head><body><video src="talk.mp4">
      <track kind="subtitles" srclang="en" src="talk.vtt"></video></body>`),
  );
  const site = await open();
  const downloaded = await download(`${site.url}/page.html`);
  expect(downloaded.video.title).toBe('../../etc: "a talk"');
  expect(downloaded.captions).toMatchObject([{ language: "en", isAutomatic: false }]);
  const [caption] = downloaded.captions;
  expect(await deps.claims.get(caption?.file ?? "", "download")).toBe(
    await readFile(join(SAMPLE, "talk.vtt"), "utf8"),
  );
  expect((await readdir(folder)).toSorted()).toContain("media");
  expect(await stat(join(folder, "etc")).catch(() => null)).toBeNull();
});

test("the same file under another address is the same video, another file of that name is not", async () => {
  await mkdir(join(folder, "www/b"));
  await writeFile(
    join(folder, "www/b/talk.mp4"),
    (await readFile(join(SAMPLE, "talk.mp4"))).subarray(0, -8),
  );
  const [site, other] = [await open(), await open()];
  const first = await download(`${site.url}/talk.mp4`);
  expect((await download(`${other.url}/talk.mp4`)).video.id).toBe(first.video.id);
  expect((await download(`${site.url}/b/talk.mp4`)).video.id).not.toBe(first.video.id);
});

test("a download that is there already is not fetched again", async () => {
  const site = await open();
  const first = await download(`${site.url}/talk.mp4`);
  const before = site.requests.length;
  expect(await download(`${site.url}/talk.mp4`)).toEqual(first);
  // yt-dlp looks at the address once; the body is not fetched.
  expect(site.requests.length - before).toBeLessThanOrEqual(1);
});

test("what a broken connection left is gone on with, not begun anew", async () => {
  // The first look at the address uses up a cut, too.
  const site = await open({ cutAfterBytes: 200_000, cutCount: 2 });
  const downloaded = await download(`${site.url}/talk.mp4`);
  expect(downloaded.sizeBytes).toBe((await stat(join(SAMPLE, "talk.mp4"))).size);
  expect(site.requests.some(({ range }) => /^bytes=[1-9]/.test(range ?? ""))).toBe(true);
});

test("a download that was killed goes on where it stopped, in another program", async () => {
  const site = await open({ bytesPerSecond: 200_000 });
  const prepared = await prepareDownload(deps, `${site.url}/talk.mp4`);
  const spec = downloadSpec(prepared, deps.finder);
  const child = Bun.spawn([spec.command, ...spec.args], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const part = async () => {
    const files = await readdir(prepared.folder, { recursive: true });
    const name = files.find((file) => file.endsWith(".part"));
    return name === undefined ? 0 : (await stat(join(prepared.folder, name))).size;
  };
  while ((await part()) < 100_000) await Bun.sleep(20);
  child.kill("SIGKILL");
  await child.exited;
  const ended = await runSpec(spec, folder);
  const downloaded = await readDownload(deps, ended, { runId: RUN, prepared, title: undefined });
  expect(downloaded.sizeBytes).toBe((await stat(join(SAMPLE, "talk.mp4"))).size);
  expect(site.requests.some(({ range }) => /^bytes=[1-9]\d{4,}-/.test(range ?? ""))).toBe(true);
});

test("an address with a password is fetched with it, and shows it nowhere", async () => {
  const site = await open();
  const url = `${site.url.replace("//", "//ada:s3cret@")}/talk.mp4`;
  const prepared = await prepareDownload(deps, url);
  expect(JSON.stringify(prepared)).not.toContain("s3cret");
  expect((await stat(join(prepared.folder, "address"))).mode & 0o777).toBe(0o600);
  const downloaded = await download(url);
  expect(JSON.stringify(downloaded)).not.toContain("s3cret");
  const basic = `Basic ${Buffer.from("ada:s3cret").toString("base64")}`;
  expect(site.requests.some(({ authorization }) => authorization === basic)).toBe(true);
});

describe("what can't be downloaded", () => {
  test.each([
    ["a redirect to a file", "/to-file", "ADDRESS_REFUSED", false],
    ["a redirect in a circle", "/circle", "VIDEO_MISSING", false],
    ["404", "/none.mp4", "VIDEO_MISSING", false],
    ["a page without a video", "/empty.html", "VIDEO_MISSING", false],
    ["a page whose video is a file", "/file.html", "ADDRESS_REFUSED", false],
    ["a server in trouble", "/500", "VIDEO_UNREACHABLE", true],
    ["a server that is asked too often", "/429", "VIDEO_UNREACHABLE", true],
  ])("%s", async (_, path, code, mayRetry) => {
    await writeFile(join(folder, "www/empty.html"), page("</head><body>Nothing here.</body>"));
    await writeFile(
      join(folder, "www/file.html"),
      page('</head><body><video src="file:///etc/passwd"></video></body>'),
    );
    const site = await open({
      redirects: { "/to-file": "file:///etc/passwd", "/circle": "/circle" },
      statuses: { "/500": 500, "/429": 429 },
    });
    const error = await failure(`${site.url}${path}`);
    expect(error).toMatchObject({ code, mayRetry });
    expect(String(error)).toContain(site.url);
  });

  test("a redirect to ftp is never followed", async () => {
    let isAsked = false;
    const ftp = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          isAsked = true;
          socket.end();
        },
        data: () => {},
      },
    });
    const site = await open({ redirects: { "/to-ftp": `ftp://127.0.0.1:${ftp.port}/x.mp4` } });
    expect(await failure(`${site.url}/to-ftp`)).toHaveProperty("code");
    ftp.stop(true);
    expect(isAsked).toBe(false);
  });

  test("a host that is down, and one whose name nobody knows", async () => {
    const site = await open();
    await site.close();
    expect(await failure(`${site.url}/talk.mp4`)).toMatchObject({
      code: "VIDEO_UNREACHABLE",
      mayRetry: true,
    });
    expect(await failure("http://no-such-host.invalid/talk.mp4")).toMatchObject({
      code: "VIDEO_UNREACHABLE",
    });
  });

  test("yt-dlp itself is missing", async () => {
    const finder = createProgramFinder({ path: "", home: folder });
    const error = await prepareDownload(
      { ...deps, finder: { ...finder, get: () => finder.get("mlx-whisper") } },
      "http://x/",
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "PROGRAM_MISSING", mayRetry: false });
  });

  test("nothing is left in the claims of a run that failed", async () => {
    const site = await open();
    await failure(`${site.url}/none.mp4`);
    expect(await readdir(folder)).not.toContain("claims");
  });
});
