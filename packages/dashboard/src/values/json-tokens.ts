type TokenKind = "key" | "text" | "number" | "word" | "plain";

export interface JsonToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN =
  /(?<string>"(?:[^"\\]|\\.)*")(?<colon>\s*:)?|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>true|false|null)/g;

/** Splits printed JSON for colouring. The tokens' texts together are the text that was given. */
export function tokenizeJson(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  const addPlain = (until: number) => {
    if (until > end) tokens.push({ kind: "plain", text: text.slice(end, until) });
  };
  for (const match of text.matchAll(TOKEN)) {
    addPlain(match.index);
    const { string, colon, number, word } = match.groups ?? {};
    if (string !== undefined) {
      tokens.push({ kind: colon === undefined ? "text" : "key", text: string });
      if (colon !== undefined) tokens.push({ kind: "plain", text: colon });
    } else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    end = match.index + match[0].length;
  }
  addPlain(text.length);
  return tokens;
}
