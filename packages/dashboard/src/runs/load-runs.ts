import {
  type InngestApi,
  type Page,
  type Run,
  type RunQuery,
  readSpanError,
  type SpanError,
} from "@system-bus/inngest-api";

export interface RunList {
  readonly page: Page<Run>;
  /** Of the failed runs in the page, by run id. */
  readonly errors: ReadonlyMap<string, SpanError>;
}

/** Errors by run id. A run that failed never changes, so each is asked for once. */
export type KnownErrors = Map<string, SpanError>;

const KNOWN_MAX = 1_000;
const NO_MESSAGE: SpanError = { name: "Error", message: "failed without a message" };

/**
 * One page of runs with the errors of the failed ones. Outputs can be megabytes, so the page is
 * asked for without them, and the outputs of its failed runs alone in a second call.
 */
export async function loadRuns(
  api: Pick<InngestApi, "listRuns">,
  query: RunQuery,
  known: KnownErrors,
): Promise<RunList> {
  const page = await api.listRuns(query);
  const failedIds = page.items.filter((run) => run.status === "FAILED").map((run) => run.id);
  if (failedIds.some((id) => !known.has(id))) {
    const failed = await api.listRuns({
      ...query,
      status: ["FAILED"],
      includeOutput: true,
      limit: failedIds.length,
    });
    if (known.size > KNOWN_MAX) known.clear();
    for (const run of failed.items) known.set(run.id, readRunError(run));
  }
  return { page, errors: new Map(failedIds.flatMap((id) => errorEntry(id, known))) };
}

/** The output of a failed run is its error; engines differ in how they wrap it. */
export function readRunError(run: Pick<Run, "status" | "output">): SpanError {
  const error = readSpanError(run);
  if (error !== null) return error;
  return typeof run.output === "string" && run.output !== ""
    ? { name: "Error", message: run.output }
    : NO_MESSAGE;
}

function errorEntry(id: string, known: KnownErrors): [string, SpanError][] {
  const error = known.get(id);
  return error === undefined ? [] : [[id, error]];
}
