import { expect, test } from "bun:test";
import { dailyVideoLine, withVideo } from "./daily-note.ts";

const video = { slug: "a-talk", title: "A talk", channel: "Ada", durationSeconds: 754 };
const line = "- [[a-talk]] — A talk by Ada · 00:12:34";

test("a line names the note, the title, the channel and the length, as far as they are known", () => {
  expect(dailyVideoLine(video)).toBe(line);
  expect(dailyVideoLine({ ...video, channel: null, durationSeconds: null })).toBe(
    "- [[a-talk]] — A talk",
  );
});

test("a title cannot break out of its line or become a link", () => {
  const bad = { ...video, title: "x]]\n## Videos\n- [[other]] <b>" };
  expect(dailyVideoLine(bad)).toBe(
    "- [[a-talk]] — x\\]\\] ## Videos - \\[\\[other\\]\\] \\<b> by Ada · 00:12:34",
  );
});

test("a day without a note gets one", () => {
  expect(withVideo(null, "2026-01-05", video)).toBe(`# 2026-01-05\n\n## Videos\n\n${line}\n`);
});

test("a note without the section gets it at its end", () => {
  expect(withVideo("# Monday\n\nWoke up.\n\n\n", "2026-01-05", video)).toBe(
    `# Monday\n\nWoke up.\n\n## Videos\n\n${line}\n`,
  );
});

test("a further video goes under the heading, after the others and before the next section", () => {
  const note = "# d\n\n## Videos\n\n- [[first]] — First\n\n## Evening\n\nRead.\n";
  expect(withVideo(note, "d", video)).toBe(
    `# d\n\n## Videos\n\n- [[first]] — First\n${line}\n\n## Evening\n\nRead.\n`,
  );
});

test("an empty section is filled, with a blank line around the list", () => {
  expect(withVideo("## Videos\n## Evening\n", "d", video)).toBe(
    `## Videos\n\n${line}\n\n## Evening\n`,
  );
  expect(withVideo("## Videos", "d", video)).toBe(`## Videos\n\n${line}\n`);
});

test("a video stands there once, also after a person reworded its line or added to it", () => {
  const first = withVideo(null, "2026-01-05", video);
  expect(withVideo(first, "2026-01-05", video)).toBeNull();
  expect(
    withVideo("## Videos\n- great: [[Resources/videos/a-talk|the talk]] !!\n", "d", video),
  ).toBeNull();
});

test("a slug that only begins alike is another video", () => {
  expect(withVideo("## Videos\n\n- [[a-talk-2]] — A talk\n", "d", video)).toContain(line);
});

test("a link elsewhere in the day does not count", () => {
  const note = "# d\n\nSaw [[a-talk]] at breakfast.\n\n## Videos\n\n- [[b]]\n";
  expect(withVideo(note, "d", video)).toEndWith(`- [[b]]\n${line}\n`);
});

test("line ends of Windows stay", () => {
  expect(withVideo("# d\r\n\r\n## Videos\r\n\r\n- [[b]]\r\n", "d", video)).toBe(
    `# d\r\n\r\n## Videos\r\n\r\n- [[b]]\r\n${line}\r\n`,
  );
});
