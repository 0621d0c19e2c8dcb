// How a value that came from someone else's code is written on the page. Values may be megabytes
// large, so every text has a bound before it reaches the document.

/** What a folded value shows, and what it shows at most when unfolded. */
export interface TextBounds {
  readonly linesMax: number;
  readonly charsMax: number;
}

export const FOLDED: TextBounds = { linesMax: 16, charsMax: 2_000 };
export const UNFOLDED: TextBounds = { linesMax: 5_000, charsMax: 200_000 };

export interface CutText {
  readonly shown: string;
  readonly hiddenChars: number;
}

/** JSON with indentation; a text of several lines (a stack, a transcript) stays as it is. */
export function printValue(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string" && value.includes("\n")) return value;
  return JSON.stringify(value, null, 2) ?? String(value);
}

/** The same on one line, for a list. */
export function previewValue(value: unknown, charsMax: number): string {
  const text = value === undefined ? "" : (JSON.stringify(value) ?? String(value));
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}

/** Whether there is anything to show: `null`, `{}` and the empty text are nothing. */
export function isEmptyValue(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Cuts at the line or the character that is one too many, whichever comes first. */
export function cutText(text: string, bounds: TextBounds): CutText {
  const end = Math.min(endOfLine(text, bounds.linesMax), bounds.charsMax, text.length);
  return { shown: text.slice(0, end), hiddenChars: text.length - end };
}

function endOfLine(text: string, lineCount: number): number {
  let end = -1;
  for (let line = 0; line < lineCount; line++) {
    end = text.indexOf("\n", end + 1);
    if (end === -1) return text.length;
  }
  return end;
}
