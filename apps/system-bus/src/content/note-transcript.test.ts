import { expect, test } from "bun:test";
import { composeVideoNote } from "../notes/video-note.ts";
import { toTranscript } from "../video/transcript.ts";
import { readNoteFacts, readTranscriptSection } from "./note-transcript.ts";

const segments = [
  { start: 0, end: 60, text: "A [queue] is <it>." },
  { start: 130, end: 140, text: "Then." },
  { start: 3_700, end: 3_710, text: "The end." },
];
const note = composeVideoNote({
  video: {
    id: "y:a",
    title: "The [first] talk",
    url: "https://x.example/",
    channel: "Ada: A.",
    published: "2026-01-02",
    durationSeconds: 1,
    archivedAt: null,
  },
  transcript: toTranscript({ segments, language: "en", source: "captions" }),
  transcribedOn: "2026-01-05",
  tags: [],
});

test("what a note was made of can be read from it", () => {
  expect(readNoteFacts(note, "x")).toEqual({
    title: "The [first] talk",
    channel: "Ada: A.",
    published: "2026-01-02",
  });
  expect(readTranscriptSection(note)).toEqual([
    { start: 0, end: 130, text: "A [queue] is <it>." },
    { start: 130, end: 3_700, text: "Then." },
    { start: 3_700, end: 3_820, text: "The end." },
  ]);
});

test("a transcript that a person has wrapped into lines is one paragraph again, and what follows is not part of it", () => {
  const edited =
    "> [!note]+ Transcript\r\n> **[0:00:05]** One\r\n> two.\r\n>\r\n> three.\r\n\r\n> **[0:09:00]** A quote of mine.\r\n";
  expect(readTranscriptSection(edited)).toEqual([{ start: 5, end: 125, text: "One two. three." }]);
});

test("a note without heading, fields or transcript is no error", () => {
  expect(readNoteFacts("just text", "the-slug")).toEqual({
    title: "the-slug",
    channel: null,
    published: null,
  });
  expect(readTranscriptSection("just text")).toEqual([]);
});
