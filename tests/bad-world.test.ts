// The machine itself is in trouble: a vault that can't be written, a full disk, a program that is not
// there. One clear error at the place where a person looks, no half-written note, and once the trouble
// is over the same event goes through.

import { describe, expect, test } from "bun:test";
import type { Run } from "@system-bus/inngest-api";
import { Bus } from "./harness/bus.ts";
import { FileSite } from "./harness/file-site.ts";
import { countFailures, listRunsOf, waitForQuiet } from "./harness/runs.ts";
import { addTalk } from "./harness/sample-talk.ts";
import { canMount, SmallDisk } from "./harness/tmpfs.ts";
import { canDownload, has } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";

const SETTINGS = { TRANSCRIPT_ORDER: "captions" };
const NOTE = "Resources/videos/a-talk.md";

describe.skipIf(!canDownload)("a vault that can't be written", () => {
  test("because a file stands where its folder should be is told by /health, igs status and the run", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    const bus = untilTestEnds(
      await Bus.start({
        settings: SETTINGS,
        prepare: async (scratch) => {
          await Bun.write(scratch.path("file"), "a file");
          return { VAULT_PATH: scratch.path("file", "vault") };
        },
      }),
    );
    expect(await readHealthProblems(bus)).toContainEqual(
      expect.stringMatching(/The vault .*file\/vault can't be used: .* is a file, not a folder/),
    );
    const status = await bus.igs("status");
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/is a file, not a folder/);

    const run = await failTranscript(bus, site);
    expect(run.output).toMatchObject({
      message: expect.stringMatching(/a file stands where a folder is needed/),
    });
    expect(countFailures(await bus.igs("run", run.id))).toBe(1);
  });

  test.skipIf(!canMount)(
    "because it is mounted read-only fails the run after one try, and the same event makes the note when it can be written",
    async () => {
      const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
      let vault: SmallDisk | undefined;
      const bus = untilTestEnds(
        await Bus.start({
          settings: SETTINGS,
          prepare: async (scratch) => {
            vault = await SmallDisk.mount(scratch, scratch.path("vault"), 1_024);
            await vault.makeReadOnly();
            return {};
          },
        }),
      );
      const run = await failTranscript(bus, site);
      expect(run.output).toMatchObject({ message: expect.stringMatching(/No access to .*vault/) });
      expect(countFailures(await bus.igs("run", run.id))).toBe(1);

      await vault?.makeWritable();
      await send(bus, site);
      await bus.waitFor("the note", async () => (await bus.vault.listNotes()).length === 1);
    },
  );
});

describe.skipIf(!canDownload || !canMount)("a full disk", () => {
  test("under the vault leaves no half of a note; once there is room the same event makes all of it", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    let disk: SmallDisk | undefined;
    const bus = untilTestEnds(
      await Bus.start({
        settings: SETTINGS,
        prepare: async (scratch) => {
          disk = await SmallDisk.mount(scratch, scratch.path("vault"), 256);
          await disk.fill();
          return {};
        },
      }),
    );
    expect(await readHealthProblems(bus)).toContainEqual(
      expect.stringMatching(/The vault .* MB are free on its disk/),
    );
    const run = await failTranscript(bus, site);
    expect(run.output).toMatchObject({ message: expect.stringMatching(/No space left to write/) });
    expect(countFailures(await bus.igs("run", run.id))).toBe(1);
    const files = await bus.vault.listFiles();
    // A log of no bytes is no half-written line.
    expect(files.filter((file) => !file.startsWith("system/"))).toEqual(["filler"]);
    expect(bus.vault.readLog()).toEqual([]);

    await disk?.free();
    await send(bus, site);
    await bus.waitFor("the whole note", async () => {
      const [note] = await bus.vault.listNotes();
      return note?.summary.includes("Extractive summary");
    });
    expect(await bus.vault.listFiles()).toContain(NOTE);
  });

  test("under the download is told before anything is fetched", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    const { bus } = await startWithMediaDisk(4_096);
    const sent = await bus.igs(
      ...["send", "pipeline/video.download", "--url", site.url("/captioned.html"), "--follow"],
    );
    expect(sent.exitCode).toBe(1);
    expect(sent.envelope.error?.message).toMatch(/Only \d+ MB are free on the disk of .*media/);
    const [{ runId }] = sent.envelope.result.runs;
    expect(countFailures(await bus.igs("run", runId))).toBe(1);
    expect(site.requests).toEqual([]);
  });

  test("that fills up during the download fails it after one try, and once there is room the same event goes on where it stopped", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    const { bus, disk } = await startWithMediaDisk(80 * 1_024);
    site.hold("/talk.mp4");
    await send(bus, site);
    await bus.waitFor("the transfer to be under way", () =>
      site.requests.some(({ path }) => path === "/talk.mp4"),
    );
    await disk.fill();
    site.letGo("/talk.mp4");
    const run = await bus.waitFor("video-download to fail", async () =>
      (await listRunsOf(bus, "video-download")).find(({ status }) => status === "FAILED"),
    );
    expect(run.output).toMatchObject({
      message: expect.stringMatching(/did not fit on the disk of the media folder/),
    });
    expect(await bus.programs.ofStep("download")).toHaveLength(1);
    expect(await bus.vault.listNotes()).toEqual([]);

    await disk.free();
    await send(bus, site);
    await bus.waitFor("the note", async () => (await bus.vault.listNotes()).length === 1);
    expect(site.requests.at(-1)).toMatchObject({
      path: "/talk.mp4",
      range: expect.stringMatching(/^bytes=[1-9]/),
    });
  });

  test("under the engine refuses events instead of losing them, and takes them again when there is room", async () => {
    let disk: SmallDisk | undefined;
    const bus = untilTestEnds(
      await Bus.start({
        prepare: async (scratch) => {
          disk = await SmallDisk.mount(scratch, scratch.path("engine"), 2_048);
          return {};
        },
      }),
    );
    const acknowledged: string[] = [];
    const sendUntilRefused = async (): Promise<Response> => {
      for (;;) {
        const detail = `${acknowledged.length} ${"x".repeat(4_000)}`;
        const answer = await fetch(`${bus.engineUrl}/e/any`, {
          method: "POST",
          body: JSON.stringify({
            name: "system/log",
            data: { action: "test", tool: "bus", detail },
          }),
        });
        if (!answer.ok) return answer;
        acknowledged.push(detail);
      }
    };
    await disk?.fill();
    const refused = await sendUntilRefused();
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(await refused.json()).toMatchObject({ error: expect.stringMatching(/full|space/i) });

    await disk?.free();
    const detail = "after the flood";
    await bus.waitFor("the engine to take events again", () =>
      bus.api
        .sendEvents([{ name: "system/log", data: { action: "test", tool: "bus", detail } }])
        .catch(() => null),
    );
    await waitForQuiet(bus, "system-logger", { count: acknowledged.length + 1 });
    const logged = bus.vault.readLog().map((entry) => entry.detail);
    expect(logged.toSorted()).toEqual([...acknowledged, detail].toSorted());
  });
});

