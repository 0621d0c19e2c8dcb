export interface KeyedLines<Item> {
  /** The first of each key (R1), in the order of the file. */
  readonly items: readonly Item[];
  /** Whole lines by key, as they stand in the file. */
  readonly textByKey: ReadonlyMap<string, string>;
}

export type LineReading<Item> =
  | { readonly kind: "read"; readonly lines: KeyedLines<Item> }
  /** `line` counts from 1. */
  | { readonly kind: "damaged"; readonly line: number; readonly problem: string };

/** Throws an error that says what is wrong with the line. */
export type ParseLine<Item> = (text: string) => Item;

/** Every line that was written whole begins so: `key` is its first field. */
const LINE_START = '{"key":"';

/** The content of a file of lines with keys. Rule R4 of `fact.ts`. */
export function readLines<Item extends { readonly key: string }>(
  content: string,
  parse: ParseLine<Item>,
): LineReading<Item> {
  // What stands behind the last line break is no line yet, or never will be.
  const texts = content.split("\n").slice(0, -1);
  const items: Item[] = [];
  const textByKey = new Map<string, string>();
  for (const [index, text] of texts.entries()) {
    if (text === "") continue;
    const line = readLine(text, parse);
    if (line.kind === "damaged") return { ...line, line: index + 1 };
    if (textByKey.has(line.item.key)) continue;
    textByKey.set(line.item.key, line.text);
    items.push(line.item);
  }
  return { kind: "read", lines: { items, textByKey } };
}

type OneLine<Item> =
  | { readonly kind: "read"; readonly text: string; readonly item: Item }
  | { readonly kind: "damaged"; readonly problem: string };

function readLine<Item>(text: string, parse: ParseLine<Item>): OneLine<Item> {
  try {
    return { kind: "read", text, item: parse(text) };
  } catch (error) {
    const whole = afterTorn(text);
    const found = whole === null ? null : readLine(whole, parse);
    if (found?.kind === "read") return found;
    return { kind: "damaged", problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The line that stands behind a torn one. Inside of a line its start can't occur: quotes in a text are
 * escaped.
 */
function afterTorn(text: string): string | null {
  const at = text.lastIndexOf(LINE_START);
  return at > 0 ? text.slice(at) : null;
}
