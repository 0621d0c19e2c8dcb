import { hasEnded, type InngestApi, InngestApiError, readSpanError } from "@system-bus/inngest-api";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { CliError } from "../output/failure.ts";

/** What the worker's notify says of a target. */
export interface Told {
  readonly target: string;
  readonly isReached: boolean;
  readonly words: string;
}

export interface WaitForTold {
  readonly api: Pick<InngestApi, "getEventRuns" | "getRun">;
  readonly eventId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const OutputSchema = z.object({
  told: z.array(z.object({ target: z.string(), isReached: z.boolean(), words: z.string() })),
});

const LOOK_GAP_MS = 200;
/** A command has thirty seconds; the others have ten, at the same time. */
const WAIT_MAX_MS = 45_000;

/** The test's outcome, once the worker's run has ended. Throws a CliError when none comes. */
export async function waitForTold(wait: WaitForTold): Promise<readonly Told[]> {
  const { clock, signal } = wait;
  const giveUpAtMs = clock.nowMs() + WAIT_MAX_MS;
  while (clock.nowMs() < giveUpAtMs) {
    if (signal.aborted) throw interrupted();
    const told = await lookOnce(wait);
    if (told !== null) return told;
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
  throw new CliError({
    code: "unreachable",
    message: `The worker has sent nothing for ${WAIT_MAX_MS / 1_000} s.`,
    fix: "`igs status` tells whether it answers, and whether notify is registered.",
  });
}

async function lookOnce({ api, eventId, signal }: WaitForTold): Promise<readonly Told[] | null> {
  try {
    const [run] = await api.getEventRuns(eventId, { signal });
    if (!run || !hasEnded(run.status)) return null;
    const ended = await api.getRun(run.id, { signal, includeOutput: true });
    const output = OutputSchema.safeParse(ended.output);
    if (output.success) return output.data.told;
    const error = readSpanError(ended);
    throw new CliError({
      code: "run-failed",
      message: `notify ${ended.status.toLowerCase()}${error ? `: ${error.message}` : ""}`,
      fix: `\`igs run ${run.id}\` shows each attempt.`,
    });
  } catch (error) {
    if (signal.aborted) throw interrupted();
    // Right after it was sent, an event may not be known to every part of a server.
    if (error instanceof InngestApiError && error.code === "not-found") return null;
    throw error;
  }
}

function interrupted(): CliError {
  return new CliError({
    code: "interrupted",
    message: "Stopped waiting; the messages go out all the same.",
    fix: "`igs runs --function notify` shows what came of them.",
  });
}
