import { hasEnded, type Run } from "@system-bus/inngest-api";
import type { Bus } from "./bus.ts";
import type { Ended } from "./igs.ts";

const RUNS_MAX = 1_000;

async function listRuns({ api }: Pick<Bus, "api">): Promise<readonly Run[]> {
  return Array.fromAsync(api.eachRun({ limit: 100, includeOutput: true }, RUNS_MAX));
}

export async function listRunsOf(
  bus: Pick<Bus, "api">,
  functionId: string,
): Promise<readonly Run[]> {
  return (await listRuns(bus)).filter((run) => run.function.id === functionId);
}

/**
 * Waits until so many runs of a function have ended and no run of any function is open. Events of a
 * step start their runs before the step is done, so a chain is never quiet in its middle.
 */
export async function waitForQuiet(
  bus: Bus,
  functionId: string,
  { count = 1, maxMs = 60_000 }: { readonly count?: number; readonly maxMs?: number } = {},
): Promise<readonly Run[]> {
  return bus.waitFor(
    `${count} ended run(s) of ${functionId}, and none that is open`,
    async () => {
      const runs = await listRuns(bus).catch(() => []);
      const failed = runs.find(({ status }) => status === "FAILED");
      if (failed) throw new Error(`${failed.function.id} failed: ${JSON.stringify(failed.output)}`);
      const endedCount = runs.filter(
        (run) => run.function.id === functionId && hasEnded(run.status),
      ).length;
      return endedCount >= count && runs.every((run) => hasEnded(run.status)) && runs;
    },
    { maxMs, describe: async () => `${await describeRuns(bus)}\n${bus.lastWords()}` },
  );
}

/** The one run that an event has started, once it has ended in whatever way. */
export async function waitForRunOf(
  bus: Bus,
  eventId: string,
  { maxMs = 30_000 }: { readonly maxMs?: number } = {},
): Promise<Run> {
  const ended = await bus.waitFor(
    `the run of event ${eventId} to end`,
    async () => {
      const [run] = await bus.api.getEventRuns(eventId).catch(() => []);
      return run && hasEnded(run.status) ? run : null;
    },
    { maxMs, describe: async () => `${await describeRuns(bus)}\n${bus.lastWords()}` },
  );
  return bus.api.getRun(ended.id, { includeOutput: true });
}

export async function describeRuns(bus: Bus): Promise<string> {
  const runs = await listRuns(bus).catch(() => []);
  const lines = runs.map((run) => `${run.status} ${run.function.id} ${run.id}`);
  return `── runs\n${lines.join("\n")}`;
}

/** Failed tries over all steps, as `igs run` shows them. */
export function countFailures({ envelope }: Ended): number {
  const steps: { failedAttempts: unknown[] }[] = envelope.result.steps;
  return steps.reduce((count, { failedAttempts }) => count + failedAttempts.length, 0);
}
