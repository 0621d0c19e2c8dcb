import { hasEnded, type Run, readSpanError, type TraceSpan } from "@system-bus/inngest-api";
import { z } from "zod";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { NextAction } from "../output/envelope.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { paintStatus } from "../output/status-text.ts";
import { type RunStep, readSteps } from "../trace/steps.ts";

const OUTPUT_TEXT_MAX = 200;

const WrappedSchema = z.strictObject({ data: z.unknown() });

interface RunFlags extends ConnectionFlags {
  readonly otlp?: boolean;
}

export const run = createAction<RunFlags, [string]>(
  "run",
  async ({ io, context }, flags, runId) => {
    const { api } = connect(context, flags);
    if (flags.otlp) {
      const trace = await api.getOtlpTrace(runId, { includeOutput: true });
      // As it is, without an envelope: a file that other tools read.
      context.stdout.write(`${JSON.stringify(trace)}\n`);
      return { result: trace, text: "", isTold: true };
    }
    const [found, root] = await Promise.all([
      api.getRun(runId, { includeOutput: true }),
      api.getTrace(runId, { includeOutput: true }),
    ]);
    const steps = readSteps(root);
    const output = found.output ?? root.output;
    return {
      result: { run: { ...found, output }, steps },
      text: renderRun({ ...found, output }, root, steps, io),
      nextActions: nextActionsFor(found),
    };
  },
);

export function renderRun(
  found: Run,
  root: TraceSpan,
  steps: readonly RunStep[],
  { paint }: Pick<Io, "paint">,
): string {
  const took = found.durationMs === undefined ? "" : `  ${formatDuration(found.durationMs)}`;
  const status = paintStatus(paint, found.status, found.status.toLowerCase());
  const error = readSpanError(found) ?? readSpanError(root);
  return [
    `${paint.strong(found.function.id)}  ${status}${took}`,
    paint.faint(
      `run ${found.id}  queued ${found.queuedAt}  event ${found.trigger.eventIds.join(", ") || "none"}`,
    ),
    ...(error ? [paint.bad(`${error.name}: ${error.message}`)] : []),
    ...steps.flatMap((step) => renderStep(step, { paint })),
    ...(found.status === "COMPLETED" ? [`  → ${clipJson(found.output)}`] : []),
  ].join("\n");
}

function renderStep(step: RunStep, { paint }: Pick<Io, "paint">): readonly string[] {
  const took = step.durationMs === undefined ? "" : formatDuration(step.durationMs);
  const op = step.op === undefined || step.op === "RUN" ? "" : paint.faint(step.op.toLowerCase());
  const line = [paintStatus(paint, step.status, step.name), took, op].filter((part) => part !== "");
  const attempts = step.failedAttempts.map(({ error }, index) =>
    paint.bad(`      try ${index + 1}: ${error.name}: ${error.message}`),
  );
  const output =
    step.status === "COMPLETED" && step.output !== undefined && step.output !== null
      ? [paint.faint(`      → ${clipJson(step.output)}`)]
      : [];
  return [`  ${line.join("  ")}`, ...attempts, ...output];
}

/** Engines wrap a result in `{data}`; to people that is noise. */
function clipJson(output: unknown): string {
  const wrapped = WrappedSchema.safeParse(output);
  const text = JSON.stringify(wrapped.success ? wrapped.data.data : output) ?? "null";
  return text.length <= OUTPUT_TEXT_MAX ? text : `${text.slice(0, OUTPUT_TEXT_MAX - 1)}…`;
}

function nextActionsFor(found: Run): readonly NextAction[] {
  if (!hasEnded(found.status)) {
    return [{ command: `igs cancel ${found.id}`, description: "Stop this run" }];
  }
  return [{ command: `igs rerun ${found.id}`, description: "Run it again with the same event" }];
}
