import { describe, expect, test } from "bun:test";
import {
  describeNoTranscript,
  planTranscript,
  type TranscriptPlanInput,
} from "./transcript-plan.ts";

const caption = (language: string, isAutomatic = false) => ({
  file: `claim:${language}`,
  language,
  isAutomatic,
});

function plan(change: Partial<TranscriptPlanInput>) {
  const { candidates, passedOver } = planTranscript({
    order: ["captions", "whisper-cpp", "auto-captions", "pocketsphinx"],
    captions: [],
    spoken: undefined,
    availability: (source) =>
      source === "pocketsphinx"
        ? { kind: "ready", command: "/bin/ps", model: "m" }
        : { kind: "absent", reason: "not installed" },
    ...change,
  });
  return { taken: candidates.map(({ source }) => source), candidates, passedOver };
}
const everything = () => ({ kind: "ready", command: "/bin/x", model: "m" }) as const;

test("sources are tried in the order that was set", () => {
  const captions = [caption("en"), caption("en", true)];
  expect(plan({ captions, availability: everything }).taken).toEqual([
    "captions",
    "whisper-cpp",
    "auto-captions",
  ]);
  expect(
    plan({ captions, availability: everything, order: ["auto-captions", "captions"] }).taken,
  ).toEqual(["auto-captions", "captions"]);
});

test("a source of drafts is taken when nothing better is there", () => {
  const { taken, passedOver } = plan({});
  expect(taken).toEqual(["pocketsphinx"]);
  expect(passedOver).toEqual([
    { source: "captions", reason: "the video came with none" },
    { source: "whisper-cpp", reason: "not installed" },
    { source: "auto-captions", reason: "the video came with none" },
  ]);
});

test("a source of drafts never steps in for a better one that might fail", () => {
  const { taken, passedOver } = plan({ captions: [caption("en")] });
  expect(taken).toEqual(["captions"]);
  expect(passedOver.at(-1)).toEqual({
    source: "pocketsphinx",
    reason: "only makes drafts, and there is a better source",
  });
});

test("a source of drafts that was put first is what its person wants", () => {
  expect(plan({ order: ["pocketsphinx", "captions"], captions: [caption("en")] }).taken).toEqual([
    "pocketsphinx",
    "captions",
  ]);
});

describe("of several captions", () => {
  test.each([
    ["pt-BR", ["en", "pt-PT", "pt-BR"], "pt-BR"],
    ["pt-BR", ["en", "pt"], "pt"],
    ["ja", ["de", "en-GB"], "en-GB"],
    ["ja", ["de", "fr"], "de"],
    [undefined, ["de", "en"], "en"],
  ])("with %p spoken, of %p, %p is taken", (spoken, languages, expected) => {
    const captions = languages.map((language) => caption(language));
    expect(plan({ captions, spoken }).candidates[0]).toMatchObject({ language: expected });
  });
});

test("when nothing is left, each reason is told", () => {
  expect(describeNoTranscript("A talk", [{ source: "captions", reason: "none" }])).toBe(
    '"A talk" could not be transcribed. captions: none. Mend one of these, then send the video again',
  );
});
