import type { RunStep } from "@system-bus/inngest-api";
import { useId } from "preact/hooks";
import { formatDuration } from "../format/duration-text.ts";
import { StatusIcon, statusClass, statusWord } from "../parts/status-badge.tsx";
import { layoutBar, type TimeSpan } from "./span-layout.ts";
import { StepDetail } from "./step-detail.tsx";
import { isWaitOp, opWord } from "./step-op.ts";

export interface StepRowProps {
  readonly step: RunStep;
  readonly span: TimeSpan;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function StepRow({ step, span, isOpen, onToggle }: StepRowProps) {
  const detailId = useId();
  const took = tookText(step, span);
  return (
    <li class={`step step-depth-${step.depth} ${isWaitOp(step.op) ? "step-waits" : ""}`}>
      <button
        type="button"
        class="step-row"
        aria-expanded={isOpen}
        aria-controls={detailId}
        onClick={onToggle}
      >
        <span class={`step-name ${statusClass(step.status)}`}>
          <StatusIcon status={step.status} />
          <span class="step-title">{step.name}</span>
          <span class="unseen">{statusWord(step.status).toLowerCase()}</span>
          {opWord(step.op) && <span class="step-op">{opWord(step.op)}</span>}
          {step.attempts.length > 1 && (
            <span class="step-attempts">{step.attempts.length} attempts</span>
          )}
        </span>
        <Bar step={step} span={span} />
        <span class="step-took">{took}</span>
      </button>
      <div id={detailId} class="step-detail" hidden={!isOpen}>
        {isOpen && <StepDetail step={step} />}
      </div>
    </li>
  );
}

function Bar({ step, span }: Pick<StepRowProps, "step" | "span">) {
  return (
    <span class="step-bar" aria-hidden="true">
      {layoutBar(step, span).map((piece, index) => (
        <span
          key={index}
          class={`bar-${piece.kind} ${statusClass(piece.status)}`}
          style={{ left: `min(${piece.leftPct}%, 100% - 3px)`, width: `${piece.widthPct}%` }}
        />
      ))}
    </span>
  );
}

/** From the first attempt's begin to the end; to the line's end while it goes on. */
function tookText(step: RunStep, span: TimeSpan): string {
  if (step.startedAtMs === undefined) return statusWord(step.status);
  return formatDuration((step.endedAtMs ?? span.toMs) - step.startedAtMs);
}
