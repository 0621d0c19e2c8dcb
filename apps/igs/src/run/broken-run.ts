import { type Run, readSpanError } from "@system-bus/inngest-api";
import type { Failure } from "../output/failure.ts";
import { plainText } from "../output/plain-text.ts";

/** What to tell of a run that has failed or was cancelled; null for any other. */
export function describeBrokenRun(
  run: Pick<Run, "status" | "output"> & { readonly runId: string; readonly functionId: string },
): Failure | null {
  const { status, runId, functionId } = run;
  if (status !== "FAILED" && status !== "CANCELLED") return null;
  const error = readSpanError(run);
  const reason = error ? `: ${plainText(`${error.name}: ${error.message}`)}` : "";
  return {
    code: "run-failed",
    message: `${functionId} ${status.toLowerCase()}${reason}`,
    fix: `\`igs run ${runId}\` shows each attempt; \`igs rerun ${runId}\` runs it again.`,
  };
}