test.skipIf(!canDownload || !canMount)(
  "without yt-dlp the run fails at once with how to install it, and /health says so before anything is sent",
  async () => {
    const real = Bun.which("yt-dlp") ?? "";
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    const bus = untilTestEnds(
      await Bus.start({
        settings: SETTINGS,
        // For this worker alone: the program is hidden behind something that can't be executed.
        workerPrefix: [
          ...["unshare", "--mount", "sh", "-c"],
          `mount --bind /dev/null '${real}' && exec "$@"`,
          "sh",
        ],
      }),
    );
    expect(await readHealthProblems(bus)).toContainEqual(
      expect.stringMatching(/yt-dlp, which .*, is not installed: /),
    );
    const sent = await bus.igs(
      ...["send", "pipeline/video.download", "--url", site.url("/captioned.html"), "--follow"],
    );
    expect(sent.exitCode).toBe(1);
    expect(sent.envelope.error?.message).toMatch(/yt-dlp, which .*, is not installed\. Install it/);
    const [{ runId }] = sent.envelope.result.runs;
    expect(countFailures(await bus.igs("run", runId))).toBe(1);
    expect(site.requests).toEqual([]);
  },
);

test.skipIf(!canDownload || has("mlx_whisper"))(
  "without any recogniser a video without captions fails with what stands in the way of each source",
  async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A talk"));
    const bus = untilTestEnds(
      await Bus.start({
        settings: { TRANSCRIPT_ORDER: "captions,mlx-whisper" },
      }),
    );
    expect(await readHealthProblems(bus)).toContainEqual(
      expect.stringMatching(/can't be transcribed.*mlx-whisper: not installed/),
    );
    const sent = await bus.igs(
      ...["send", "pipeline/video.download", "--url", site.url("/talk.html"), "--follow"],
    );
    expect(sent.exitCode).toBe(1);
    expect(sent.envelope.error?.message).toMatch(
      /could not be transcribed\. captions: the video came with none; mlx-whisper: not installed/,
    );
    expect(await bus.vault.listNotes()).toEqual([]);
  },
);

async function send(bus: Bus, site: FileSite): Promise<void> {
  const url = site.url("/captioned.html");
  await bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
}

async function startWithMediaDisk(
  sizeKb: number,
): Promise<{ readonly bus: Bus; readonly disk: SmallDisk }> {
  let disk: SmallDisk | undefined;
  const bus = untilTestEnds(
    await Bus.start({
      settings: SETTINGS,
      prepare: async (scratch) => {
        disk = await SmallDisk.mount(scratch, scratch.path("bus", "dev", "media"), sizeKb);
        return {};
      },
    }),
  );
  if (!disk) throw new Error("promised: prepare was called");
  return { bus, disk };
}

/** Sends the talk and returns the run that was to write its note, once it has failed. */
async function failTranscript(bus: Bus, site: FileSite): Promise<Run> {
  await send(bus, site);
  return bus.waitFor("transcript-process to fail", async () =>
    (await listRunsOf(bus, "transcript-process")).find(({ status }) => status === "FAILED"),
  );
}

async function readHealthProblems({ workerUrl }: Bus): Promise<readonly string[]> {
  const answer = await fetch(`${workerUrl}/health`);
  const { problems } = (await answer.json()) as { problems: { message: string }[] };
  return problems.map(({ message }) => message);
}
