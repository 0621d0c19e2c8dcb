// What an agent's complaint means. Where it tells no status and no kind, its words decide: they are
// those of the agents themselves and of the providers behind them, as recorded in test/recordings.

import type { AgentTrouble } from "./agent.ts";
import type { AgentFailureKind } from "./agent-result.ts";

/** In this order: a limit on tokens per minute speaks of too many tokens, too. */
const WORDS: readonly (readonly [AgentFailureKind, RegExp])[] = [
  [
    "rate-limited",
    /rate.?limit|too many requests|usage limit|hit your limit|quota|credit balance|insufficient.credits/i,
  ],
  [
    "out-of-context",
    /context (?:window|length|size)|context[_ ]length|maximum prompt length|prompt (?:is )?too long|input is too long|too many tokens|request_too_large|token limit/i,
  ],
  [
    "not-logged-in",
    /not logged in|no api key|(?:invalid|incorrect) (?:x-)?api.key|unauthori[sz]ed|authenticat|oauth token|missing environment variable|\/login\b/i,
  ],
  ["refused", /content.?filter|usage policy|\brefusal\b/i],
];

const STATUSES: Readonly<Record<number, AgentFailureKind>> = {
  401: "not-logged-in",
  403: "not-logged-in",
  413: "out-of-context",
  429: "rate-limited",
};

/** Null when neither status nor words say what it is. */
export function classifyTrouble(trouble: AgentTrouble): AgentFailureKind | null {
  if (trouble.kind !== undefined) return trouble.kind;
  const status = trouble.status ?? statusIn(trouble.message);
  const byStatus = status === undefined ? undefined : STATUSES[status];
  if (byStatus !== undefined) return byStatus;
  // A server that is unwell may say anything.
  if (status !== undefined && status >= 500) return null;
  return WORDS.find(([, words]) => words.test(trouble.message))?.[0] ?? null;
}

/** pi begins with it, codex says "unexpected status 401" or "last status: 429". */
function statusIn(message: string): number | undefined {
  const [, first, named] = /^(\d{3})\b|\bstatus:? (\d{3})\b/.exec(message) ?? [];
  const digits = first ?? named;
  return digits === undefined ? undefined : Number(digits);
}
