// Books: other tools of the same household fetch them; the bus only remembers that they came.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { archivedTo, httpUrl, line } from "./fields.ts";

export const bookDownloaded = eventType("pipeline/book.downloaded", {
  schema: z.object({
    title: line(1_000).describe("The book's title"),
    author: line(500).optional().describe("Who wrote it"),
    format: line(50).optional().describe("File format, such as epub or pdf"),
    sizeBytes: z.int().nonnegative().optional().describe("Size of the file"),
    source: httpUrl.optional().describe("Where it was fetched from"),
    archivedTo: archivedTo.optional().describe("Where it lies now"),
  }),
});

export const bookEntries = [
  describeEvent(bookDownloaded, {
    area: "book",
    sentence: "A book is on this machine.",
    example: {
      title: "Designing Data-Intensive Applications",
      author: "Martin Kleppmann",
      format: "epub",
      sizeBytes: 9_120_333,
    },
    sentBy: "tools outside this repository",
    startsFunctions: ["system-logger"],
  }),
] as const;
