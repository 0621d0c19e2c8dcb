import type { LogFreshness } from "./examine-log.ts";
import { linesFromStart, withLog } from "./lines.ts";
import { readLine } from "./log-entry.ts";
import { fitsFilter, type LogFilter } from "./log-filter.ts";

/** How often a word stands in the log. */
export interface WordCount {
  readonly word: string;
  readonly count: number;
}

export interface LogStats extends LogFreshness {
  readonly count: number;
  /** Lines that are no entries, whatever was asked for. */
  readonly problemCount: number;
  readonly firstAt: string | null;
  /** The commonest first. */
  readonly actions: readonly WordCount[];
  readonly tools: readonly WordCount[];
  /** Days in local time with at least one entry, the newest first. */
  readonly days: readonly WordCount[];
}

/** A log full of rubbish must not fill the memory: what is beyond it counts, but has no row. */
const WORDS_MAX = 10_000;

/** What is in the log in figures, of the entries that fit. Reads every line once, block by block. */
export function logStats(file: string, nowMs: number, filter: LogFilter = {}): LogStats {
  const tally = new Tally();
  withLog(file, undefined, (fd) => {
    for (const bytes of linesFromStart(fd)) {
      const line = readLine(bytes);
      if (line.kind === "malformed") tally.problemCount += 1;
      if (line.kind !== "entry" || !fitsFilter(line.entry, filter)) continue;
      const { timestamp, action, tool } = line.entry;
      tally.count += 1;
      tally.firstAt ??= timestamp;
      tally.lastAt = timestamp;
      countWord(tally.actions, action);
      countWord(tally.tools, tool);
      countWord(tally.days, localDay(timestamp));
    }
  });
  const { count, problemCount, firstAt, lastAt } = tally;
  return {
    ...{ count, problemCount, firstAt, lastAt },
    ageMs: lastAt === null ? null : Math.max(0, nowMs - Date.parse(lastAt)),
    actions: sortWords(tally.actions),
    tools: sortWords(tally.tools),
    days: [...tally.days]
      .map(([word, times]) => ({ word, count: times }))
      .toSorted((a, b) => b.word.localeCompare(a.word)),
  };
}

class Tally {
  count = 0;
  problemCount = 0;
  firstAt: string | null = null;
  lastAt: string | null = null;
  readonly actions = new Map<string, number>();
  readonly tools = new Map<string, number>();
  readonly days = new Map<string, number>();
}

function countWord(words: Map<string, number>, word: string): void {
  const count = words.get(word);
  if (count !== undefined || words.size < WORDS_MAX) words.set(word, (count ?? 0) + 1);
}

function sortWords(words: ReadonlyMap<string, number>): readonly WordCount[] {
  return [...words]
    .map(([word, count]) => ({ word, count }))
    .toSorted((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
}

/** Swedish dates are ISO's. */
function localDay(timestamp: string): string {
  return new Date(timestamp).toLocaleDateString("sv-SE");
}
