import {
  type EndedProgram,
  ProgramRetry,
  type ProgramSpec,
  type Programs,
} from "@system-bus/programs";
import { runSpec } from "./run-spec.ts";

export interface DirectPrograms extends Programs {
  /** Step ids, with the slot in brackets, in the order in which programs were started. */
  readonly started: readonly string[];
  readonly stoppedRuns: readonly string[];
}

/** Runs each program at once, inside one step, in the test's own hands. How they are supervised is tested where it is built. */
export function createDirectPrograms(folder: string): DirectPrograms {
  const started: string[] = [];
  const stoppedRuns: string[] = [];

  const runToEnd = async <T>(
    id: string,
    spec: ProgramSpec,
    read: (ended: EndedProgram) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      started.push(spec.slot === undefined ? id : `${id} (${spec.slot})`);
      try {
        return await read(await runSpec(spec, folder, attempt));
      } catch (error) {
        if (!(error instanceof ProgramRetry) || attempt >= spec.attemptsMax) throw error;
      }
    }
  };

  return {
    started,
    stoppedRuns,
    run: async <T>(...[step, id, { spec, read }]: Parameters<Programs["run"]>) =>
      // What `read` returned, by way of the step's state: the T that the caller declared.
      (await step.run(id, () => runToEnd(id, spec, read))) as T,
    stopRun: async (runId) => void stoppedRuns.push(runId),
    resume: async () => {},
    list: async () => [],
    close: async () => {},
  };
}
