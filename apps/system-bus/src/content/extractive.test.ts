import { expect, test } from "bun:test";
import { extractSummary } from "./extractive.ts";
import { createQuoteFinder } from "./find-quote.ts";
import { splitSentences, wordsOf } from "./sentences.ts";

const known = { channel: null, published: null };

const talk = [
  "Hello and welcome.",
  "A queue keeps the messages that nobody has read.",
  "When a message is read, the queue forgets it.",
  "My dog is called Bello.",
  "So the queue is the memory of the messages.",
  "It was raining on Tuesday.",
  "If the machine stops, the queue still has every message on disk.",
  "A queue on disk loses no messages.",
  "Thanks and goodbye.",
].map((text, index) => ({ start: index * 10, end: index * 10 + 9, text }));

test("the sentences that the talk comes back to are taken, in the order in which they were said", () => {
  const { summary } = extractSummary(talk, known);
  expect(summary.executiveSummary).toContain("queue");
  expect(summary.executiveSummary).not.toMatch(/Bello|Tuesday|goodbye/);
  const places = summary.keyPoints.map((point) => talk.findIndex(({ text }) => text === point));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("every sentence of it was said, and the quotes carry their moment", () => {
  const { summary, quotes } = extractSummary(talk, known);
  const find = createQuoteFinder(talk);
  for (const point of summary.keyPoints.filter((each) => wordsOf(each).length > 2))
    expect(find(point)).not.toBeNull();
  for (const { text, at } of quotes) expect(find(text)?.at).toBe(at);
  expect(quotes.length).toBeGreaterThan(0);
});

test("it is the same every time", () => {
  expect(extractSummary(talk, known)).toEqual(extractSummary(talk, known));
});

test("the same thing said again is not taken twice", () => {
  const repeating = [...talk, { start: 95, end: 99, text: "A queue on disk loses no messages." }];
  const { summary } = extractSummary(repeating, known);
  const all = [summary.executiveSummary, ...summary.keyPoints].join("\n");
  expect(all.match(/A queue on disk loses no messages/g)).toHaveLength(1);
});

test("of the speaker only what the video tells is said", () => {
  expect(
    extractSummary(talk, { channel: "Ada", published: "2026-01-02" }).summary.speakerContext,
  ).toBe("Published on 2026-01-02 by Ada. Nothing else was looked up.");
  expect(extractSummary(talk, known).summary.speakerContext).toBeNull();
});

test("silence, and words without punctuation in any script, give a summary that fits its form", () => {
  const silent = extractSummary([], known);
  expect(silent.summary.executiveSummary).toBe("Nothing was said that could be summarised.");
  expect(silent.quotes).toEqual([]);
  const japanese = extractSummary(
    [{ start: 0, end: 5, text: "今日は良い天気です。明日は雨です。" }],
    known,
  );
  expect(japanese.summary.executiveSummary).toContain("今日は良い天気です。");
});

test("a talk of three hours is summarised within a second", () => {
  const words = "queue message disk worker event step retry engine memory night".split(" ");
  const long = Array.from({ length: 4_000 }, (_, index) => ({
    start: index * 3,
    end: index * 3 + 3,
    text: Array.from(
      { length: 12 },
      (__, place) => words[(index * 7 + place * place) % words.length],
    )
      .join(" ")
      .concat("."),
  }));
  const before = performance.now();
  extractSummary(long, known);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test("sentences run over segments, and abbreviations and numbers do not end them", () => {
  const sentences = splitSentences([
    { start: 0, end: 10, text: "Dr. Hopper paid 3.5 dollars, e.g. for" },
    { start: 10, end: 20, text: "a wire. Then she left!" },
  ]);
  expect(sentences.map(({ text }) => text)).toEqual([
    "Dr. Hopper paid 3.5 dollars, e.g. for a wire.",
    "Then she left!",
  ]);
  expect(sentences[1]?.at).toBeGreaterThan(12);
});

test("a recogniser that knows no punctuation is cut at its pauses", () => {
  const sentences = splitSentences([
    { start: 0, end: 2, text: "hello and" },
    { start: 2, end: 6, text: "welcome to this talk about queues" },
    { start: 7, end: 12, text: "a queue keeps the messages that nobody has read" },
  ]);
  expect(sentences.map(({ at, text }) => [at, text])).toEqual([
    [0, "hello and welcome to this talk about queues"],
    [7, "a queue keeps the messages that nobody has read"],
  ]);
});
