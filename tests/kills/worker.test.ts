// The worker, its supervisors and its programs are killed with SIGKILL. Each test then finds every
// acknowledged event's run finished, with one note, and no program that ran twice at once.

import { describe, expect, test } from "bun:test";
import { isAlive, sendSignal } from "../harness/processes.ts";
import { waitForQuiet } from "../harness/runs.ts";
import { canDownload, canRecognise } from "../harness/tools.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { VIDEO_PATH, VideoScene } from "../harness/video-scene.ts";

describe.skipIf(!canDownload)("a worker that is killed during the download", () => {
  test("finds the living download again and goes on with it", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid } = await scene.waitForHeldDownload();

    await bus.worker.kill();
    await bus.startWorker();
    await scene.expectStillRunning("download", pid);

    site.letGo(VIDEO_PATH);
    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("yt-dlp")).toEqual([{ pid, alivePids: [] }]);
  });

  test("collects what ended while it was dead, and starts nothing again", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid } = await scene.waitForHeldDownload();

    await bus.worker.kill();
    site.letGo(VIDEO_PATH);
    await bus.waitFor("the download to end", async () => {
      const [program] = await bus.programs.ofStep("download");
      return program?.endedBy === "exit";
    });
    await bus.startWorker();

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("yt-dlp")).toEqual([{ pid, alivePids: [] }]);
  });
});

test.skipIf(!canDownload)(
  "a worker that is killed while it starts a program finds that one when it comes to start it again",
  async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    // Its supervisor takes a tenth of a second to begin: the step that waits for it has not ended yet.
    await bus.waitFor("the program to be asked for", async () => {
      return (await bus.programs.ofStep("download")).length === 1;
    });
    await bus.worker.kill();
    await bus.startWorker();
    await scene.waitForHeldDownload();
    site.letGo(VIDEO_PATH);

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("yt-dlp")).toHaveLength(1);
  },
);

test.skipIf(!canDownload)(
  "a worker that is killed again and again while a video goes through still makes one note",
  async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus } = scene;
    await scene.send();
    // Each time it lives a little longer, so that the kills meet different moments of the run.
    for (let kill = 1; kill <= 5; kill += 1) {
      await Bun.sleep(kill * 70);
      await bus.worker.kill();
      await bus.startWorker();
    }
    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await bus.programs.ofStep("download")).toHaveLength(1);
  },
);

test.skipIf(!canRecognise)(
  "a worker that is killed during the transcription finds the living recogniser again and goes on with it",
  async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "pocketsphinx" }));
    const { bus, recorder } = scene;
    await scene.send();
    const { pid } = await scene.waitForProgram("transcribe");
    // It stands still in its middle, so that the machine's speed has no say in this test.
    sendSignal(pid, "SIGSTOP");

    await bus.worker.kill();
    await bus.startWorker();
    await scene.expectStillRunning("transcribe", pid);

    sendSignal(pid, "SIGCONT");
    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("pocketsphinx_continuous")).toEqual([{ pid, alivePids: [] }]);
  },
);

test.skipIf(!canDownload)(
  "when a supervisor is killed its program dies before the next one starts, which goes on where that one stopped",
  async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid, supervisorPid } = await scene.waitForHeldDownload();

    sendSignal(supervisorPid, "SIGKILL");
    const second = await bus.waitFor("a second download to run", async () => {
      const running = await bus.programs.findRunning("download");
      return running && running.pid !== pid ? running : null;
    });
    expect(await isAlive(pid)).toBe(false);
    expect(second.attempt).toBe(2);

    site.letGo(VIDEO_PATH);
    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    const attempts = await bus.programs.ofStep("download");
    expect(attempts.map(({ endedBy }) => endedBy)).toEqual(["lost", "exit"]);
    expect((await recorder.startsOf("yt-dlp")).map((start) => start.pid)).toEqual([
      pid,
      second.pid,
    ]);
    const ranges = site.requests.flatMap(({ path, range }) =>
      path === VIDEO_PATH && range !== null ? [range] : [],
    );
    expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  },
);

test.skipIf(!canDownload)(
  "when engine, worker, supervisor and program are all killed, as by a power cut, the run goes on after the restart",
  async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid, supervisorPid } = await scene.waitForHeldDownload();

    sendSignal(supervisorPid, "SIGKILL");
    sendSignal(pid, "SIGKILL");
    await bus.killBoth();
    site.letGo(VIDEO_PATH);
    await bus.startEngine();
    await bus.startWorker();

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    const attempts = await bus.programs.ofStep("download");
    expect(attempts.map(({ endedBy }) => endedBy)).toEqual(["lost", "exit"]);
    expect(await recorder.startsOf("yt-dlp")).toHaveLength(2);
  },
);
