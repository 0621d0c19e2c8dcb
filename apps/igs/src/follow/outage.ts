import { InngestApiError } from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";

export interface Outage {
  /** Throws what isn't an outage, and an outage that lasts too long. */
  begin(error: unknown): void;
  end(): void;
}

export interface OutageEars {
  readonly onLost: (message: string) => void;
  readonly onBack: () => void;
}

const OUTAGE_MAX_MS = 120_000;

/** An engine that doesn't answer is waited for: it may be restarting. */
export function createOutage(clock: Clock, { onLost, onBack }: OutageEars): Outage {
  let beganAtMs: number | null = null;
  return {
    begin(error) {
      if (!isOutage(error)) throw error;
      if (beganAtMs === null) onLost(error.message);
      beganAtMs ??= clock.nowMs();
      if (clock.nowMs() - beganAtMs >= OUTAGE_MAX_MS) throw error;
    },
    end() {
      if (beganAtMs !== null) onBack();
      beganAtMs = null;
    },
  };
}

function isOutage(error: unknown): error is InngestApiError {
  return (
    error instanceof InngestApiError && (error.code === "unreachable" || error.code === "server")
  );
}
