import { signal } from "@preact/signals";

const TICK_MS = 1_000;

/** The time that "12 s ago" and growing bars count from. */
export const nowMs = signal(Date.now());

export function startClock(): void {
  setInterval(() => {
    if (document.visibilityState === "visible") nowMs.value = Date.now();
  }, TICK_MS);
}
