// The functions as the official SDK runs them, with the real vault, claims and programs.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BusEvent, EventFields } from "@system-bus/events";
import { readTail, systemLogPath } from "@system-bus/system-log";
import { pocketsphinx } from "../src/adapters/pocketsphinx.ts";
import { contentSummarize } from "../src/content/content-summarize.ts";
import { hashOutsideMarks } from "../src/notes/summary-marks.ts";
import { programStop } from "../src/system/program-stop.ts";
import { systemLogger } from "../src/system/system-logger.ts";
import { transcriptProcess } from "../src/video/transcript-process.ts";
import { videoDownload } from "../src/video/video-download.ts";
import { type Harness, openHarness } from "./function-harness.ts";
import { openSite } from "./site.ts";

setDefaultTimeout(30_000);

const SAMPLE = join(import.meta.dir, "../../../samples/talk");
const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";
const DAY = "2026-01-05";

let bus: Harness;
beforeEach(async () => {
  bus = await openHarness();
});
afterEach(() => bus.close());

const videoDownloadFn = () =>
  videoDownload(bus.client, {
    ...bus,
    mediaFolder: bus.settings.folders.media,
    archive: bus.settings.video.archive,
    usesAutomaticCaptions: true,
    pausesMs: [],
    onMilestone: () => {},
  });

const transcriptProcessFn = () =>
  transcriptProcess(bus.client, {
    ...bus,
    ...bus.settings.video,
    transcribers: [pocketsphinx],
    now: () => new Date(2026, 0, 5, 23, 59),
    onMilestone: () => {},
  });

const contentSummarizeFn = () =>
  contentSummarize(bus.client, {
    ...bus,
    ...bus.settings.summary,
    summary: bus.settings.summary,
    env: {},
    home: bus.folder,
    onMilestone: () => {},
  });

async function processEvent(
  change: Partial<EventFields<"pipeline/transcript.process">> = {},
): Promise<BusEvent> {
  const media = await bus.claims.putFile(RUN, "media.mp4", join(SAMPLE, "talk.mp4"));
  const captions = await bus.claims.putFile(RUN, "captions.en.vtt", join(SAMPLE, "talk.vtt"));
  return {
    name: "pipeline/transcript.process",
    data: {
      video: {
        id: "youtube:abc",
        title: "A talk",
        url: "https://example.org/a",
        channel: "Ada",
        durationSeconds: 68.2,
      },
      media: media.claim,
      captions: [{ file: captions.claim, language: "en", isAutomatic: false }],
      tags: ["talks"],
      ...change,
    },
  };
}

const notePath = (slug = "a-talk") => join(bus.settings.vault, "Resources/videos", `${slug}.md`);
const dailyPath = () => join(bus.settings.vault, "Daily", `${DAY}.md`);
const sentNames = () => bus.sent.map(({ name }) => name);

/** Every file of the vault with its content. */
async function vaultFiles(): Promise<Record<string, string>> {
  const names = await readdir(bus.settings.vault, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")])),
  );
}

