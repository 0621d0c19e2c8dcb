// Words and flags that several commands of `igs loop` have. Nothing but words, so help stays fast.

import { parseCount, text } from "../common-flags.ts";

const LOOP_ID_BRIEF = "A loop's id, or the beginning of it, as `igs loop list` shows it";

export const loopIdPositional = {
  kind: "tuple",
  parameters: [{ parse: text, placeholder: "loop-id", brief: LOOP_ID_BRIEF }],
} as const;

/** Without an id: the loop that runs, else the last one. */
export const optionalLoopIdPositional = {
  kind: "tuple",
  parameters: [
    {
      parse: text,
      optional: true,
      placeholder: "loop-id",
      brief: `${LOOP_ID_BRIEF}; the one that runs, else the last one, without it`,
    },
  ],
} as const;

const STORY_BRIEF = "A story's id, as `igs loop status` shows it";

export const loopAndStoryPositional = {
  kind: "tuple",
  parameters: [
    { parse: text, placeholder: "loop-id", brief: LOOP_ID_BRIEF },
    { parse: text, placeholder: "story", brief: STORY_BRIEF },
  ],
} as const;

export const loopAndOptionalStoryPositional = {
  kind: "tuple",
  parameters: [
    { parse: text, placeholder: "loop-id", brief: LOOP_ID_BRIEF },
    { parse: text, optional: true, placeholder: "story", brief: STORY_BRIEF },
  ],
} as const;

function limit<Value>(parse: (input: string) => Value, placeholder: string, brief: string) {
  return { kind: "parsed", parse, optional: true, placeholder, brief } as const;
}

/** What a loop may use up: of `start`, and of `resume`, which raises them. */
export const capFlags = {
  costMax: limit(parseAmount, "usd", "Money for all agents together, in US dollars (20)"),
  tokensMax: limit(
    parseTokens,
    "n",
    "Tokens in and out, of all agents, such as 2000000 or 2M (no cap)",
  ),
  attemptsMax: limit(parseCount, "n", "Attempts at one story (3)"),
  iterationsMax: limit(parseCount, "n", "Attempts in the whole loop (100)"),
  hoursMax: limit(parseAmount, "hours", "Hours from start to end, pauses left out (12)"),
  agentMinutes: limit(parseAmount, "minutes", "Minutes for one run of an agent (15)"),
} as const;

export const detachFlag = (brief: string) =>
  ({ kind: "boolean", optional: true, withNegated: false, brief }) as const;

const TOOLS = ["codex", "claude", "pi"] as const;
export type ToolWord = (typeof TOOLS)[number];

export function parseTools(input: string): readonly ToolWord[] {
  const words = input.split(",").map((word) => word.trim());
  const tools = words.flatMap((word) => TOOLS.find((tool) => tool === word) ?? []);
  if (tools.length === words.length && new Set(tools).size === tools.length) return tools;
  throw new SyntaxError(`expected some of ${TOOLS.join(",")}, best first, not "${input}"`);
}

/** A number above 0, such as 2.5. */
function parseAmount(input: string): number {
  const amount = Number(input);
  if (/^[0-9]{1,9}(\.[0-9]{1,6})?$/.test(input) && amount > 0) return amount;
  throw new SyntaxError(`expected a number above 0, such as 2.5, not "${input}"`);
}

const TOKEN_UNITS = { "": 1, k: 1_000, M: 1_000_000 } as const;

function parseTokens(input: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,12}(?:\.[0-9]{1,3})?)([kM]?)$/.exec(input) ?? [];
  const factor = unit === "k" || unit === "M" ? TOKEN_UNITS[unit] : 1;
  const tokens = Math.round(Number(digits) * factor);
  if (digits !== "" && tokens >= 1 && Number.isSafeInteger(tokens)) return tokens;
  throw new SyntaxError(`expected a number of tokens, such as 500000 or 2M, not "${input}"`);
}
