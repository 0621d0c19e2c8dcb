import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { LineSplitter, linesFromEnd, linesFromStart } from "./lines.ts";
import { LINE_BYTES_MAX } from "./log-entry.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lines-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const textOf = (lines: Iterable<Uint8Array>) =>
  [...lines].map((line) => Buffer.from(line).toString());

function readAs<T>(content: string, read: (fd: number) => T): T {
  const path = join(folder, "file");
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}

const fromStart = (content: string) => readAs(content, (fd) => textOf(linesFromStart(fd)));
const fromEnd = (content: string, bytesMax?: number) =>
  readAs(content, (fd) => textOf(linesFromEnd(fd, bytesMax === undefined ? {} : { bytesMax })));

describe("lines", () => {
  test.each([
    ["", []],
    ["\n", [""]],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["a\n\nb\n", ["a", "", "b"]],
    ["\n\n", ["", ""]],
    ["\na\n", ["", "a"]],
    ["ü€😀\nß\n", ["ü€😀", "ß"]],
  ])("of %p are %p, from the front and from the back", (content, lines) => {
    expect(fromStart(content)).toEqual(lines);
    expect(fromEnd(content)).toEqual(lines.toReversed());
  });

  test("are the same in both directions, wherever the blocks fall", () => {
    const line = fc
      .tuple(fc.constantFrom("a", "ü", "😀"), fc.nat({ max: 20_000 }))
      .map(([letter, count]) => letter.repeat(count));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, endsInNewline) => {
        const content = lines.join("\n") + (endsInNewline ? "\n" : "");
        const expected = content.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(fromStart(content)).toEqual(expected);
        expect(fromEnd(content)).toEqual(expected.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  test("a look back has a bound, and a line cut by it is left out", () => {
    expect(fromEnd("aaaa\nbbbb\ncccc\n", 11)).toEqual(["cccc", "bbbb"]);
    expect(fromEnd("aaaa\nbbbb\ncccc\n", 10)).toEqual(["cccc"]);
    expect(fromEnd("aaaa\nbbbb\ncccc\n", 3)).toEqual([]);
    expect(fromEnd("aaaa\nbbbb\n", 1_000)).toEqual(["bbbb", "aaaa"]);
  });

  test("a file without newlines does not fill the memory", () => {
    const content = "x".repeat(LINE_BYTES_MAX * 4);
    for (const [line] of [fromStart(content), fromEnd(content)]) {
      expect(line?.length).toBeGreaterThan(LINE_BYTES_MAX);
      expect(line?.length).toBeLessThan(LINE_BYTES_MAX * 2);
    }
  });
});

test("a line that comes in pieces waits until it is whole", () => {
  const splitter = new LineSplitter();
  expect(textOf(splitter.push(Buffer.from("a\nb")))).toEqual(["a"]);
  const [first, second] = [Buffer.from("€").subarray(0, 1), Buffer.from("€").subarray(1)];
  expect(textOf(splitter.push(first))).toEqual([]);
  expect(textOf(splitter.push(Buffer.concat([second, Buffer.from("\nc")])))).toEqual(["b€"]);
  expect(textOf([splitter.rest()])).toEqual(["c"]);
});
