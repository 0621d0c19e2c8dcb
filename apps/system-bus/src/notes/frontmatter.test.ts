import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readFrontmatter, splitNote, writeFrontmatter } from "./frontmatter.ts";

describe("what is written is read back as the same strings", () => {
  test.each([
    'He said: "no"',
    "- a list",
    "../../etc/passwd",
    "yes",
    "1:02:03",
    "00:12:34",
    "0x1F",
    "null",
    "# not a comment",
    "{{ template }}",
    "tab\there",
    "---",
    "@handle",
    "日本語: タイトル",
    "a\\b",
    "",
  ])("%p", (value) => {
    const block = writeFrontmatter({ channel: value, tags: [value, "video"] });
    const expected = value.replace("\t", " ");
    expect(readFrontmatter(`${block}\n# x\n`)).toEqual({
      channel: expected,
      tags: [expected, "video"],
    });
  });

  test("any text, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const block = writeFrontmatter({ title: value, end: "kept" });
        const fields = readFrontmatter(block);
        expect(typeof fields["title"]).toBe("string");
        expect(fields["end"]).toBe("kept");
      }),
    );
  });
});

test("a line break in a value cannot start a new field", () => {
  const block = writeFrontmatter({ channel: "a\nnas_path: /etc\n---\n" });
  expect(block.split("\n")).toHaveLength(4);
  expect(readFrontmatter(block)).toEqual({ channel: "a nas_path: /etc ---" });
});

test("words and dates stay plain, unknown values are null", () => {
  expect(
    writeFrontmatter({ type: "video", published: "2026-01-02", nas_path: null, tags: [] }),
  ).toBe("---\ntype: video\npublished: 2026-01-02\nnas_path: null\ntags: []\n---\n");
});

test("splitting keeps every byte of the note", () => {
  for (const note of [
    "---\na: 1\n---\n\n# x\n",
    "# no block\n---\n",
    "---\r\na: 1\r\n---\r\nb",
    "---\nopen",
    "",
  ]) {
    const { frontmatter, body } = splitNote(note);
    expect(frontmatter + body).toBe(note);
  }
  expect(splitNote("---\na: 1\n---\nb\n---\n").body).toBe("b\n---\n");
});

test("a block that is not YAML gives no fields instead of an error", () => {
  expect(readFrontmatter("---\na: [1\n---\n")).toEqual({});
  expect(readFrontmatter("no block")).toEqual({});
});
