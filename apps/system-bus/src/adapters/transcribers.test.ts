import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fasterWhisper } from "./faster-whisper.ts";
import { mlxWhisper } from "./mlx-whisper.ts";
import { readPocketsphinx, speaksEnglish } from "./pocketsphinx.ts";
import { createWhisperCpp, readWhisperCppJson } from "./whisper-cpp.ts";
import { readWhisperJson } from "./whisper-json.ts";

const command = { audioPath: "/m/audio.wav", language: "pt-BR", model: "m" };

test("the language goes out as recognisers name it, and not at all when nobody knows it", () => {
  expect(mlxWhisper.arguments(command)).toContain("pt");
  expect(mlxWhisper.arguments({ ...command, language: undefined })).not.toContain("--language");
  expect(fasterWhisper.arguments({ ...command, language: "und" })).not.toContain("--language");
  expect(
    createWhisperCpp("/h")
      .arguments({ ...command, language: undefined })
      .join(" "),
  ).toContain("--language auto");
});

test("mlx-whisper gets its documented command line, against repetition and with a JSON result", () => {
  expect(mlxWhisper.arguments(command).join(" ")).toBe(
    "/m/audio.wav --model m --output-dir . --output-name transcript --output-format json --condition-on-previous-text False --verbose True --language pt",
  );
});

test("Whisper's JSON, with word times and without, and Python's NaN", () => {
  const output = `{"text": " Hi.", "language": "en", "segments": [
    {"id": 0, "start": 0.0, "end": 1.5, "text": " Hi there.", "avg_logprob": NaN, "words": [
      {"word": " Hi", "start": 0.0, "end": 0.5, "probability": 0.9}, {"word": " there.", "start": NaN, "end": 1.5}]},
    {"id": 1, "start": NaN, "end": 3.0, "text": "lost"},
    {"id": 2, "start": 2.0, "end": 3.0, "text": " NaN: is a word"}]}`;
  expect(readWhisperJson(output)).toEqual({
    language: "en",
    segments: [
      { start: 0, end: 1.5, text: " Hi there.", words: [{ start: 0, end: 0.5, word: "Hi" }] },
      { start: 2, end: 3, text: " NaN: is a word" },
    ],
  });
});

test.each(["", "Traceback", '{"text":"x"}'])("%p is no result of Whisper", (output) => {
  expect(() => readWhisperJson(output)).toThrow();
});

test("whisper.cpp's JSON counts in milliseconds", () => {
  const output = JSON.stringify({
    systeminfo: "x",
    result: { language: "en" },
    transcription: [
      {
        timestamps: { from: "00:00:00,000", to: "00:00:02,500" },
        offsets: { from: 0, to: 2500 },
        text: " Hi.",
      },
    ],
  });
  expect(readWhisperCppJson(output)).toEqual({
    language: "en",
    segments: [{ start: 0, end: 2.5, text: " Hi." }],
  });
});

describe("whisper.cpp's model", () => {
  let home = "";
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "models-"));
    await mkdir(join(home, ".cache/whisper.cpp"), { recursive: true });
  });
  afterEach(() => rm(home, { recursive: true }));

  test("the best one that is there is taken", async () => {
    await writeFile(join(home, ".cache/whisper.cpp/ggml-base.bin"), "");
    await writeFile(join(home, ".cache/whisper.cpp/ggml-small.bin"), "");
    expect(createWhisperCpp(home).findModel(undefined)).toEqual({
      model: join(home, ".cache/whisper.cpp/ggml-small.bin"),
    });
    expect(createWhisperCpp(home).findModel("base")).toEqual({
      model: join(home, ".cache/whisper.cpp/ggml-base.bin"),
    });
  });

  test("a missing one is named, with where to get it", () => {
    expect(createWhisperCpp(home).findModel("medium")).toMatchObject({
      missing: expect.stringContaining("ggml-medium.bin"),
    });
    expect(createWhisperCpp(home).findModel("/no/such.bin")).toEqual({
      missing: "WHISPER_MODEL /no/such.bin is not there",
    });
  });
});

test("pocketsphinx: pauses part the segments, noises and variants are left out", () => {
  const output = `hello and welcome
<s> 0.070 0.130 0.995111
hello 0.140 0.810 0.583353
<sil> 0.820 0.880 0.862675
and(2) 0.890 1.160 0.351473
welcome 1.170 1.850 0.995410
[SPEECH] 1.860 1.980 0.503496
++NOISE++ 2.0 2.1 0.5
this 2.180 2.530 0.995908
</s> 2.6 2.7 1.0

`;
  expect(readPocketsphinx(output)).toEqual({
    language: "en",
    segments: [
      {
        start: 0.14,
        end: 1.85,
        text: "hello and welcome",
        words: [
          { start: 0.14, end: 0.81, word: "hello" },
          { start: 0.89, end: 1.16, word: "and" },
          { start: 1.17, end: 1.85, word: "welcome" },
        ],
      },
      { start: 2.18, end: 2.53, text: "this", words: [{ start: 2.18, end: 2.53, word: "this" }] },
    ],
  });
});

test("pocketsphinx only knows English", () => {
  expect([undefined, "en", "en-GB", "und"].every(speaksEnglish)).toBe(true);
  expect(speaksEnglish("de")).toBe(false);
});
