import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wordErrorRate } from "./word-error-rate.ts";

const FOLDER = join(import.meta.dir, "../../samples/talk");
const hasRecogniser = Bun.which("pocketsphinx_continuous") !== null && Bun.which("ffmpeg") !== null;

describe("the error rate of words", () => {
  test("is the share of words that are wrong, missing or added", () => {
    expect(wordErrorRate("one two three four", "one two three four")).toBe(0);
    expect(wordErrorRate("one two three four", "One, TWO! tree four.")).toBe(0.25);
    expect(wordErrorRate("one two three four", "one three four")).toBe(0.25);
    expect(wordErrorRate("one two three four", "one two and three four")).toBe(0.25);
    expect(wordErrorRate("one two", "")).toBe(1);
  });
});

describe("the sample talk", () => {
  let scratch = "";
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), "system-bus-talk-"));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  test("takes no more than half a megabyte of the repository", async () => {
    const names = await readdir(FOLDER);
    const sizes = names.map((name) => Bun.file(join(FOLDER, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(500_000);
  });

  test("its captions say what the script says", async () => {
    const captions = await Bun.file(join(FOLDER, "talk.vtt")).text();
    const spoken = captions.split("\n").filter((line) => line !== "" && !/^WEBVTT|-->/.test(line));
    const script = await Bun.file(join(FOLDER, "script.txt")).text();
    expect(spoken).toEqual(script.trim().split("\n"));
  });

  test.skipIf(!hasRecogniser)(
    "is understood by pocketsphinx, at most one word in ten wrong",
    async () => {
      const audio = join(scratch, "talk.wav");
      await Bun.$`ffmpeg -v error -i ${join(FOLDER, "talk.mp4")} -ac 1 -ar 16000 ${audio}`.quiet();
      const heard = await Bun.$`pocketsphinx_continuous -infile ${audio} -logfn /dev/null`.text();
      const script = await Bun.file(join(FOLDER, "script.txt")).text();
      expect(wordErrorRate(script, heard)).toBeLessThanOrEqual(0.1);
    },
  );
});
