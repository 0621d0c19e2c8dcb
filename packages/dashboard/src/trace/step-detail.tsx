import type { Attempt, RunStep } from "@system-bus/inngest-api";
import { formatDuration } from "../format/duration-text.ts";
import { formatExactTime } from "../format/time-text.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { ValueView } from "../values/value-view.tsx";
import { ErrorView } from "./error-view.tsx";
import { MetadataView } from "./metadata-view.tsx";
import { isWaitOp } from "./step-op.ts";

export function StepDetail({ step }: { readonly step: RunStep }) {
  return (
    <>
      <Attempts step={step} />
      {step.attributes && Object.keys(step.attributes).length > 0 && (
        <ValueView label="Attributes" value={step.attributes} />
      )}
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
          <MetadataView metadata={attempt.metadata} />
        </li>
      ))}
    </ol>
  );
}

function AttemptTimes({ attempt }: { readonly attempt: Attempt }) {
  const { startedAtMs, endedAtMs, queueMs, responseStatus, status } = attempt;
  if (startedAtMs === undefined) return <span class="quiet">not begun</span>;
  return (
    <span class="quiet">
      <time dateTime={new Date(startedAtMs).toISOString()}>{formatExactTime(startedAtMs)}</time>
      {queueMs !== undefined && ` · waited ${formatDuration(queueMs)}`}
      {endedAtMs !== undefined && ` · took ${formatDuration(endedAtMs - startedAtMs)}`}
      {status === "FAILED" && responseStatus !== undefined && ` · answer ${responseStatus}`}
    </span>
  );
}
