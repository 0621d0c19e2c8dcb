import { expect, test } from "bun:test";
import { readLines } from "./lines.ts";

const streamOf = (...chunks: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

const bytes = (text: string) => new TextEncoder().encode(text);
const linesOf = (stream: ReadableStream<Uint8Array>) => Array.fromAsync(readLines(stream));

test("lines come whole, wherever the chunks were cut", async () => {
  expect(await linesOf(streamOf(bytes("on"), bytes("e\r\ntwo\nth"), bytes("ree")))).toEqual([
    "one",
    "two",
    "three",
  ]);
});

test("a letter of several bytes that was cut in two is one letter", async () => {
  const euro = bytes("€\n");
  expect(await linesOf(streamOf(euro.slice(0, 1), euro.slice(1)))).toEqual(["€"]);
});

test("an empty line is a line, an empty stream has none", async () => {
  expect(await linesOf(streamOf(bytes("\n")))).toEqual([""]);
  expect(await linesOf(streamOf())).toEqual([]);
});

test("a line without end is told in pieces", async () => {
  const lines = await linesOf(streamOf(bytes("x".repeat(40_000))));
  expect(lines.map((line) => line.length)).toEqual([16_384, 16_384, 7_232]);
});
