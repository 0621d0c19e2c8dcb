/** Milliseconds since 1970, or a date that JavaScript reads, such as `2026-11-21T09:00:00Z`. */
export function parseTimestamp(input: string): number {
  const ms = readTimestamp(input);
  if (ms !== null) return ms;
  throw new SyntaxError(
    `expected milliseconds since 1970 or a date such as 2026-11-21T09:00:00Z, not "${input}"`,
  );
}

/** The same; null for anything else. */
export function readTimestamp(input: string): number | null {
  const ms = /^[0-9]+$/.test(input) ? Number(input) : Date.parse(input);
  return Number.isSafeInteger(ms) ? ms : null;
}
