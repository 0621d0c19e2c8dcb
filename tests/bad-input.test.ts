// Whatever is sent: one clear error where a person looks (the command line, the run), retries only where
// they can help, and no half-written note.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Bus } from "./harness/bus.ts";
import { FileSite } from "./harness/file-site.ts";
import { findFreePort } from "./harness/free-port.ts";
import { countFailures, waitForRunOf } from "./harness/runs.ts";
import { addTalk, videoPage } from "./harness/sample-talk.ts";
import { canDownload } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";

let bus: Bus;
let site: FileSite;
const latePort = findFreePort();
let lateEventId = "";

beforeAll(async () => {
  site = addTalk(await FileSite.start(), "A talk");
  bus = await Bus.start({ settings: { TRANSCRIPT_ORDER: "captions" } });
  // Sent first: the half minute until the second try passes while the other tests run.
  const url = `http://127.0.0.1:${latePort}/captioned.html`;
  [lateEventId = ""] = await bus.api.sendEvents([
    { name: "pipeline/video.download", data: { url } },
  ]);
});

afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
});

describe("an event that is malformed", () => {
  test.each([
    ["no address", [], /url/],
    [
      "a file: address",
      ["--url", "file:///etc/passwd"],
      /only http and https addresses.*not file:/,
    ],
    ["an address that starts with -", ["--url=-o/tmp/evil"], /must not start with/],
    ["what is no address", ["--url", "talk"], /is not an address/],
    ["an address that is a number", ["--data", '{"url": 7}'], /url/],
    ["data that are no JSON", ["--data", "{url"], /not JSON/],
  ])("with %s is refused by igs, which says why, and nothing is sent", async (_, args, words) => {
    const countSent = async () => {
      const { items } = await bus.api.listEvents({ name: "pipeline/video.download", limit: 100 });
      return items.length;
    };
    const countBefore = await countSent();
    const { exitCode, envelope } = await bus.igs("send", "pipeline/video.download", ...args);
    expect(exitCode).toBe(2);
    expect(envelope.error?.message).toMatch(words);
    expect(envelope.fix).not.toBe("");
    expect(await countSent()).toBe(countBefore);
  });

  test.each([
    ["no address", "pipeline/video.download", {}, /url/],
    ["a file: address", "pipeline/video.download", { url: "file:///etc/passwd" }, /http/],
    [
      "an address that starts with -",
      "pipeline/video.download",
      { url: "-o/tmp/evil" },
      /start with/,
    ],
    [
      "a path for a claim",
      "pipeline/transcript.process",
      { media: "/etc/passwd", video: {} },
      /media/,
    ],
    ["a path for a note", "content/summarize", { noteSlug: "../../etc/passwd" }, /noteSlug/],
  ])(
    "with %s, sent past igs, fails its run at once, without a second try",
    async (_, name, data, words) => {
      const [eventId = ""] = await bus.api.sendEvents([{ name, data }]);
      const run = await waitForRunOf(bus, eventId);
      expect(run.status).toBe("FAILED");
      expect(run.output).toMatchObject({ message: expect.stringMatching(words) });
      const shown = await bus.igs("run", run.id);
      expect(countFailures(shown)).toBeLessThanOrEqual(1);
    },
  );

  test("as JSON is refused by the event API in the words that the SDK reads", async () => {
    const answer = await fetch(`${bus.engineUrl}/e/any`, { method: "POST", body: "{" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/JSON/i) });
  });
});

test("an event with a name that nothing listens for is sent with a warning that names close matches", async () => {
  const { exitCode, envelope } = await bus.igs(
    ...["send", "pipeline/video.downlod", "--data", '{"url":"http://127.0.0.1/"}'],
  );
  expect(exitCode).toBe(0);
  expect(envelope.result.warnings).toEqual([
    expect.stringMatching(
      /Nothing listens for pipeline\/video\.downlod.*Did you mean pipeline\/video\.download/,
    ),
  ]);
  const [eventId] = envelope.result.eventIds;
  expect(await bus.api.getEventRuns(eventId)).toEqual([]);
});

describe.skipIf(!canDownload)("an address that holds no video", () => {
  test.each([
    ["is not there", "/nothing.mp4", /is not there \(the server says 404 or 410\)/],
    ["is a page without one", "/empty.html", /has no video that yt-dlp can find/],
    ["leads to file:", "/to-file", /neither http nor https/],
    ["leads back to itself", "/loop", /redirects in a circle/],
  ])("because it %s fails with one clear error, after one try", async (_, path, words) => {
    site
      .add("/empty.html", { kind: "html", text: "<!doctype html><title>Empty</title><p>Nothing." })
      .add("/to-file", { kind: "redirect", to: "file:///etc/passwd" })
      .add("/loop", { kind: "redirect", to: "/loop" });
    const sent = await bus.igs(
      ...["send", "pipeline/video.download", "--url", site.url(path), "--follow"],
    );
    expect(sent.exitCode).toBe(1);
    expect(sent.envelope.error?.message).toMatch(words);
    expect(sent.envelope.error?.message).toContain("video-download failed");
    const [{ runId }] = sent.envelope.result.runs;
    expect(countFailures(await bus.igs("run", runId))).toBe(1);
    expect(await bus.vault.listNotes()).toEqual([]);
    // It is in the system log, too, for a person who looks there in the morning.
    await bus.waitFor("its line in the log", () =>
      bus.vault.readLog().some(({ action, detail }) => action === "fail" && detail.includes(runId)),
    );
  });
});

test.skipIf(!canDownload)(
  "a title of paths and YAML becomes one harmless file name and one well-formed note",
  async () => {
    const title = '../../etc/cron.d/x: "[evil]" --- # {{y}}: !!js |';
    const html = videoPage({
      title: title.replaceAll('"', "&quot;"),
      video: "/talk.mp4",
      captions: "/talk.vtt",
    });
    site.add("/evil.html", { kind: "html", text: html });
    const sent = await bus.igs(
      ...["send", "pipeline/video.download", "--url", site.url("/evil.html"), "--follow"],
    );
    expect(sent.envelope).toMatchObject({ ok: true });
    const [note, ...others] = await bus.vault.listNotes();
    expect(others).toEqual([]);
    expect(note?.path).toBe(`${bus.vault.root}/Resources/videos/etc-cron-d-x-evil-y-js.md`);
    expect(Object.keys(note?.frontmatter ?? {})).toEqual([
      ...["type", "source", "channel", "published", "duration", "nas_path", "transcribed", "tags"],
      "id",
    ]);
    const heading = note?.text.split("\n").find((line) => line.startsWith("# "));
    expect(heading?.replaceAll("\\", "")).toBe(`# ${title}`);
  },
);

test.skipIf(!canDownload)(
  "a host that can't be reached is tried again later, with its reason shown meanwhile, and is fetched when it is back",
  async () => {
    const runId = await bus.waitFor("the run of the unreachable address", async () => {
      const [run] = await bus.api.getEventRuns(lateEventId);
      return run?.id;
    });
    const paused = await bus.igs("run", runId);
    expect(paused.envelope.result.run.status).toBe("RUNNING");
    expect(paused.stdout).toMatch(/could not be reached; check that its host is up/);

    const late = untilTestEnds(addTalk(await FileSite.start(latePort), "A late talk"));
    const run = await waitForRunOf(bus, lateEventId, { maxMs: 45_000 });
    expect(run.status).toBe("COMPLETED");
    expect(late.requests.length).toBeGreaterThan(0);
    await bus.waitFor("its note", async () =>
      (await bus.vault.listNotes()).some(({ path }) => path.endsWith("/a-late-talk.md")),
    );
  },
);
