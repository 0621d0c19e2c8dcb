const KILO = 1_000;
const MEGA = 1_000_000;

/** `812`, `12.3k`, `4.5M`. */
export function describeTokens(tokens: number): string {
  if (tokens < KILO) return String(tokens);
  // 999,950 and more would be rounded up to "1000.0k".
  if (tokens < MEGA - 50) return `${(tokens / KILO).toFixed(1)}k`;
  return `${(tokens / MEGA).toFixed(1)}M`;
}

/** US dollars: `0.42 USD`; what is less than a cent is not told as nothing. */
export function describeCost(costUsd: number): string {
  if (costUsd > 0 && costUsd < 0.01) return "<0.01 USD";
  return `${costUsd.toFixed(2)} USD`;
}
