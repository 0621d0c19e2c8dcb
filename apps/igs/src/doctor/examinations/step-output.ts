import {
  type InngestApi,
  InngestApiError,
  type Run,
  readRunSteps,
  readSpanError,
  type SpanError,
} from "@system-bus/inngest-api";
import { createExamination } from "../examination.ts";
import { noEngine } from "../scene.ts";
import { fault, NotSeen, wellUnless } from "../verdict.ts";

/** A run that a limit of size has ended, and nothing of its function that went well since. */
export interface OversizedRun {
  readonly runId: string;
  readonly functionId: string;
  /** Null when the message names it, the whole run is meant, or the trace names none. */
  readonly stepName: string | null;
  readonly message: string;
}

const RUNS_MAX = 60;
const FUNCTIONS_MAX = 5;

export const stepOutput = createExamination<readonly OversizedRun[]>({
  id: "step-output",
  title: "no function returns more than an engine keeps (4 MB a step, 32 MB a run)",
  async look(scene, signal) {
    const { api, settings } = scene.connection();
    try {
      return await findOversized(api, signal);
    } catch (error) {
      if (!(error instanceof InngestApiError)) throw error;
      if (error.code === "unreachable") throw noEngine(settings.engineUrl);
      throw new NotSeen(
        `the engine at ${settings.engineUrl} does not list its failed runs: ${error.message}`,
      );
    }
  },
  decide(runs) {
    return wellUnless(
      runs.map(({ runId, functionId, stepName, message }) =>
        fault({
          problem: `${functionId} failed${stepName === null ? "" : ` at its step ${stepName}`}: ${message}`,
          why: "trying again can't help, so each such run fails",
          cure: `igs run ${runId}`,
          hint: "Write what is large into a file, and return a reference to it.",
        }),
      ),
      `none among the last ${RUNS_MAX} that failed`,
    );
  },
});

async function findOversized(
  api: InngestApi,
  signal: AbortSignal,
): Promise<readonly OversizedRun[]> {
  const { items } = await api.listRuns({
    status: ["FAILED"],
    includeOutput: true,
    limit: RUNS_MAX,
    signal,
  });
  const oversized = items.flatMap((run) => {
    const error = readSpanError(run);
    return error !== null && isTooLarge(error) ? [{ run, error }] : [];
  });
  const latest = [...Map.groupBy(oversized, ({ run }) => run.function.id).values()].flatMap(
    ([first]) => (first === undefined ? [] : [first]),
  );
  const found = latest.slice(0, FUNCTIONS_MAX).map(async ({ run, error }) => {
    if (await hasCompletedSince(api, run, signal)) return [];
    const { message } = error;
    // The embedded engine names it itself, and keeps no step whose output it has refused.
    const isNamed = message.startsWith("Step ");
    const stepName = isNamed ? null : await findStepName(api, run, signal);
    return [{ runId: run.id, functionId: run.function.id, stepName, message }];
  });
  return (await Promise.all(found)).flat();
}

/** The embedded engine's names, and those of Inngest's server. */
export function isTooLarge({ name, message }: SpanError): boolean {
  return (
    /^(OutputTooLargeError|InputTooLargeError|StateTooLargeError|InngestErrStateOverflowed)$/.test(
      name,
    ) || /output_too_large|exceeded the state size limit/.test(message)
  );
}

async function hasCompletedSince(api: InngestApi, run: Run, signal: AbortSignal): Promise<boolean> {
  const { items } = await api.listRuns({
    ...{
      status: ["COMPLETED"],
      functionId: [run.function.id],
      from: run.queuedAt,
      limit: 1,
      signal,
    },
  });
  return items.length > 0;
}

async function findStepName(
  api: InngestApi,
  run: Run,
  signal: AbortSignal,
): Promise<string | null> {
  const root = await api.getTrace(run.id, { signal });
  const failed = readRunSteps(root).filter(({ status }) => status === "FAILED");
  return failed.at(-1)?.name ?? null;
}
