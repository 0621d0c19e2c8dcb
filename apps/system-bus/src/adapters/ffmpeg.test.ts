import { expect, test } from "bun:test";
import { extractAudioArguments, hasNoSound, readProbe } from "./ffmpeg.ts";

test("a media file can't be read as an option, an address or a list of other files", () => {
  const words = extractAudioArguments("/m/-i.mp4");
  expect(words.join(" ")).toContain("-protocol_whitelist file,pipe -i file:/m/-i.mp4");
});

test("what a file says of itself, in whatever case its tags are", () => {
  const output = JSON.stringify({
    format: { duration: "68.200000", tags: { TITLE: " A talk ", artist: "" } },
  });
  expect(readProbe(output)).toEqual({ durationSeconds: 68.2, title: "A talk", artist: null });
});

test.each(["", "{}", '{"format":{"duration":"N/A"}}', '{"format":{"duration":"-1"}}'])(
  "%p tells nothing",
  (output) => {
    expect(readProbe(output)).toEqual({ durationSeconds: null, title: null, artist: null });
  },
);

test("a video without sound is told from one that is broken", () => {
  expect(
    hasNoSound("Stream map '0:a:0' matches no streams.\nTo ignore this, add a trailing '?'"),
  ).toBe(true);
  expect(hasNoSound("Invalid data found when processing input")).toBe(false);
});
