// The engine is killed with SIGKILL at several moments of a run's life, and workers stay away for longer
// than all retries. What was acknowledged is finished after the restart, once.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hasEnded } from "@system-bus/inngest-api";
import { Bus } from "../harness/bus.ts";
import type { ChildProcess } from "../harness/child-process.ts";
import { findFreePort } from "../harness/free-port.ts";
import { listRunsOf, waitForQuiet, waitForRunOf } from "../harness/runs.ts";
import { canDownload } from "../harness/tools.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { VIDEO_PATH, VideoScene } from "../harness/video-scene.ts";

const EVENTS = 200;

test(`an engine that is killed right after it acknowledged ${EVENTS} events runs each of them after the restart`, async () => {
  const bus = untilTestEnds(await Bus.start());
  // The worker stands still, so that none of them can have run when the engine dies.
  bus.worker.signal("SIGSTOP");
  const details = Array.from({ length: EVENTS }, (_, index) => `event ${index}`);
  const acknowledged = await Promise.all(
    details.map((detail) =>
      bus.api.sendEvents([{ name: "system/log", data: { action: "test", tool: "bus", detail } }]),
    ),
  );
  await bus.engine.kill();
  expect(new Set(acknowledged.flat()).size).toBe(EVENTS);
  expect(await bus.vault.listFiles()).toEqual([]);

  bus.worker.signal("SIGCONT");
  await bus.startEngine();
  await waitForQuiet(bus, "system-logger", { count: EVENTS });
  const logged = bus.vault.readLog().map(({ detail }) => detail);
  expect(logged.toSorted()).toEqual(details.toSorted());
});

describe.skipIf(!canDownload)("an engine that is killed", () => {
  test("right after the acknowledgement of a video makes its note after the restart", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    await scene.send();
    await scene.bus.engine.kill();
    await scene.bus.startEngine();
    await waitForQuiet(scene.bus, "content-summarize");
    await scene.expectDoneOnce();
  });

  test("while a run waits for a program goes on waiting after the restart, for the same program", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid } = await scene.waitForHeldDownload();

    await bus.engine.kill();
    await bus.startEngine();
    await scene.expectStillRunning("download", pid);
    site.letGo(VIDEO_PATH);

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("yt-dlp")).toEqual([{ pid, alivePids: [] }]);
  });

  test("while a program comes to its end hears of that end after the restart", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, site, recorder } = scene;
    site.hold(VIDEO_PATH);
    await scene.send();
    const { pid } = await scene.waitForHeldDownload();

    await bus.engine.kill();
    site.letGo(VIDEO_PATH);
    await bus.waitFor("the download to end", async () => {
      const [program] = await bus.programs.ofStep("download");
      return program?.endedBy === "exit";
    });
    await bus.startEngine();

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await recorder.startsOf("yt-dlp")).toEqual([{ pid, alivePids: [] }]);
  });

  test("in the middle of a step calls that step again, and its effects are there once", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus, recorder } = scene;
    // The step that reads what was downloaded asks ffprobe, which now doesn't answer.
    await recorder.shut("ffprobe");
    await scene.send();
    const askedCount = async () => (await recorder.startsOf("ffprobe")).length;
    await bus.waitFor("the step to be in its middle", async () => (await askedCount()) === 1);

    await bus.engine.kill();
    await bus.startEngine();
    await bus.waitFor("the step to be called again", async () => (await askedCount()) === 2);
    await recorder.open("ffprobe");

    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await bus.programs.ofStep("download")).toHaveLength(1);
  });

  test("again and again while a video goes through it still makes one note", async () => {
    const scene = untilTestEnds(await VideoScene.start({ transcriptFrom: "captions" }));
    const { bus } = scene;
    await scene.send();
    // Each time it lives a little longer, so that the kills meet different moments of the run.
    for (let kill = 1; kill <= 8; kill += 1) {
      await Bun.sleep(kill * 60);
      await bus.engine.kill();
      await bus.startEngine();
    }
    await waitForQuiet(bus, "content-summarize");
    await scene.expectDoneOnce();
    expect(await bus.programs.ofStep("download")).toHaveLength(1);
  });
});

describe("a worker that stays down", () => {
  test("for longer than all tries of its functions loses nothing", async () => {
    const bus = untilTestEnds(await Bus.start({ engineFlags: ["--retry-interval", "1"] }));
    await bus.worker.kill();
    const detail = "written after the long night";
    const [eventId = ""] = await bus.api.sendEvents([
      { name: "system/log", data: { action: "test", tool: "bus", detail } },
    ]);
    // Five tries, a second apart: counted as failures they would all be used.
    await Bun.sleep(6_500);
    const waiting = await listRunsOf(bus, "system-logger");
    expect(waiting.map(({ status }) => hasEnded(status))).toEqual([false]);

    await bus.startWorker();
    const run = await waitForRunOf(bus, eventId);
    expect(run.status).toBe("COMPLETED");
    expect(bus.vault.readLog().map((entry) => entry.detail)).toEqual([detail]);
    const { envelope } = await bus.igs("run", run.id);
    for (const step of envelope.result.steps) expect(step.failedAttempts).toEqual([]);
  });

  test("runs a function that may not fail once: before the call, and when it is killed in the middle of it", async () => {
    const bus = untilTestEnds(await Bus.start({ engineFlags: ["--retry-interval", "1"] }));
    const port = findFreePort();
    const doorFile = bus.scratch.path("door");
    const callsFile = bus.scratch.path("calls");
    const start = async (): Promise<ChildProcess> => {
      const app = bus.scratch.spawn(
        [process.execPath, "--no-env-file", join(import.meta.dir, "../harness/fragile-app.ts")],
        {
          env: {
            CALLS_FILE: callsFile,
            DOOR_FILE: doorFile,
            INNGEST_BASE_URL: bus.engineUrl,
            PORT: String(port),
          },
        },
      );
      await app.waitForLine(/^registered/);
      return app;
    };
    const first = await start();
    await first.kill();
    const send = (name: string) => bus.api.sendEvents([{ name: "fragile/go", data: { name } }]);
    const [early = ""] = await send("early");
    await Bun.sleep(3_000);

    await Bun.write(doorFile, "");
    const second = await start();
    await bus.waitFor("the function to be called", () => Bun.file(callsFile).exists());
    await second.kill();
    await Bun.file(doorFile).delete();
    await Bun.sleep(3_000);
    await start();

    const run = await waitForRunOf(bus, early);
    expect(run).toMatchObject({ status: "COMPLETED", output: { called: "early", attempt: 0 } });
    // A step that was cut off is called again: at least once is what Inngest promises.
    expect(await Bun.file(callsFile).text()).toBe("early 0\nearly 0\n");
  });
});
