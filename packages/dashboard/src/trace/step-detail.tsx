import type { Attempt, RunStep } from "@system-bus/inngest-api";
import { formatDuration } from "../format/duration-text.ts";
import { formatExactTime } from "../format/time-text.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { ValueView } from "../values/value-view.tsx";
import { ErrorView } from "./error-view.tsx";
import { isWaitOp } from "./step-op.ts";

export function StepDetail({ step }: { readonly step: RunStep }) {
  return (
    <>
      <Attempts step={step} />
      {step.input !== undefined && <ValueView label="Input" value={step.input} />}
      {step.status === "COMPLETED" && step.output !== undefined && (
        <ValueView label="Output" value={step.output} />
      )}
    </>
  );
}

function Attempts({ step: { attempts, op } }: { readonly step: RunStep }) {
  // What waits is never tried again.
  const nameOf = (index: number) => (isWaitOp(op) ? "Wait" : `Attempt ${index + 1}`);
  return (
    <ol class="attempts" aria-label="Attempts">
      {attempts.map((attempt, index) => (
        <li key={attempt.key}>
          <p class="attempt-head">
            <strong>{nameOf(index)}</strong>
            <StatusBadge status={attempt.status} />
            <AttemptTimes attempt={attempt} />
          </p>
          {attempt.error && <ErrorView error={attempt.error} output={attempt.output} />}
        </li>
      ))}
    </ol>
  );
}

function AttemptTimes({ attempt: { startedAtMs, endedAtMs } }: { readonly attempt: Attempt }) {
  if (startedAtMs === undefined) return <span class="quiet">not begun</span>;
  return (
    <span class="quiet">
      <time dateTime={new Date(startedAtMs).toISOString()}>{formatExactTime(startedAtMs)}</time>
      {endedAtMs !== undefined && ` · ${formatDuration(endedAtMs - startedAtMs)}`}
    </span>
  );
}
