// `progress.txt` of a project: what its agents have noticed, handed on to the agents that come after. It
// lies beside the loops, never in the person's repository, and the person may edit its lists.

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, replaceFile } from "@system-bus/programs";

const PATTERNS_HEAD = "## Codebase Patterns";
const LOOPS_HEAD = "## Loops";
/** The oldest go first: what still holds is noticed again. */
const PATTERNS_MAX = 50;
const PATTERN_CHARS_MAX = 300;
/** Of one answer: a talkative agent must not push out what others have noticed. */
const PATTERNS_REPORTED_MAX = 5;
const LOOPS_MAX = 200;

export interface Progress {
  readonly patterns: readonly string[];
  /** A line for each loop, the oldest first. */
  readonly loops: readonly string[];
}

/** What an implementor reports: lines `PATTERN: …` of its answer; not the form that it was shown. */
export function readPatterns(answer: string): readonly string[] {
  const found = [...answer.matchAll(/^[ \t*>-]*PATTERN:[ \t*]*(\S.*)$/gim)]
    .map(([, pattern = ""]) => oneLine(pattern))
    .filter(
      (pattern) => /\p{L}/u.test(pattern) && !/^[<[(]|^one sentence that is true/.test(pattern),
    );
  return [...new Set(found)].slice(0, PATTERNS_REPORTED_MAX);
}

/** Pure: what is noticed again is not there twice, and counts as new. */
export function addToProgress(
  progress: Progress,
  added: { readonly patterns?: readonly string[]; readonly loop?: string },
): Progress {
  const loop = added.loop === undefined ? [] : [oneLine(added.loop)];
  return {
    patterns: addNewest(progress.patterns, (added.patterns ?? []).map(oneLine), PATTERNS_MAX),
    loops: addNewest(progress.loops, loop, LOOPS_MAX),
  };
}

export async function readProgress(file: string): Promise<Progress> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  });
  return {
    patterns: itemsUnder(text, PATTERNS_HEAD).slice(-PATTERNS_MAX),
    loops: itemsUnder(text, LOOPS_HEAD).slice(-LOOPS_MAX),
  };
}

export async function writeProgress(file: string, { patterns, loops }: Progress): Promise<void> {
  const list = (items: readonly string[]) => items.map((item) => `- ${item}\n`).join("");
  const text = `${PATTERNS_HEAD}\n\n${list(patterns)}\n${LOOPS_HEAD}\n\n${list(loops)}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, text, { mustSync: true });
}

function addNewest(
  items: readonly string[],
  added: readonly string[],
  countMax: number,
): readonly string[] {
  const news = new Set(added);
  return [...items.filter((item) => !news.has(item)), ...news].slice(-countMax);
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.slice(0, PATTERN_CHARS_MAX).toWellFormed().trim();
}

function itemsUnder(text: string, head: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const from = lines.indexOf(head);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  return (end < 0 ? rest : rest.slice(0, end))
    .filter((line) => /^- +\S/.test(line))
    .map((line) => oneLine(line.slice(2)));
}
