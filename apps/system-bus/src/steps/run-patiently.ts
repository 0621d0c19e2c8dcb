import type { EndedProgram, ProgramSpec, Programs, StepTools } from "@system-bus/programs";
import { NonRetriableError } from "inngest";
import { asStep, WorkerError } from "../worker-error.ts";

/** The step tools that waiting between tries takes. */
export interface PatientStepTools extends StepTools {
  sleep(step: { readonly id: string; readonly name: string }, durationMs: number): Promise<void>;
}

export interface PatientRequest<T> {
  readonly runId: string;
  readonly spec: ProgramSpec;
  /** Throws a `WorkerError`: its code says whether another try may help. */
  readonly read: (ended: EndedProgram) => Promise<T>;
  /** How long the run sleeps before each further try. */
  readonly pausesMs: readonly number[];
}

const REASON_CHARS_MAX = 200;

type Reading<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "later"; readonly reason: string };

/**
 * Runs a program whose failure may pass with time: a server in trouble, a network drive that is away.
 * Between the tries the run sleeps in the engine and holds nothing. The steps of the first try are
 * named `<id>`, of further ones `<id>:again-1` …
 */
export async function runPatiently<T>(
  programs: Pick<Programs, "run">,
  step: PatientStepTools,
  { id, ...request }: PatientRequest<T> & { readonly id: string },
): Promise<T> {
  const { runId, spec, pausesMs } = request;
  for (let tryIndex = 0; ; tryIndex += 1) {
    const tryId = tryIndex === 0 ? id : `${id}:again-${tryIndex}`;
    const reading = await programs.run<Reading<T>>(step, tryId, {
      runId,
      spec,
      read: (ended) => asReading(() => request.read(ended)),
    });
    if (reading.kind === "done") return reading.value;
    const pauseMs = pausesMs[tryIndex];
    if (pauseMs === undefined) throw new NonRetriableError(reading.reason);
    const pauseId = `${id}:pause-${tryIndex + 1}`;
    // The name is what a person sees while the run sleeps; the id is what the run goes by.
    await step.sleep({ id: pauseId, name: `${pauseId} (${shorten(reading.reason)})` }, pauseMs);
  }
}

async function asReading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "done", value: await asStep(read) };
  } catch (error) {
    if (error instanceof WorkerError && error.mayRetry)
      return { kind: "later", reason: error.message };
    throw error;
  }
}

function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, " ");
  return line.length <= REASON_CHARS_MAX ? line : `${line.slice(0, REASON_CHARS_MAX)}…`;
}
