const UNITS_MS = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

/** `90s`, `30m`, `2h`, `1.5d` in milliseconds; null for anything else. A number alone has no unit. */
export function readDuration(input: string): number | null {
  const [, digits = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/.exec(input) ?? [];
  if (digits === "") return null;
  // The pattern lets only these through.
  return Math.round(Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS]);
}
