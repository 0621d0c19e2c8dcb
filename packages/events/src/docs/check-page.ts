import { readFileSync } from "node:fs";

export type PageState =
  | { readonly kind: "current" }
  | { readonly kind: "missing" }
  /** The first line that differs, counted from 1. */
  | { readonly kind: "outdated"; readonly line: number };

/** How a page on disk stands to what it should say. */
export function checkPage(path: string, wanted: string): PageState {
  let found: string;
  try {
    found = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return { kind: "missing" };
    }
    throw error;
  }
  if (found === wanted) return { kind: "current" };
  const wantedLines = wanted.split("\n");
  const foundLines = found.split("\n");
  const index = wantedLines.findIndex((line, at) => line !== foundLines[at]);
  return { kind: "outdated", line: (index === -1 ? wantedLines.length : index) + 1 };
}
