import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { type KeyedLines, readLines } from "./read-lines.ts";

const ItemSchema = z.object({ key: z.string(), text: z.string() });
type Item = z.infer<typeof ItemSchema>;

const read = (content: string) => readLines(content, (text) => ItemSchema.parse(JSON.parse(text)));
const line = (key: string, text = "") => JSON.stringify({ key, text });

function lines(content: string): KeyedLines<Item> {
  const reading = read(content);
  if (reading.kind === "damaged") throw new Error(`line ${reading.line}: ${reading.problem}`);
  return reading.lines;
}
const keys = (content: string) => lines(content).items.map(({ key }) => key);

describe("reading a file of lines with keys", () => {
  test("an empty file has none", () => {
    expect(lines("")).toMatchObject({ items: [] });
  });

  test("an empty line, which an editor may leave, is no damage", () => {
    expect(keys(`${line("a")}\n\n${line("b")}\n\n`)).toEqual(["a", "b"]);
  });

  test("R1: of one key the first line counts", () => {
    const content = `${line("a", "1")}\n${line("b", "2")}\n${line("a", "3")}\n`;
    expect(lines(content).items).toEqual([
      { key: "a", text: "1" },
      { key: "b", text: "2" },
    ]);
  });

  test("R4: a last line that is cut anywhere is dropped, even when only its end is missing", () => {
    const whole = `${line("a")}\n`;
    const cut = line("b", 'ü {"key":"x"}');
    for (let length = 1; length <= cut.length; length += 1) {
      const content = whole + cut.slice(0, length);
      expect(keys(content)).toEqual(["a"]);
    }
  });

  test("R4: the line that stands right behind a torn one counts", () => {
    const cut = line("b", "text");
    for (let length = 1; length <= cut.length; length += 1) {
      expect(
        keys(`${line("a")}\n${cut.slice(0, length)}${line("c", "x")}\n${line("d")}\n`),
      ).toEqual(["a", "c", "d"]);
    }
  });

  test("a line may speak of lines: what stands in its texts is no start of one", () => {
    const text = `${line("x")} and more`;
    expect(lines(`${line("a", text)}\n`).items).toEqual([{ key: "a", text }]);
  });

  test.each([
    ["cut short by somebody", `${line("a")}\n{"key":"b","te\n${line("c")}\n`, 2],
    ["not of the schema", `{"key":"a","text":1}\n`, 1],
    ["without a key", `{"text":"a"}\n`, 1],
    ["no JSON", `${line("a")}\n${line("b")}\nhello\n`, 3],
    ["spoiled bytes", `${line("a")}\n\u0000\u0000\u0000\n`, 2],
    ["spoiled in the middle", `{"key":"a","t\u0000xt":"{}"}\n`, 1],
  ])("a line that is %s is damage, told by its number", (_, content, at) => {
    expect(read(content)).toMatchObject({ kind: "damaged", line: at });
  });
});
