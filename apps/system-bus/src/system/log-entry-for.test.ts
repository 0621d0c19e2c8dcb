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
