import { expect, test } from "bun:test";
import { screenRepetition } from "./repetition.ts";
import type { TranscriptSegment } from "./transcript.ts";

function said(...texts: string[]): TranscriptSegment[] {
  return texts.map((text, index) => ({ start: index, end: index + 1, text }));
}

const texts = (segments: readonly TranscriptSegment[]) => segments.map((segment) => segment.text);

test("a segment that came 2,523 times is kept once", () => {
  const looped = said("Welcome.", ...new Array<string>(2523).fill("Thanks for watching!"), "Bye.");
  const screened = screenRepetition(looped);
  expect(texts(screened.segments)).toEqual(["Welcome.", "Thanks for watching!", "Bye."]);
  expect(screened.removedCount).toBe(2522);
  expect(screened.removedShare).toBeGreaterThan(0.99);
});

test("three times in a row is emphasis and stays", () => {
  const emphatic = said("Never.", "never", "Never!", "Ever.");
  expect(screenRepetition(emphatic)).toEqual({
    segments: emphatic,
    removedCount: 0,
    removedShare: 0,
  });
});

test("a phrase that loops inside one segment is said once, and its word times go", () => {
  const looped = {
    start: 0,
    end: 9,
    text: "so thank you thank you thank you thank you, Thank you very much",
    words: [{ start: 0, end: 1, word: "so" }],
  };
  const [segment] = screenRepetition([looped]).segments;
  expect(segment).toEqual({ start: 0, end: 9, text: "so thank you very much" });
});

test("the same refrain at different places stays", () => {
  const song = said(
    "la la la",
    "verse one",
    "la la la",
    "verse two",
    "la la la",
    "verse three",
    "la la la",
  );
  expect(texts(screenRepetition(song).segments)).toEqual(texts(song));
});

test("nothing said is nothing removed", () => {
  expect(screenRepetition([])).toEqual({ segments: [], removedCount: 0, removedShare: 0 });
});
