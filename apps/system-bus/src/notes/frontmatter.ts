import { oneLine } from "./plain-text.ts";

export type FrontmatterValue = string | null | readonly string[];

const FENCE = "---";
/** A plain scalar that every YAML reader takes for the same string (or the same date). */
const PLAIN = /^(?:[A-Za-z][A-Za-z0-9_-]*|\d{4}-\d{2}-\d{2})$/;
const READS_AS_OTHER = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/**
 * Writes the block that opens a note. Every value that is not a plain word or a date goes out as a
 * JSON string, which is a YAML string whatever it holds: quotes, colons, `---`, line breaks.
 */
export function writeFrontmatter(fields: Readonly<Record<string, FrontmatterValue>>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => fieldLines(name, value));
  return `${[FENCE, ...lines, FENCE].join("\n")}\n`;
}

function fieldLines(name: string, value: FrontmatterValue): string[] {
  if (value === null) return [`${name}: null`];
  if (typeof value === "string") return [`${name}: ${scalar(value)}`];
  if (value.length === 0) return [`${name}: []`];
  return [`${name}:`, ...value.map((item) => `  - ${scalar(item)}`)];
}

function scalar(value: string): string {
  const line = oneLine(value);
  return PLAIN.test(line) && !READS_AS_OTHER.test(line) ? line : JSON.stringify(line);
}

export interface SplitNote {
  /** The block with its fences and the line break after it; empty when the note has none. */
  readonly frontmatter: string;
  readonly body: string;
}

/** Where the frontmatter ends and the note begins. Nothing is lost: both parts joined are the note. */
export function splitNote(note: string): SplitNote {
  const match = /^\uFEFF?---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(note);
  const frontmatter = match?.[0] ?? "";
  return { frontmatter, body: note.slice(frontmatter.length) };
}

/**
 * The fields of a note, as a person or a plug-in may have rewritten them. A block that is not YAML
 * any more gives no fields: somebody else's broken note must not stop ours.
 */
export function readFrontmatter(note: string): Readonly<Record<string, unknown>> {
  const lines = splitNote(note)
    .frontmatter.replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  try {
    const fields: unknown = Bun.YAML.parse(lines.slice(1, -1).join("\n"));
    return isRecord(fields) ? fields : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
