// The real ffmpeg and pocketsphinx on the sample talk. mlx-whisper only runs on Apple hardware, so it
// is stood in for by an executable that takes the documented command line, keeps it, and writes the
// documented result.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mlxWhisper } from "../src/adapters/mlx-whisper.ts";
import { pocketsphinx } from "../src/adapters/pocketsphinx.ts";
import { createProgramFinder } from "../src/adapters/program-finder.ts";
import { type ClaimStore, createClaimStore } from "../src/claims/claim-store.ts";
import { type StoredTranscript, transcribe } from "../src/video/transcribe.ts";
import { type Transcript, TranscriptSchema } from "../src/video/transcript.ts";
import type { Candidate } from "../src/video/transcript-plan.ts";
import { createDirectPrograms, type DirectPrograms } from "./direct-programs.ts";

setDefaultTimeout(90_000);

const SAMPLE = join(import.meta.dir, "../../../samples/talk");
const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";

let folder = "";
let claims: ClaimStore;
let programs: DirectPrograms;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "transcribe-"));
  claims = createClaimStore(join(folder, "claims"));
  programs = createDirectPrograms(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const step = {
  run: <T>(_id: string, work: () => Promise<T>) => work(),
  waitForEvent: () => Promise.reject(new Error("no program waits here")),
};

async function transcribeFile(
  path: string,
  candidates: readonly Candidate[],
): Promise<StoredTranscript> {
  const media = await claims.putFile(RUN, "media.mp4", path);
  return transcribe(
    step,
    {
      programs,
      claims,
      finder: createProgramFinder({ path: process.env["PATH"], home: folder }),
      transcribers: [mlxWhisper, pocketsphinx],
    },
    { runId: RUN, title: "A talk", media: media.claim, language: "en", candidates, passedOver: [] },
  );
}

async function load({ transcript }: StoredTranscript): Promise<Transcript> {
  return TranscriptSchema.parse(JSON.parse(await claims.get(transcript, "transcribe")));
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "it worked",
    (error: unknown) => error,
  );

const sphinx: Candidate = {
  kind: "program",
  source: "pocketsphinx",
  command: Bun.which("pocketsphinx_continuous") ?? "pocketsphinx_continuous",
  model: "en-us",
};

test("pocketsphinx understands the sample, word for word but for one in ten", async () => {
  const stored = await transcribeFile(join(SAMPLE, "talk.mp4"), [sphinx]);
  const transcript = await load(stored);
  const said = words(await readFile(join(SAMPLE, "script.txt"), "utf8"));
  const heard = words(transcript.text);
  expect(editDistance(said, heard) / said.length).toBeLessThan(0.1);
  expect(stored).toMatchObject({ source: "pocketsphinx", wordCount: heard.length });
  expect(transcript.segments.length).toBeGreaterThan(5);
  const last = transcript.segments.at(-1);
  expect(last?.end).toBeGreaterThan(60);
  expect(last?.end).toBeLessThan(68.3);
  expect(programs.started).toEqual(["transcribe:audio", "transcribe (transcribe)"]);
});

test("a video without sound is an error that says so", async () => {
  const silent = join(folder, "silent.mp4");
  const made = Bun.spawn([
    "ffmpeg",
    "-v",
    "error",
    "-i",
    join(SAMPLE, "talk.mp4"),
    "-an",
    "-c",
    "copy",
    silent,
  ]);
  expect(await made.exited).toBe(0);
  expect(String(await failureOf(transcribeFile(silent, [sphinx])))).toContain(
    "has no sound and no captions",
  );
});

test("a file that is no video is an error that says so, and so is a playlist that names other files", async () => {
  await writeFile(join(folder, "secret.wav"), "x");
  await writeFile(join(folder, "fake.mp4"), "<html>not a video</html>");
  const playlist = `#EXTM3U\n#EXTINF:1,\nfile://${folder}/secret.wav\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\n`;
  await writeFile(join(folder, "list.mp4"), playlist);
  for (const name of ["fake.mp4", "list.mp4"]) {
    const error = await failureOf(transcribeFile(join(folder, name), [sphinx]));
    expect(String(error)).toContain("ffmpeg can't read the sound");
  }
});

describe("mlx-whisper, stood in for", () => {
  const result = {
    text: " Hello. Thanks for watching!",
    language: "en",
    segments: [
      { id: 0, start: 0, end: 2.5, text: " Hello there.", avg_logprob: -0.2 },
      ...Array.from({ length: 50 }, (_, id) => ({
        id: id + 1,
        start: 3 + id,
        end: 4 + id,
        text: " Thanks for watching!",
      })),
    ],
  };

  /** `script` is what it does after it has kept its command line. */
  async function standIn(script: string): Promise<Candidate> {
    const command = join(folder, "bin/mlx_whisper");
    await mkdir(join(folder, "bin"), { recursive: true });
    await writeFile(join(folder, "result.json"), JSON.stringify(result));
    await writeFile(command, `#!/bin/sh\nprintf '%s\\n' "$@" >> "${folder}/argv"\n${script}\n`);
    await chmod(command, 0o755);
    return {
      kind: "program",
      source: "mlx-whisper",
      command,
      model: "mlx-community/whisper-large-v3-turbo",
    };
  }

  test("it gets 16 kHz sound, the slot of the GPU, and its loops are taken out", async () => {
    const candidate = await standIn(
      `cp "$1" "${folder}/heard.wav"; cp "${folder}/result.json" transcript.json`,
    );
    const stored = await transcribeFile(join(SAMPLE, "talk.mp4"), [candidate, sphinx]);
    expect((await load(stored)).segments.map(({ text }) => text)).toEqual([
      "Hello there.",
      "Thanks for watching!",
    ]);
    expect(stored).toMatchObject({
      source: "mlx-whisper",
      language: "en",
      segmentCount: 2,
      removedCount: 49,
    });
    expect(programs.started).toEqual(["transcribe:audio", "transcribe (gpu)"]);
    const argv = (await readFile(join(folder, "argv"), "utf8")).trimEnd().split("\n");
    expect(argv.slice(1, 3)).toEqual(["--model", "mlx-community/whisper-large-v3-turbo"]);
    const header = Buffer.from((await readFile(join(folder, "heard.wav"))).subarray(0, 36));
    expect([header.readUInt16LE(22), header.readUInt32LE(24)]).toEqual([1, 16_000]);
  });

  test("it says “Skipping” and ends with 0: tried once more, then the next source is taken", async () => {
    const candidate = await standIn('echo "Skipping $1 due to RuntimeError: out of memory"');
    await copyFile(join(SAMPLE, "talk.vtt"), join(folder, "talk.vtt"));
    const { claim } = await claims.putFile(RUN, "captions.en.vtt", join(folder, "talk.vtt"));
    const captions: Candidate = {
      kind: "captions",
      source: "captions",
      file: claim,
      language: "en",
    };
    const stored = await transcribeFile(join(SAMPLE, "talk.mp4"), [candidate, captions]);
    expect(stored).toMatchObject({ source: "captions", segmentCount: 19 });
    expect(programs.started).toEqual(["transcribe:audio", "transcribe (gpu)", "transcribe (gpu)"]);
  });

  test("when nothing is left, the error tells what stood in the way", async () => {
    const candidate = await standIn('echo "no Metal device" >&2; exit 3');
    const error = await failureOf(transcribeFile(join(SAMPLE, "talk.mp4"), [candidate]));
    expect(error).toMatchObject({ name: "NonRetriableError" });
    expect(String(error)).toContain(
      '"A talk" could not be transcribed. mlx-whisper: ended with exit code 3 and left no readable result: no Metal device.',
    );
  });
});

test("captions that hold nothing are passed over", async () => {
  const file = await claims.put(RUN, "captions.en.vtt", "WEBVTT\n\n");
  const empty: Candidate = { kind: "captions", source: "captions", file, language: "en" };
  expect(String(await failureOf(transcribeFile(join(SAMPLE, "talk.mp4"), [empty])))).toContain(
    "captions: the file holds no captions",
  );
});

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}

/** Words put in, left out or changed. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, index) => index + 1);
  for (const [i, wordA] of a.entries()) {
    let diagonal = i;
    let left = i + 1;
    row = b.map((wordB, j) => {
      const above = row[j] ?? 0;
      left = Math.min(above + 1, left + 1, diagonal + (wordA === wordB ? 0 : 1));
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? a.length;
}