describe("video-download", () => {
  test("downloads, and tells the log and the next function, by claim and never by path", async () => {
    const site = await openSite({ folder: SAMPLE });
    const event = {
      name: "pipeline/video.download",
      data: { url: `${site.url}/talk.mp4`, tags: ["talks"] },
    };
    const first = await bus.run(videoDownloadFn(), event);
    const again = await bus.run(videoDownloadFn(), event);
    await site.close();
    expect(first).toMatchObject({ error: null, result: { sizeBytes: 410_645, archivedTo: null } });
    expect(again).toEqual(first);
    expect(bus.programs.started).toEqual(["download (download)", "download (download)"]);
    const [downloaded, process] = bus.sent;
    expect(sentNames().slice(0, 2)).toEqual([
      "pipeline/video.downloaded",
      "pipeline/transcript.process",
    ]);
    expect(process?.data).toMatchObject({
      media: expect.stringMatching(/^claim:/),
      tags: ["talks"],
    });
    expect(JSON.stringify(bus.sent)).not.toContain(bus.folder);
    // The same video in the same place is one milestone, however often it is asked for.
    expect(bus.sent[2]?.id).toBe(downloaded?.id ?? "");
  });

  test.each([
    ["file:///etc/passwd", "url"],
    ["-oProxyCommand=x", "url"],
  ])("%p is refused on receipt, before anything is started", async (url, field) => {
    const end = await bus.run(videoDownloadFn(), {
      name: "pipeline/video.download",
      data: { url },
    });
    expect(end.error).toContain(field);
    expect(bus.programs.started).toEqual([]);
  });

  test("an event without an address is refused on receipt", async () => {
    expect(
      (await bus.run(videoDownloadFn(), { name: "pipeline/video.download", data: {} })).error,
    ).toContain("url");
  });

  test("without yt-dlp the error says how to install it, and no retry is made", async () => {
    const finder = { ...bus.finder, get: () => bus.finder.get("mlx-whisper") };
    const fn = videoDownload(bus.client, {
      ...bus,
      finder,
      mediaFolder: bus.settings.folders.media,
      archive: { kind: "none" },
      usesAutomaticCaptions: false,
      pausesMs: [],
      onMilestone: () => {},
    });
    const end = await bus.run(fn, {
      name: "pipeline/video.download",
      data: { url: "http://127.0.0.1:1/x" },
    });
    expect(end).toMatchObject({
      isNonRetriable: true,
      error: expect.stringContaining("Install it:"),
    });
  });
});

describe("transcript-process", () => {
  test("makes the note and the day's line, and asks for the summary", async () => {
    expect(await bus.run(transcriptProcessFn(), await processEvent())).toMatchObject({
      error: null,
      result: { noteSlug: "a-talk", isNew: true, source: "captions" },
    });
    expect(await readFile(dailyPath(), "utf8")).toBe(
      `# ${DAY}\n\n## Videos\n\n- [[a-talk]] — A talk by Ada · 00:01:08\n`,
    );
    const note = await readFile(notePath(), "utf8");
    expect(note).toContain(
      "transcribed: 2026-01-05\ntags:\n  - video\n  - transcript\n  - talks\n",
    );
    expect(note).toContain("> **[0:00:00]** Hello, and welcome.");
    expect(sentNames()).toEqual(["pipeline/transcript.processed", "content/summarize"]);
    expect(bus.programs.started).toEqual([]);
  });

  test("a second time changes nothing and tells nothing but the summary that is still missing", async () => {
    const fn = transcriptProcessFn();
    await bus.run(fn, await processEvent());
    const before = await vaultFiles();
    bus.sent.length = 0;
    expect(await bus.run(fn, await processEvent())).toMatchObject({
      error: null,
      result: { isNew: false },
    });
    expect(await vaultFiles()).toEqual(before);
    expect(sentNames()).toEqual(["content/summarize"]);
  });

  test("a day's line that an earlier run could not write is written on the note's own day", async () => {
    const fn = transcriptProcessFn();
    await bus.run(fn, await processEvent());
    const note = await readFile(notePath(), "utf8");
    await writeFile(notePath(), note.replace("transcribed: 2026-01-05", "transcribed: 2025-12-24"));
    await rm(dailyPath());
    await bus.run(fn, await processEvent());
    expect(await readdir(join(bus.settings.vault, "Daily"))).toEqual(["2025-12-24.md"]);
  });

  test("media that is gone is an error that names the step to run again", async () => {
    const event = await processEvent({ captions: [] });
    await rm(bus.settings.folders.claims, { recursive: true });
    const end = await bus.run(transcriptProcessFn(), event);
    expect(end).toMatchObject({
      isNonRetriable: true,
      error: expect.stringContaining('Run the step "download"'),
    });
    expect(await readdir(bus.folder)).not.toContain("vault");
  });

  test("a vault that can't be written is an error that names the file, and leaves no half note", async () => {
    await mkdir(bus.settings.vault);
    await writeFile(join(bus.settings.vault, "Resources"), "in the way");
    const end = await bus.run(transcriptProcessFn(), await processEvent());
    expect(end).toMatchObject({
      isNonRetriable: true,
      error: expect.stringContaining("Resources"),
    });
    expect(await readdir(bus.settings.vault)).toEqual(["Resources"]);
  });

  test("when nothing can transcribe, the error lists what would help", async () => {
    const event = await processEvent({ captions: [], language: "de" });
    const end = await bus.run(transcriptProcessFn(), event);
    expect(end.isNonRetriable).toBe(true);
    expect(end.error).toContain("captions: the video came with none");
    expect(end.error).toContain("pocketsphinx: it only knows English, and de is spoken");
  });
});

