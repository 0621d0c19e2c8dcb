// When a schedule is due, as the engine that fires it reads its text: five fields, `TZ=…` before them, or
// `@every`. The embedded engine has finer rules for a change of clocks, which move a time by an hour, no more.

const ZONE_PATTERN = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/;
const EVERY_PATTERN = /^@every\s+((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/;
const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The first time after the moment; null for what never comes or can't be read. */
export function nextDueMs(cron: string, afterMs: number): number | null {
  const [, timeZone = "UTC", rest = cron.trim()] = ZONE_PATTERN.exec(cron.trim()) ?? [];
  const every = EVERY_PATTERN.exec(rest)?.[1];
  if (every !== undefined) {
    const everyMs = durationMs(every);
    return everyMs > 0 ? (Math.floor(afterMs / everyMs) + 1) * everyMs : null;
  }
  try {
    const fields = rest.replace(/(^|\s)\?(?=\s|$)/g, "$1*");
    return Bun.cron.parse(fields, new Date(afterMs), { tz: timeZone })?.getTime() ?? null;
  } catch {
    return null;
  }
}

function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  // The pattern has just matched: a unit is one of the four.
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS],
    0,
  );
}
