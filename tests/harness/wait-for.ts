const LOOK_GAP_MS = 30;
const WAIT_MAX_MS = 30_000;

export interface WaitOptions {
  readonly maxMs?: number;
  /** What a person would want to see when the wait was in vain. */
  readonly describe?: () => string | Promise<string>;
}

/**
 * Looks until there is something to see (neither null, undefined nor false), and returns it. The
 * tests of whole systems wait for facts that can be observed, never for a guessed time.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  { maxMs = WAIT_MAX_MS, describe }: WaitOptions = {},
): Promise<Exclude<T, null | undefined | false>> {
  const giveUpAtMs = performance.now() + maxMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) {
      // The three that mean "not yet" were just left out.
      return seen as Exclude<T, null | undefined | false>;
    }
    if (performance.now() >= giveUpAtMs) {
      const evidence = describe ? `\n${await describe()}` : "";
      throw new Error(`waited ${maxMs / 1_000} s in vain for ${what}${evidence}`);
    }
    await Bun.sleep(LOOK_GAP_MS);
  }
}
