import { expect, test } from "bun:test";
import { toTranscript } from "../video/transcript.ts";
import { readFrontmatter } from "./frontmatter.ts";
import { findSummary } from "./summary-marks.ts";
import { composeVideoNote } from "./video-note.ts";

const video = {
  id: "youtube:abc",
  title: "A talk",
  url: "https://example.org/watch?v=abc",
  channel: "Ada: the “first”",
  published: "2026-01-02",
  durationSeconds: 3754,
  archivedAt: null,
};

const transcript = toTranscript({
  segments: [
    { start: 0, end: 60, text: "Hello." },
    { start: 60, end: 119, text: "More." },
    { start: 119.5, end: 125, text: "Still the first mark." },
    { start: 3600.9, end: 3610, text: "Much [later]." },
  ],
  language: "en",
  source: "captions",
});

test("the note has the format that the vault expects", () => {
  expect(composeVideoNote({ video, transcript, transcribedOn: "2026-01-05", tags: [] })).toBe(`---
type: video
source: "https://example.org/watch?v=abc"
channel: "Ada: the “first”"
published: 2026-01-02
duration: "01:02:34"
nas_path: null
transcribed: 2026-01-05
tags:
  - video
  - transcript
id: "youtube:abc"
---

# A talk

> [!info] Source
> <https://example.org/watch?v=abc>
> Ada: the “first” · 2026-01-02 · 01:02:34
> Transcript from the author's captions (en).

<!-- summary:start -->
## Executive Summary

*Not summarised yet.*
<!-- summary:end -->

## Full Transcript

> [!note]- Transcript
> **[0:00:00]** Hello. More. Still the first mark.
>
> **[1:00:00]** Much \\[later\\].
`);
});

test("a hostile title stays a title", () => {
  const title = '../../x"\n---\nid: other\n---\n<!-- summary:end -->\n# y';
  const note = composeVideoNote({
    video: { ...video, title },
    transcript,
    transcribedOn: "2026-01-05",
    tags: ["talks", "video"],
  });
  expect(readFrontmatter(note)["id"]).toBe("youtube:abc");
  expect(findSummary(note)).not.toBeNull();
  expect(note.match(/^# /gm)).toHaveLength(1);
});

test("a transcript of a small recogniser is marked as a draft", () => {
  const draft = composeVideoNote({
    video,
    transcript: { ...transcript, source: "pocketsphinx" },
    transcribedOn: "2026-01-05",
    tags: ["talks", "video"],
  });
  expect(readFrontmatter(draft)["tags"]).toEqual(["video", "transcript", "draft", "talks"]);
  expect(draft).toContain("> [!warning] Draft\n");
});

test("speakers are named where they change", () => {
  const talk = toTranscript({
    segments: [
      { start: 0, end: 1, text: "Hi.", speaker: "Ada" },
      { start: 1, end: 2, text: "So.", speaker: "Ada" },
      { start: 2, end: 3, text: "Hello.", speaker: "Grace" },
    ],
    language: undefined,
    source: "captions",
  });
  expect(
    composeVideoNote({ video, transcript: talk, transcribedOn: "2026-01-05", tags: [] }),
  ).toContain("> **[0:00:00]** **Ada:** Hi. So. **Grace:** Hello.\n");
});

test("a video in which nobody speaks gets a note that says so", () => {
  const silent = toTranscript({ segments: [], language: undefined, source: "whisper.cpp" });
  const note = composeVideoNote({
    video: { ...video, channel: null, published: null, durationSeconds: null },
    transcript: silent,
    transcribedOn: "2026-01-05",
    tags: ["talks", "video"],
  });
  expect(note).toContain("> *No speech was recognised.*\n");
  expect(note).toContain("> Transcript from whisper.cpp.\n");
  expect(note).toContain("channel: null\npublished: null\nduration: null\n");
});
