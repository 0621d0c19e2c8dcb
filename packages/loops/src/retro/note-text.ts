// Markdown of a note in the vault. What agents and tests have said goes in as plain text: no table, tag,
// link or frontmatter comes of it.

export type FrontmatterField = string | number | boolean | readonly string[];

/** A JSON string is a YAML string, whatever it holds. */
export function frontmatter(fields: Readonly<Record<string, FrontmatterField>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n---\n`;
}

const INLINE_CHARS_MAX = 500;

/** One line of plain text, bounded: for a cell, an item or a heading. */
export function inline(text: string, charsMax = INLINE_CHARS_MAX): string {
  const line = text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const bounded = line.length <= charsMax ? line : `${line.slice(0, charsMax).toWellFormed()}…`;
  return bounded.replace(/[\\|<>[\]#`*_]/g, (character) => `\\${character}`);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function section(heading: string, text: string): string {
  return text === "" ? "" : `## ${heading}\n\n${text}`;
}
