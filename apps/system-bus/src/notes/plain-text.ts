/**
 * One line of plain text: no line breaks, control characters or direction overrides, so that a title
 * cannot break out of the line, the table or the YAML field that it stands in.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\u202A-\u202E\u2066-\u2069\uFEFF]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The same, safe inside Markdown: no links, tags, comments or code can begin in it. */
export function oneMarkdownLine(text: string): string {
  return oneLine(text)
    .replace(/[\\[\]<`]/g, "\\$&")
    .replace(/%%/g, "%\u200B%");
}
