// Video ingest as a whole: engine, worker, yt-dlp, ffmpeg, pocketsphinx, rsync and sshd are the real ones,
// only the site with the video is ours.

import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Bus } from "./harness/bus.ts";
import { FileSite } from "./harness/file-site.ts";
import { waitForQuiet } from "./harness/runs.ts";
import { addTalk, sampleTalk } from "./harness/sample-talk.ts";
import { hasSshd, startSshd } from "./harness/sshd.ts";
import { canDownload, canRecognise } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { wordErrorRate } from "./samples/word-error-rate.ts";

const TITLE = "A nervous system for a small machine";
const SLUG = "a-nervous-system-for-a-small-machine";
/** Title, identity, ending. */
const ARCHIVED = /^a-nervous-system-for-a-small-machine\..+\.mp4$/;

describe("a video's address", () => {
  test.skipIf(!canRecognise)(
    "becomes a note with the talk's words, one line in the day's note and one log line for each milestone; sent again, it changes nothing",
    async () => {
      const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
      const bus = untilTestEnds(
        await Bus.start({
          settings: { TRANSCRIPT_ORDER: "pocketsphinx" },
          prepare: async (scratch) => {
            await mkdir(scratch.path("archive"));
            return { ARCHIVE_TO: scratch.path("archive") };
          },
        }),
      );
      const url = site.url("/talk.html");
      await bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
      await waitForQuiet(bus, "content-summarize", { maxMs: 90_000 });

      const note = await bus.vault.getOnlyNote();
      expect(note.path).toEndWith(`/Resources/videos/${SLUG}.md`);
      expect(note.frontmatter).toMatchObject({ type: "video", source: url, duration: "00:01:08" });
      expect(note.text).toContain(`\n# ${TITLE}\n`);
      expect(note.text).toContain("> [!warning] Draft");
      expect(note.summary).toContain("## Executive Summary");
      expect(note.summary).toContain("Extractive summary");
      expect(wordErrorRate(await sampleTalk.readScript(), note.transcript)).toBeLessThan(0.1);

      expect(await bus.vault.listDailyLines()).toEqual([
        expect.stringContaining(`- [[${SLUG}]] — ${TITLE}`),
      ]);
      expect(bus.vault.readLog().map(({ action, tool }) => `${action} ${tool}`)).toEqual([
        "download yt-dlp",
        "transcribe pocketsphinx",
        "summarize extractive",
      ]);
      const archived = await readdir(bus.scratch.path("archive"));
      expect(archived).toEqual([expect.stringMatching(ARCHIVED)]);
      const [archivedFile = ""] = archived;
      expect(note.frontmatter["nas_path"]).toBe(bus.scratch.path("archive", archivedFile));
      expect(await sha256(bus.scratch.path("archive", archivedFile))).toBe(
        await sha256(sampleTalk.video),
      );

      const before = await bus.vault.fingerprint();
      await bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
      await waitForQuiet(bus, "transcript-process", { count: 2 });
      expect(await bus.vault.fingerprint()).toEqual(before);
      expect(await readdir(bus.scratch.path("archive"))).toEqual(archived);
      expect(await bus.programs.ofStep("transcribe")).toHaveLength(1);
    },
  );

  test.skipIf(!canDownload)(
    "of a page with captions gives a note with the author's words, and no recogniser is started",
    async () => {
      const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
      const bus = untilTestEnds(
        await Bus.start({
          settings: { TRANSCRIPT_ORDER: "captions,pocketsphinx" },
        }),
      );
      const url = site.url("/captioned.html");
      await bus.api.sendEvents([
        { name: "pipeline/video.download", data: { url, tags: ["home", "machines"] } },
      ]);
      await waitForQuiet(bus, "content-summarize");

      const note = await bus.vault.getOnlyNote();
      expect(note.text).toContain("> Transcript from the author's captions (en).");
      expect(note.text).not.toContain("[!warning] Draft");
      expect(wordErrorRate(await sampleTalk.readScript(), note.transcript)).toBe(0);
      expect(note.frontmatter["tags"]).toEqual(["video", "transcript", "home", "machines"]);
      const steps = (await bus.programs.list()).map(({ stepId }) => stepId);
      expect(steps).toEqual(["download"]);
    },
  );

  test.skipIf(!canDownload)(
    "whose transfer is cut off twice is fetched to its end, each time from where it stopped",
    async () => {
      const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
      site.cut("/talk.mp4", 2);
      const bus = untilTestEnds(await Bus.start({ settings: { TRANSCRIPT_ORDER: "captions" } }));
      await bus.api.sendEvents([
        { name: "pipeline/video.download", data: { url: site.url("/captioned.html") } },
      ]);
      await waitForQuiet(bus, "content-summarize");

      expect(await bus.vault.listNotes()).toHaveLength(1);
      const startBytes = site.requests
        .filter(({ path }) => path === "/talk.mp4")
        .map(({ range }) => Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0));
      expect(startBytes).toHaveLength(3);
      expect(startBytes).toEqual([...new Set(startBytes)].toSorted((one, other) => one - other));
    },
  );
});

describe.skipIf(!canDownload || !hasSshd)("an archive on another machine", () => {
  test.each(["rsync", "scp"] as const)(
    "gets the video over ssh with %s, byte for byte, once",
    async (method) => {
      const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
      const bus = untilTestEnds(
        await Bus.start({
          settings: { TRANSCRIPT_ORDER: "captions", ARCHIVE_METHOD: method },
          prepare: async (scratch) => {
            const folder = scratch.path("remote", "video's & more");
            await mkdir(folder, { recursive: true });
            const sshd = await startSshd(scratch);
            return {
              ARCHIVE_TO: sshd.address(encodeURI(folder)),
              ARCHIVE_SSH_CONFIG: sshd.clientConfig,
            };
          },
        }),
      );
      const folder = bus.scratch.path("remote", "video's & more");
      const url = site.url("/captioned.html");
      await bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
      await waitForQuiet(bus, "content-summarize");

      const files = await readdir(folder);
      expect(files).toEqual([expect.stringMatching(ARCHIVED)]);
      const archived = join(folder, files[0] ?? "");
      expect(await sha256(archived)).toBe(await sha256(sampleTalk.video));
      const note = await bus.vault.getOnlyNote();
      expect(note.frontmatter["nas_path"]).toStartWith("ssh://127.0.0.1:");
      expect(note.frontmatter["nas_path"]).toEndWith(`/${files[0]}`);

      const { mtimeMs } = await Bun.file(archived).stat();
      await bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
      await waitForQuiet(bus, "transcript-process", { count: 2 });
      expect((await Bun.file(archived).stat()).mtimeMs).toBe(mtimeMs);
      expect(await bus.programs.ofStep("transfer-to-nas")).toHaveLength(1);
    },
  );
});

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await Bun.file(path).bytes())
    .digest("hex");
}
