import type { GivenCaps } from "@system-bus/loops";

/** The caps as they are typed: hours and minutes for people. */
export interface CapFlags {
  readonly costMax?: number;
  readonly tokensMax?: number;
  readonly attemptsMax?: number;
  readonly iterationsMax?: number;
  readonly hoursMax?: number;
  readonly agentMinutes?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Only those that were given. */
export function readCapFlags(flags: CapFlags): GivenCaps {
  const { costMax, tokensMax, attemptsMax, iterationsMax, hoursMax, agentMinutes } = flags;
  return {
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
    ...(iterationsMax === undefined ? {} : { iterationsMax }),
    ...(hoursMax === undefined ? {} : { wallClockMaxMs: Math.round(hoursMax * HOUR_MS) }),
    ...(tokensMax === undefined ? {} : { tokensMax }),
    ...(costMax === undefined ? {} : { costMaxUsd: costMax }),
    ...(agentMinutes === undefined ? {} : { agentTimeMaxMs: Math.round(agentMinutes * MINUTE_MS) }),
  };
}
