// Whatever is killed, in whatever order. A failing order is repeated with KILLS_SEED=….

import { expect, test } from "bun:test";
import { runKillCampaign } from "@system-bus/bench/kill-campaign";
import { Random } from "@system-bus/bench/random";
import { Bus } from "../harness/bus.ts";
import { FileSite } from "../harness/file-site.ts";
import { findProcessesOf, sendSignal } from "../harness/processes.ts";
import { waitForQuiet } from "../harness/runs.ts";
import { makeClip, sampleTalk, videoPage } from "../harness/sample-talk.ts";
import { StartRecorder } from "../harness/start-recorder.ts";
import { canDownload } from "../harness/tools.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const VIDEOS = 3;
const KILLS = 10;
const PAUSE_MAX_MS = 600;
const ENGINE_KILLS = 15;
const TARGETS = ["engine", "worker", "both", "supervisor"] as const;

const seed = Number(process.env.KILLS_SEED ?? Math.floor(Math.random() * 1_000_000));

test.skipIf(!canDownload)(
  `kills in random order (KILLS_SEED=${seed}) leave one note of each acknowledged video, and no program ran twice at once`,
  async () => {
    const site = untilTestEnds(await FileSite.start());
    let recorder: StartRecorder | undefined;
    const bus = untilTestEnds(
      await Bus.start({
        settings: { TRANSCRIPT_ORDER: "captions" },
        prepare: async (scratch) => {
          recorder = await StartRecorder.create(scratch, ["yt-dlp"]);
          addVideos(site, await makeClip(scratch));
          return { PATH: recorder.path };
        },
      }),
    );
    const events = Array.from({ length: VIDEOS }, (_, index) => ({
      name: "pipeline/video.download",
      data: { url: site.url(`/${index}.html`) },
    }));
    await bus.api.sendEvents(events);

    const random = new Random(seed);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await Bun.sleep(random.between(0, PAUSE_MAX_MS));
      await killAndRestart(bus, random.pick(TARGETS));
    }
    await waitForQuiet(bus, "content-summarize", { count: VIDEOS, maxMs: 90_000 });

    const notes = await bus.vault.listNotes();
    expect(notes.map(({ text }) => /^# (.*)$/m.exec(text)?.[1])).toEqual([
      "Talk 0",
      "Talk 1",
      "Talk 2",
    ]);
    for (const note of notes) expect(note.summary).toContain("Extractive summary");
    expect(await bus.vault.listDailyLines()).toHaveLength(VIDEOS);
    expect(countOf(bus.vault.readLog().map(({ action }) => action))).toEqual({
      download: VIDEOS,
      transcribe: VIDEOS,
      summarize: VIDEOS,
    });
    const starts = (await recorder?.startsOf("yt-dlp")) ?? [];
    expect(starts.flatMap(({ alivePids }) => alivePids)).toEqual([]);
  },
);

test(`${ENGINE_KILLS} kills of the embedded engine under load (KILLS_SEED=${seed}) lose, double and forget nothing`, async () => {
  const { violations, evidence, directory } = await runKillCampaign({
    kills: ENGINE_KILLS,
    seed,
    eventsPerSecond: 20,
    pauseMsMax: 800,
    quietMsMax: 60_000,
  });
  expect(violations, `what there is lies in ${directory}`).toEqual([]);
  // That there was something to lose.
  expect(evidence.runs.length).toBeGreaterThan(ENGINE_KILLS);
  expect(await findProcessesOf(directory)).toEqual([]);
});

function addVideos(site: FileSite, clip: string): void {
  site.addFile(clip, "video/mp4").addFile(sampleTalk.captions, "text/vtt");
  for (let index = 0; index < VIDEOS; index += 1) {
    const text = videoPage({ title: `Talk ${index}`, video: "/clip.mp4", captions: "/talk.vtt" });
    site.add(`/${index}.html`, { kind: "html", text });
  }
}

async function killAndRestart(bus: Bus, target: (typeof TARGETS)[number]): Promise<void> {
  switch (target) {
    case "engine":
      await bus.engine.kill();
      return bus.startEngine();
    case "worker":
      await bus.worker.kill();
      return bus.startWorker();
    case "both":
      await bus.killBoth();
      await bus.startEngine();
      return bus.startWorker();
    case "supervisor": {
      const running = await bus.programs.findRunning("download");
      if (running?.supervisorPid) sendSignal(running.supervisorPid, "SIGKILL");
    }
  }
}

function countOf(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
