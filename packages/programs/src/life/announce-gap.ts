const GAP_FIRST_MS = 200;
const GAP_MAX_MS = 300_000;
const REFUSED_GAP_MAX_MS = 15_000;

export interface Announcements {
  readonly acceptedCount: number;
  /** Since the last accepted one. */
  readonly refusedCount: number;
}

/**
 * How long to wait before the end of a program is announced again. An accepted announcement may have
 * come before the run stood waiting, so the next ones follow soon, then ever more rarely: each is an
 * event that the engine stores. A refused one stored nothing, so its gap stays short.
 */
export function announceGapMs({ acceptedCount, refusedCount }: Announcements): number {
  if (refusedCount > 0) return grow(refusedCount, REFUSED_GAP_MAX_MS);
  return acceptedCount === 0 ? 0 : grow(acceptedCount, GAP_MAX_MS);
}

function grow(count: number, gapMaxMs: number): number {
  return Math.min(GAP_FIRST_MS * 2 ** Math.min(count - 1, 20), gapMaxMs);
}

export function countAnnouncement(told: Announcements, isAccepted: boolean): Announcements {
  return isAccepted
    ? { acceptedCount: told.acceptedCount + 1, refusedCount: 0 }
    : { acceptedCount: told.acceptedCount, refusedCount: told.refusedCount + 1 };
}
