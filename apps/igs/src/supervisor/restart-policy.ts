export interface RestartPolicy {
  readonly delayFirstMs: number;
  readonly delayMaxMs: number;
  /** A part that lived this long crashed for a new reason: its count begins again. */
  readonly steadyAfterMs: number;
  /** So many starts in a row may fail before a part was ever ready; then all is given up. */
  readonly firstStartsMax: number;
}

export const RESTART_POLICY: RestartPolicy = {
  delayFirstMs: 250,
  delayMaxMs: 30_000,
  steadyAfterMs: 60_000,
  firstStartsMax: 3,
};

/** In dev mode someone is mending the code and waits for it. */
export const DEV_RESTART_POLICY: RestartPolicy = { ...RESTART_POLICY, delayMaxMs: 2_000 };

export interface Crash {
  /** Crashes in a row before this one. */
  readonly priorCount: number;
  readonly livedMs: number;
  readonly wasEverReady: boolean;
}

export type RestartDecision =
  | { readonly kind: "restart"; readonly crashCount: number; readonly delayMs: number }
  | { readonly kind: "give-up" };

/** What to do about a part that ended by itself. */
export function decideRestart(crash: Crash, policy: RestartPolicy): RestartDecision {
  const crashCount = crash.livedMs >= policy.steadyAfterMs ? 1 : crash.priorCount + 1;
  if (!crash.wasEverReady && crashCount >= policy.firstStartsMax) return { kind: "give-up" };
  const delayMs = Math.min(policy.delayFirstMs * 2 ** (crashCount - 1), policy.delayMaxMs);
  return { kind: "restart", crashCount, delayMs };
}
