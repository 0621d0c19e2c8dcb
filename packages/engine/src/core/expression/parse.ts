// The text of an expression to its tree. The grammar is CEL's; one liberty of Inngest's is added: a
// backslash that starts no CEL escape stands for itself, so that '\w' can be written in a pattern.

import type { ASTNode, ParseError } from "@marcbachmann/cel-js";

export type ExpressionNode = ASTNode;

export type ParseReading =
  | { readonly ok: true; readonly node: ExpressionNode }
  | { readonly ok: false; readonly problem: string };

/** Far above what a person writes; bounds on what a registration can make us hold and evaluate. */
const CHARS_MAX = 10_000;
const NODES_MAX = 4_000;
const NEARBY_CHARS_MAX = 20;

interface Parser {
  parse(text: string): ExpressionNode;
  isParseError(error: unknown): error is ParseError;
}

let loaded: Parser | undefined;

/**
 * Loaded with the first expression: it takes 5 MB, and many functions have none. Not by `import()`, since
 * a registration is judged in one piece.
 */
function loadParser(): Parser {
  loaded ??= createParser(require("@marcbachmann/cel-js"));
  return loaded;
}

function createParser(cel: typeof import("@marcbachmann/cel-js")): Parser {
  const environment = new cel.Environment({
    unlistedVariablesAreDyn: true,
    limits: { maxAstNodes: NODES_MAX },
  });
  return {
    parse: (text) => environment.parse(text).ast,
    isParseError: (error) => error instanceof cel.ParseError,
  };
}

/** The parser names tokens where a person thinks in signs. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ["EOF", "the end"],
  ["IDENTIFIER", "a name"],
  ["NUMBER", "a number"],
  ["STRING", "a text"],
  ["LPAREN", '"("'],
  ["RPAREN", '")"'],
  ["LBRACKET", '"["'],
  ["RBRACKET", '"]"'],
  ["LBRACE", '"{"'],
  ["RBRACE", '"}"'],
  ["COMMA", '","'],
  ["COLON", '":"'],
  ["DOT", '"."'],
  ["IN", '"in"'],
]);

export function parseExpression(text: string): ParseReading {
  if (text.trim() === "") return bad("it is empty");
  if (text.length > CHARS_MAX) {
    return bad(`it has ${text.length} characters; ${CHARS_MAX} are the most`);
  }
  const escaped = escapeStrayBackslashes(text);
  const parser = loadParser();
  try {
    return { ok: true, node: parser.parse(escaped.text) };
  } catch (error) {
    if (!parser.isParseError(error)) throw error;
    return bad(describe(error, text, escaped.addedAt));
  }
}

/** Where a node of the tree begins, for a message about it: "column 4", or with its line when it has several. */
export function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return text.includes("\n") ? `line ${before.length}, column ${column}` : `column ${column}`;
}

function bad(problem: string): ParseReading {
  return { ok: false, problem };
}

function describe(error: ParseError, text: string, addedAt: readonly number[]): string {
  if (text.includes("{{")) {
    return 'a template such as "{{ event.data.id }}" is no expression: write event.data.id';
  }
  const start = error.range?.start ?? 0;
  const position = start - addedAt.filter((added) => added < start).length;
  const nearby = text.slice(position, position + NEARBY_CHARS_MAX).trim();
  const what =
    error.code === "unexpected_character"
      ? `unexpected "${nearby}"`
      : error.summary.replace(/\b[A-Z]+\b/g, (word) => SIGNS.get(word) ?? word);
  return `${what} at ${placeOf(text, position)}`;
}

interface EscapedText {
  readonly text: string;
  /** Positions in the new text of the backslashes that the old one doesn't have. */
  readonly addedAt: readonly number[];
}

// A comment, or a string literal with its optional prefix and its one or three quotes.
const COMMENT_OR_STRING =
  /\/\/[^\n]*|(?:\b[rRbB]{1,2})?(?<quote>"""|'''|"|')(?:\\[\s\S]|(?!\k<quote>)[^\\])*\k<quote>/g;
const STRAY_BACKSLASH = /\\([^\\?"'`abfnrtvuUxX0-7])|\\([\s\S])/g;

function escapeStrayBackslashes(text: string): EscapedText {
  if (!text.includes("\\")) return { text, addedAt: [] };
  const addedAt: number[] = [];
  const escaped = text.replace(COMMENT_OR_STRING, (literal, ...rest) => {
    const isRaw = /^[bB]?[rR]/.test(literal);
    if (isRaw || literal.startsWith("//")) return literal;
    const literalAt = Number(rest.at(-3));
    return literal.replace(STRAY_BACKSLASH, (pair, stray, _known, pairAt) => {
      if (stray === undefined) return pair;
      addedAt.push(literalAt + Number(pairAt) + addedAt.length);
      return `\\${pair}`;
    });
  });
  return { text: escaped, addedAt };
}
