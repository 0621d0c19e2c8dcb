// Finds where a text stops being JSON. JSON.parse decides whether it is; this file only says where
// and what was expected, because browsers word that differently and often name no place.

export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

type State = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma" | "end";

const EXPECTED = {
  value: "a value is expected",
  "value-or-end": 'a value or "]" is expected',
  key: "a name in double quotes is expected",
  "key-or-end": 'a name in double quotes or "}" is expected',
  colon: '":" is expected after a name',
  comma: '"," or a closing bracket is expected',
  end: "nothing more is expected",
} as const satisfies Record<State, string>;

const SPACE = /[ \t\r\n]*/y;
const STRING = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const TOKEN = new RegExp(
  `[{}\\[\\],:]|${STRING}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`,
  "y",
);

/** The first place that is wrong, or null where the whole text is one JSON value. */
export function findJsonFault(text: string): JsonFault | null {
  const open: ("{" | "[")[] = [];
  let state: State = "value";
  let offset = matchAt(SPACE, text, 0);
  while (offset < text.length) {
    const end = matchAt(TOKEN, text, offset);
    const next: State | undefined = step(state, text.slice(offset, end), open);
    if (next === undefined) return faultAt(text, offset, EXPECTED[state]);
    state = next;
    offset = matchAt(SPACE, text, end);
  }
  if (state === "end") return null;
  return faultAt(text, text.length, `the text ends too early, ${EXPECTED[state]}`);
}

/** The state after a token, or undefined where the token can't stand here. Opens and closes `open`. */
function step(state: State, token: string, open: ("{" | "[")[]): State | undefined {
  const closer = open.at(-1) === "{" ? "}" : "]";
  const mayClose = state === "comma" || state === "key-or-end" || state === "value-or-end";
  if (mayClose && open.length > 0 && token === closer) {
    open.pop();
    return open.length === 0 ? "end" : "comma";
  }
  switch (state) {
    case "value":
    case "value-or-end":
      return stepIntoValue(token, open);
    case "key":
    case "key-or-end":
      return token.startsWith('"') ? "colon" : undefined;
    case "colon":
      return token === ":" ? "value" : undefined;
    case "comma":
      if (token !== ",") return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    case "end":
      return undefined;
  }
}

function stepIntoValue(token: string, open: ("{" | "[")[]): State | undefined {
  if (token === "{" || token === "[") {
    open.push(token);
    return token === "{" ? "key-or-end" : "value-or-end";
  }
  if (token === "" || "]},:".includes(token)) return undefined;
  return open.length === 0 ? "end" : "comma";
}

/** Where a sticky pattern that starts at `offset` ends; `offset` itself where it doesn't match. */
function matchAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function faultAt(text: string, offset: number, expected: string): JsonFault {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1, expected };
}