describe("content-summarize", () => {
  const summarize = (data: Record<string, unknown>) =>
    bus.run(contentSummarizeFn(), { name: "content/summarize", data });

  test("puts an extractive summary between the marks, and nothing else changes", async () => {
    await bus.run(transcriptProcessFn(), await processEvent());
    const before = await readFile(notePath(), "utf8");
    const request = bus.sent.find(({ name }) => name === "content/summarize");
    bus.sent.length = 0;
    expect(await summarize({ ...request?.data })).toMatchObject({
      error: null,
      result: { by: "extractive", isChanged: true },
    });
    const after = await readFile(notePath(), "utf8");
    expect(hashOutsideMarks(after)).toBe(hashOutsideMarks(before));
    expect(after).toContain("*Extractive summary:");
    expect(after).toMatch(/> “.+” \*\*\[0:\d\d:\d\d\]\*\*/);
    expect(bus.sent).toMatchObject([
      {
        name: "content/summarized",
        data: {
          noteSlug: "a-talk",
          videoId: "youtube:abc",
          title: "A talk",
          summarizedBy: "extractive",
        },
      },
    ]);
    expect(await summarize({ ...request?.data })).toMatchObject({ result: { isChanged: false } });
    expect(await readFile(notePath(), "utf8")).toBe(after);
  });

  test("works from the note alone when the stored transcript is gone", async () => {
    await bus.run(transcriptProcessFn(), await processEvent());
    const request = bus.sent.find(({ name }) => name === "content/summarize");
    await rm(bus.settings.folders.claims, { recursive: true });
    expect(await summarize({ ...request?.data })).toMatchObject({
      error: null,
      result: { isChanged: true },
    });
    expect(await summarize({ noteSlug: "a-talk" })).toMatchObject({ error: null });
  });

  test("a note that is not there, and one without a transcript, are errors without a retry", async () => {
    expect(await summarize({ noteSlug: "none" })).toMatchObject({
      isNonRetriable: true,
      error: expect.stringContaining("There is no note none.md"),
    });
    await mkdir(join(bus.settings.vault, "Resources/videos"), { recursive: true });
    await writeFile(notePath("mine"), "# Mine\n");
    expect(await summarize({ noteSlug: "mine" })).toMatchObject({
      isNonRetriable: true,
      error: expect.stringContaining("holds no transcript"),
    });
    expect(await readFile(notePath("mine"), "utf8")).toBe("# Mine\n");
  });
});

describe("system-logger", () => {
  const logger = () =>
    systemLogger(bus.client, { logFile: systemLogPath(bus.settings.vault), onAppended: () => {} });
  const event = {
    name: "system/log",
    id: "e-1",
    data: { action: "backup", tool: "restic", detail: "Done" },
  };

  test("an event that is delivered twice makes one line", async () => {
    expect(await bus.run(logger(), event)).toMatchObject({ result: { outcome: "appended" } });
    expect(await bus.run(logger(), event)).toMatchObject({ result: { outcome: "already-there" } });
    expect(readTail(systemLogPath(bus.settings.vault), 9)).toEqual([
      { timestamp: "2026-01-05T12:00:00.000Z", eventId: "e-1", ...event.data },
    ]);
  });

  test("a malformed event is refused on receipt", async () => {
    const end = await bus.run(logger(), { name: "system/log", data: { action: 1 } });
    expect(end.error).toContain("action");
  });
});

describe("program-stop", () => {
  const stop = (data: Record<string, unknown>) =>
    bus.run(programStop(bus.client, bus), { name: "inngest/function.cancelled", data });

  test("ends the programs of a run of ours", async () => {
    await stop({ function_id: "system-bus-video-download", run_id: RUN });
    expect(bus.programs.stoppedRuns).toEqual([RUN]);
  });

  test("leaves alone what is not ours", async () => {
    await stop({ function_id: "other-app-video-download", run_id: RUN });
    await stop({ function_id: "system-bus-x" });
    expect(bus.programs.stoppedRuns).toEqual([]);
  });
});
