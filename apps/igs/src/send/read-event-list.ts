// Many events as one text: a JSON array, NDJSON, or one object over several lines.

/** One event as it was written, unchecked. */
export interface ListedEvent {
  /** Where it begins, counted from 1, as editors do. */
  readonly line: number;
  readonly value: unknown;
}

export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

export interface EventList {
  readonly events: readonly ListedEvent[];
  readonly problems: readonly LineProblem[];
}

export function readEventList(text: string): EventList {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("[")) return readArray(text);
  const lines = readLines(text);
  if (lines.problems.length === 0 || !trimmed.startsWith("{")) return lines;
  // Not a line for each: perhaps all of it is one object.
  const whole = parse(text);
  if (!whole.ok) return lines;
  return {
    events: [{ line: lineAt(text, text.length - trimmed.length), value: whole.value }],
    problems: [],
  };
}

function readLines(text: string): EventList {
  const events: ListedEvent[] = [];
  const problems: LineProblem[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parse(line);
    if (parsed.ok) events.push({ line: index + 1, value: parsed.value });
    else problems.push({ line: index + 1, problem: parsed.problem });
  }
  return { events, problems };
}

function readArray(text: string): EventList {
  const whole = parse(text);
  const elements = cutElements(text);
  if (whole.ok && Array.isArray(whole.value)) {
    const events = whole.value.map((value: unknown, index) => ({
      line: elements[index]?.line ?? 1,
      value,
    }));
    return { events, problems: [] };
  }
  const problems = elements.flatMap(({ line, source }) => {
    const parsed = parse(source);
    return parsed.ok ? [] : { line, problem: parsed.problem };
  });
  if (problems.length > 0) return { events: [], problems };
  return { events: [], problems: [{ line: 1, problem: whole.ok ? "is no list" : whole.problem }] };
}

interface Element {
  readonly line: number;
  readonly source: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;

/** The elements of the outermost array, each as it is written; what is no JSON is cut as well as can be. */
function cutElements(text: string): readonly Element[] {
  let depth = 0;
  const borders: number[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "]" || token === "}") depth -= 1;
    const isBorder = token === "," ? depth === 1 : token === "[" || token === "]";
    if (isBorder && (token === "," || depth === 0)) borders.push(index);
    if (token === "[" || token === "{") depth += 1;
  }
  let line = 1;
  let countedTo = 0;
  return borders.flatMap((border, index): Element[] => {
    const source = text.slice(border + 1, borders[index + 1]);
    const begin = border + 1 + source.length - source.trimStart().length;
    if (source.trim() === "" || text[border] === "]") return [];
    line += text.slice(countedTo, begin).split("\n").length - 1;
    countedTo = begin;
    return [{ line, source }];
  });
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^JSON Parse error: /, "") : "";
    return { ok: false, problem: `is not JSON: ${reason}` };
  }
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
