import { expect, test } from "bun:test";
import { headingAnchors, readLinks } from "./markdown-links.ts";

test("links are found, in tables and as pictures, and not in code", () => {
  const page = [
    'See [start](docs/start.md#first) and ![a picture](a.png "title").',
    "| [x](<b.md>) | `[no](code.md)` |",
    "```md",
    "[no](fence.md)",
    "```",
    "[web](https://example.org/)",
  ].join("\n");
  expect(readLinks(page)).toEqual(["docs/start.md#first", "a.png", "b.md", "https://example.org/"]);
});

test("headings become anchors as GitHub makes them", () => {
  const page =
    "# The life of a run\n## `bin/demo`, twice\n## What's *new*?\n## What's new?\n```\n# no\n```\n";
  expect(headingAnchors(page)).toEqual([
    "the-life-of-a-run",
    "bindemo-twice",
    "whats-new",
    "whats-new-1",
  ]);
});
