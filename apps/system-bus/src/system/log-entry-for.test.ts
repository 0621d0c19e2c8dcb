import { expect, test } from "bun:test";
import { type BusEvent, catalogue } from "@system-bus/events";
import { type LoggedEvent, logEntryFor, loggedEventNames } from "./log-entry-for.ts";

/** The catalogue's examples are held to the schemas by the compiler. */
const exampleOf = (name: string) => {
  const found = catalogue.find((each) => each.name === name);
  return { name, data: found?.example } as LoggedEvent;
};

test("the logger hears exactly the events that the catalogue gives to it", () => {
  const promised = catalogue.filter(({ startsFunctions }) =>
    startsFunctions.includes("system-logger"),
  );
  expect([...loggedEventNames].toSorted()).toEqual(
    promised.map(({ name }) => name as BusEvent["name"] & LoggedEvent["name"]).toSorted(),
  );
});

test.each([
  [
    "pipeline/video.downloaded",
    "download",
    "yt-dlp",
    "How to build a nervous system (by Example Talks, 00:30:34, 48.2 MB), archived to ssh://nas/volume1/videos/how-to-build-a-nervous-system.mp4 — https://www.youtube.com/watch?v=dQw4w9WgXcQ",
  ],
  [
    "pipeline/transcript.processed",
    "transcribe",
    "captions",
    "How to build a nervous system (4870 words) — [[how-to-build-a-nervous-system]]",
  ],
  [
    "content/summarized",
    "summarize",
    "pi",
    "How to build a nervous system (claude-sonnet, 1 page read) — [[how-to-build-a-nervous-system]]",
  ],
  [
    "pipeline/book.downloaded",
    "download",
    "books",
    "Designing Data-Intensive Applications (by Martin Kleppmann, epub, 9.1 MB)",
  ],
  [
    "system/run.failed",
    "fail",
    "video-download",
    "https://example.org/talk.mp4: yt-dlp: HTTP Error 404: Not Found (run 01K3ZJ4T1Q8X5V7N2M6B9C0D3E)",
  ],
  [
    "agent/loop.story.passed",
    "pass",
    "agent-loop",
    "US-001 Make slugs of titles (codex, 4b825dc642) — slugify-20261124-7f3a",
  ],
  [
    "agent/loop.retro.complete",
    "complete",
    "agent-loop",
    "slugify-20261124-7f3a: 1 of 1 stories passed in 1 attempt, 0.12 US dollars — [[slugify-20261124-7f3a]]",
  ],
])("%s reads as a sentence", (name, action, tool, detail) => {
  expect(logEntryFor(exampleOf(name))).toEqual({ action, tool, detail });
});

test("a person's own entry is taken as it is", () => {
  const data = { action: "backup", tool: "restic", detail: "Done", reason: "weekly" };
  expect(logEntryFor({ name: "system/log", data })).toEqual(data);
});

test("what is not known is left out", () => {
  const video = { id: "generic:a", title: "A", url: "https://x.example/" };
  expect(
    logEntryFor({ name: "pipeline/video.downloaded", data: { video, sizeBytes: 0 } }).detail,
  ).toBe("A (0.0 MB) — https://x.example/");
});

test("a loop that stands still or a story that failed says why", () => {
  expect(logEntryFor(exampleOf("agent/loop.paused"))).toMatchObject({
    ...{ action: "pause", tool: "agent-loop", detail: "slugify-20261124-7f3a: cost" },
    reason: expect.stringContaining("igs loop resume"),
  });
  expect(logEntryFor(exampleOf("agent/loop.story.failed"))).toMatchObject({
    ...{ action: "fail", detail: expect.stringContaining("attempt 3") },
    reason: expect.stringContaining("2 tests fail"),
  });
});
